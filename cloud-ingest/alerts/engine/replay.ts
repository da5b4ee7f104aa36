import { setImmediate as breathe } from "node:timers/promises";
import { addDays } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import type { HealthRow, SignalStore } from "../../warehouse/alert-port.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import { zoneOf } from "../../zone/rules.ts";
import type { MaintenanceConfig } from "../alerts-config.ts";
import type { Rule, Severity } from "../rules/rule-config.ts";
import { Book } from "./book.ts";
import { HealthMemory } from "./health-memory.ts";
import { maintenanceOf } from "./maintenance.ts";
import type { IsOpen } from "./opening.ts";
import { isOpenSince } from "./opening.ts";
import type { DeviceReading, QualityReading, SilenceReading } from "./reading.ts";
import { silences } from "./silence-watch.ts";
import { type Subject, subjectKey } from "./subject.ts";
import type { Reason, Told } from "./subject-alert.ts";
import { tick } from "./tick.ts";
import type { Transition } from "./transition.ts";
import { Words } from "./words.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Health of so long is in memory at once. */
const SLICE_MS = 6 * HOUR_MS;
/** Looked at before the first instant that counts, so that streaks and starts of agents are known. */
const WARM_UP_MS = HOUR_MS;
/** A device that says how it is once a minute and has not for three is not there. */
const ONLINE_MS = 3 * 60_000;
const FLAG_DAYS = 60;
/** Looks after which others get their turn: this thread has more to do. */
const LOOKS_AT_ONCE = 10;

export interface ReplayParts {
  readonly store: SignalStore;
  readonly rules: readonly Rule[];
  readonly stores: readonly StoreInfo[];
  /** Empty: every device that was heard. */
  readonly devices: readonly Subject[];
  readonly isOpen: IsOpen;
  readonly maintenance: readonly MaintenanceConfig[];
  readonly tickMs: number;
  readonly groupWaitMs: number;
  readonly groupIntervalMs: number;
}

export interface ReplaySpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An alert that would have been told. */
export interface ReplayedAlert {
  readonly subject: Subject;
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly sinceMs: number;
  readonly toldMs: number;
  /** Left out when it had not ended. */
  readonly endedMs?: number;
}

export interface ReplayAttention {
  readonly signal: AbortSignal;
  /** Part that is done, 0..1. */
  readonly onProgress: (share: number) => void;
}

/**
 * What rules would have told in a span of the past, by the same looks as live. The past is known by what is stored: a device was there while
 * its health came (whether it was stopped on purpose is not kept), what the quality job flagged is as it is flagged today, and words of people
 * are left out. Throws the signal's reason when it aborts.
 */
export async function replay(
  parts: ReplayParts,
  { fromMs, toMs }: ReplaySpan,
  { signal, onProgress }: ReplayAttention,
): Promise<readonly ReplayedAlert[]> {
  const past = new Past(parts);
  const told = new Map<string, ReplayedAlert>();
  const { tickMs } = parts;
  const startMs = Math.floor((fromMs - WARM_UP_MS) / tickMs) * tickMs;
  const book = new Book();
  let ids = 0;
  for (let nowMs = startMs, looks = 0; nowMs <= toMs; nowMs += tickMs, looks += 1) {
    signal.throwIfAborted();
    const devices = await past.at(nowMs, startMs);
    const transitions = tick(book, {
      ...{ rules: parts.rules, devices, words: new Words(), newId: () => `replayed-${++ids}` },
      time: { nowMs, listeningMs: startMs, tickMs },
      isOpen: past.isOpen(nowMs),
      maintenance: (subject) => past.maintenance(subject, nowMs),
      isSettled: nowMs >= fromMs,
      ...{ groupWaitMs: parts.groupWaitMs, groupIntervalMs: parts.groupIntervalMs },
    });
    for (const transition of transitions) note(told, transition);
    if (looks % LOOKS_AT_ONCE !== 0) continue;
    onProgress(Math.max(0, (nowMs - startMs) / (toMs - startMs)));
    await breathe();
  }
  return [...told.values()];
}

/** An alert's first message, what was added to it, and its end. */
function note(
  told: Map<string, ReplayedAlert>,
  { alertId, rule, notify, subject, details, sinceMs, untilMs, atMs, state }: Transition,
) {
  if (rule !== "") return;
  const { reasons = [], severity = "info" }: { reasons?: readonly Reason[]; severity?: Severity; told?: Told } =
    details;
  const known = told.get(alertId);
  const names = reasons.map((reason) => reason.rule);
  if (notify === "firing") {
    told.set(alertId, { subject, rules: names, severity, sinceMs: sinceMs ?? atMs, toldMs: atMs });
  } else if (known) {
    const rules = [...new Set([...known.rules, ...names])];
    told.set(alertId, { ...known, rules, ...(state === "ok" && { endedMs: untilMs ?? atMs }) });
  }
}

/** What was known at instants of the past, asked for in their order. */
class Past {
  readonly #parts: ReplayParts;
  readonly #memory = new HealthMemory();
  readonly #heard = new Map<string, { readonly subject: Subject; ms: number }>();
  readonly #stores: ReadonlyMap<string, StoreInfo>;
  readonly #watched: ReadonlySet<string>;
  #waiting: HealthRow[] = [];
  #readMs: number | undefined;
  #silence: { readonly atMs: number; readonly of: ReadonlyMap<string, SilenceReading> } | undefined;
  #flags: readonly DerivedRow[] | undefined;
  #flaggedOn = "";
  #quality: ReadonlyMap<string, QualityReading["flags"]> = new Map();

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#stores = new Map(parts.stores.map((one) => [`${one.tenant} ${one.store}`, one]));
    this.#watched = new Set(parts.devices.map(subjectKey));
  }

  async at(nowMs: number, startMs: number): Promise<readonly DeviceReading[]> {
    await this.#hear(nowMs, startMs);
    const silent = await this.#silentAt(nowMs);
    const flags = await this.#flagsAt(nowMs);
    const judgedMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
    return [...this.#heard].map(([key, { subject, ms }]) => {
      const health = this.#memory.of(subject);
      const silence = silent.get(key);
      return {
        ...{ subject, heardMs: ms, presence: nowMs - ms <= ONLINE_MS ? "online" : "offline" },
        ...(health && { health }),
        ...(silence && { silence }),
        quality: { judgedMs, flags: flags.get(key) ?? [] },
      };
    });
  }

  isOpen(nowMs: number): (subject: Subject) => boolean {
    const known = new Map<string, boolean>();
    return ({ tenant, store }) => {
      const key = `${tenant} ${store}`;
      const answer = known.get(key) ?? isOpenSince(this.#parts.isOpen, this.#stores.get(key), nowMs);
      known.set(key, answer);
      return answer;
    };
  }

  maintenance(subject: Subject, nowMs: number): string | undefined {
    const store = this.#stores.get(`${subject.tenant} ${subject.store}`);
    return maintenanceOf(this.#parts.maintenance, store?.timeZone)(subject, nowMs);
  }

  async #hear(nowMs: number, startMs: number): Promise<void> {
    while (this.#readMs === undefined || this.#readMs < nowMs) {
      const from = this.#readMs === undefined ? startMs - WARM_UP_MS : this.#readMs + 1;
      const to = from + SLICE_MS;
      const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      this.#waiting.push(...(await this.#parts.store.healthBetween(range)));
      this.#readMs = to;
    }
    let count = 0;
    for (const row of this.#waiting) {
      if (Date.parse(row.receivedAt) > nowMs) break;
      count += 1;
      this.#take(row);
    }
    if (count > 0) this.#waiting = this.#waiting.slice(count);
  }

  #take(row: HealthRow): void {
    const key = subjectKey(row);
    const isWatched =
      this.#stores.has(`${row.tenant} ${row.store}`) && (this.#watched.size === 0 || this.#watched.has(key));
    if (!isWatched) return;
    const subject = { tenant: row.tenant, store: row.store, device: row.device };
    this.#heard.set(key, { subject, ms: Date.parse(row.receivedAt) });
    this.#memory.see([row]);
  }

  async #silentAt(nowMs: number): Promise<ReadonlyMap<string, SilenceReading>> {
    if (this.#silence === undefined || nowMs - this.#silence.atMs >= HOUR_MS) {
      const { store, stores, isOpen } = this.#parts;
      this.#silence = { atMs: nowMs, of: await silences({ store, stores, isOpen }, nowMs) };
    }
    return this.#silence.of;
  }

  /** By the day: those that reach into the one before. */
  async #flagsAt(nowMs: number): Promise<ReadonlyMap<string, QualityReading["flags"]>> {
    const date = new Date(nowMs).toISOString().slice(0, 10);
    if (date === this.#flaggedOn) return this.#quality;
    this.#flags = await this.#parts.store.flags({ from: addDays(date, -FLAG_DAYS), to: date });
    this.#flaggedOn = date;
    const yesterday = `${addDays(date, -1)}T00:00:00`;
    const present = this.#flags.filter(
      (row) => row.kind === "device" && String(row.localTo) > yesterday && String(row.localFrom) < `${date}T00:00:00`,
    );
    const byDevice = groupBy(present, (row) => `${row.tenant} ${row.store} ${row.deviceId}`);
    this.#quality = new Map([...byDevice].map(([key, rows]) => [key, rows.map((row) => this.#flagOf(row))] as const));
    return this.#quality;
  }

  #flagOf(row: DerivedRow): QualityReading["flags"][number] {
    const zone = this.#stores.get(`${row.tenant} ${row.store}`)?.timeZone ?? "UTC";
    const sinceMs = zoneOf(zone).firstInstantMs(String(row.localFrom));
    return { rule: String(row.rule), target: `${row.cameraId}/${row.targetId} ${row.measure}`, sinceMs };
  }
}
