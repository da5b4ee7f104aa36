import { randomUUID } from "node:crypto";
import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import type { Log } from "../../../firmware-config/kit/log.ts";
import { packageVersion } from "../../../firmware-config/kit/package-root.ts";
import { pause } from "../../../firmware-config/kit/pause.ts";
import type { Registry } from "../../registry/registry.ts";
import type { AlertRow, AlertStore, SignalStore } from "../../warehouse/alert-port.ts";
import type { JobStore, StoreInfo } from "../../warehouse/port.ts";
import type { AlertsConfig, SinkConfig } from "../alerts-config.ts";
import type { Rule } from "../rules/rule-config.ts";
import type { Delivery } from "../sinks/delivery.ts";
import type { Notification, ShownAlert } from "../sinks/sink.ts";
import { Book } from "./book.ts";
import { maintenanceOf } from "./maintenance.ts";
import { isOpenSince, openingOf } from "./opening.ts";
import { notificationOf, shownAlert } from "./shown.ts";
import { SignalReader } from "./signal-reader.ts";
import type { Subject } from "./subject.ts";
import { isSeverer } from "./subject-alert.ts";
import { tick } from "./tick.ts";
import { rowOf } from "./transition.ts";
import { Words } from "./words.ts";

const DAY_MS = 24 * 3_600_000;
/** The lease outlasts some looks that fail; whoever takes over waits so long. */
const LEASE_S = 300;
/** Renewed when less is left: with each other look. */
const RENEW_MS = 200_000;
const LEASE_NAME = "alerts";
/** Notifications that were not taken in this time are given up; see `Delivery`. */
const PENDING_DAYS = 7;
/** Words are found again by the time at which another process wrote them, by its clock. */
const WORDS_OVERLAP_MS = 10 * 60_000;
/** Said once more before it is old enough to be forgotten. */
const BEGIN_MS = 15 * DAY_MS;
/** How often looks may fail before nobody can rely on alerts. */
const MISSED_LOOKS = 3;

/** A sink with its part of the configuration. */
export interface OpenedSink {
  readonly config: Pick<SinkConfig, "name" | "minSeverity" | "tenants">;
  readonly delivery: Delivery;
}

export interface AlertEngineParts {
  readonly config: AlertsConfig;
  readonly rules: readonly Rule[];
  readonly stores: readonly StoreInfo[];
  readonly devices: readonly Subject[];
  readonly warehouse: AlertStore & SignalStore & Pick<JobStore, "runs" | "lease">;
  /** Read anew with each look: a merge counts from the next one on. */
  readonly registry: () => Promise<Pick<Registry, "day">>;
  readonly sinks: (open: () => readonly ShownAlert[]) => readonly OpenedSink[];
  readonly clock: Clock;
  readonly log: Log;
  /** True while messages wait to be stored that devices have sent long ago; left out where nobody knows. */
  readonly isBehind?: (() => boolean) | undefined;
}

/** What was written, as far as it is known. */
interface Known {
  readonly book: Book;
  readonly words: Map<string, AlertRow>;
}

/**
 * Looks at everything again and again, writes what has changed, and has it told. One process leads, by the lease of the warehouse. What is
 * decided is written before it is told, and what was written is told though the process died in between.
 */
export class AlertEngine {
  readonly #parts: AlertEngineParts;
  readonly #holder = randomUUID();
  readonly #sinks: readonly OpenedSink[];
  readonly #rules: ReadonlyMap<string, Rule>;
  readonly #reader: SignalReader;
  /** Alerts that somebody was told of, as of the last look: they are open on, though a look fails. */
  #open: readonly ShownAlert[] = [];
  /** Undefined when it must be read, or read again. */
  #known: Known | undefined;
  /** Of our clock that never jumps: when everything was heard once, when it was last, and until when we lead. */
  #heardMs: number | undefined;
  #lastMs: number | undefined;
  #leadsUntilMs = Number.NEGATIVE_INFINITY;
  #forgotMs = Number.NEGATIVE_INFINITY;
  #listeningMs = 0;
  #delivering: { readonly stop: AbortController; readonly ended: Promise<unknown> } | undefined;

  constructor(parts: AlertEngineParts) {
    this.#parts = parts;
    this.#rules = new Map(parts.rules.map((rule) => [rule.name, rule]));
    this.#sinks = parts.sinks(() => this.#open);
    this.#reader = new SignalReader({ ...parts, store: parts.warehouse });
  }

  /** True while this process judges: one that stands by cannot know whether the other one does. */
  get isAlive(): boolean {
    const { clock, config } = this.#parts;
    return (
      this.#lastMs !== undefined && clock.monotonicMs() - this.#lastMs < MISSED_LOOKS * config.tickS * 1_000 + 10_000
    );
  }

  /** Looks until the signal aborts; a failure is told in the log and ends nothing. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, config, log } = this.#parts;
    this.#listeningMs = clock.nowMs();
    while (!signal.aborted) {
      const startMs = clock.monotonicMs();
      await this.look().catch((error: unknown) => {
        // What was written is not known: it is read again. And who cannot read has not listened.
        this.#known = undefined;
        this.#listeningMs = clock.nowMs();
        log.warn({ reason: messageOf(error) }, "alerts could not be judged; tried again at the next look");
      });
      await pause(Math.max(0, config.tickS * 1_000 - (clock.monotonicMs() - startMs)), signal);
    }
    await this.#standBy();
    await this.#parts.warehouse.lease?.(LEASE_NAME, this.#holder, 0).catch(() => {});
  }

  /** One look. Rejects when something could not be read or written. */
  async look(): Promise<void> {
    const { clock, isBehind } = this.#parts;
    if (!(await this.#leads())) return this.#standBy();
    this.#known ??= await this.#begin();
    const { book, words } = this.#known;
    if (isBehind?.()) this.#listeningMs = clock.nowMs();
    await this.#hear(words);
    const rows = await this.#judge(book, new Words([...words.values()]));
    if (rows.length > 0) await this.#write(rows);
    this.#heardMs ??= clock.monotonicMs();
    this.#lastMs = clock.monotonicMs();
    const told = book.alerts.filter((alert) => alert.told !== undefined);
    this.#open = told.map((alert) => shownAlert(alert, this.#rules));
    this.#offer(rows);
    this.#deliver();
    await this.#forget();
  }

  /** Another one judges and tells. */
  async #standBy(): Promise<void> {
    this.#known = undefined;
    this.#open = [];
    this.#heardMs = undefined;
    this.#lastMs = undefined;
    this.#delivering?.stop.abort();
    await this.#delivering?.ended;
    this.#delivering = undefined;
    for (const { delivery } of this.#sinks) delivery.clear();
  }

  async #leads(): Promise<boolean> {
    const { warehouse, clock } = this.#parts;
    const startMs = clock.monotonicMs();
    if (this.#leadsUntilMs - startMs > RENEW_MS) return true;
    const has = (await warehouse.lease?.(LEASE_NAME, this.#holder, LEASE_S)) ?? true;
    this.#leadsUntilMs = has ? startMs + LEASE_S * 1_000 : Number.NEGATIVE_INFINITY;
    return has;
  }

  /** How things stood when the last process wrote, and what it had not told yet. */
  async #begin(): Promise<Known> {
    const { warehouse, clock, config } = this.#parts;
    const book = Book.from(await warehouse.lastAlerts());
    const range = (days: number) => ({
      from: new Date(clock.nowMs() - days * DAY_MS).toISOString(),
      to: new Date(clock.nowMs() + 365 * DAY_MS).toISOString(),
    });
    const words = new Map<string, AlertRow>();
    for (const row of await warehouse.alerts("alert_word", range(config.keepDays))) words.set(String(row.wordId), row);
    const deliveries = await warehouse.alerts("alert_delivery", range(2 * PENDING_DAYS + BEGIN_MS / DAY_MS));
    const told = (await warehouse.alerts("alert", range(PENDING_DAYS))).flatMap(
      (row) => notificationOf(row, this.#rules) ?? [],
    );
    await this.#takeUp(book, deliveries, told);
    return { book, words };
  }

  /** What each sink has not had; one that was never there before hears what comes from now on. */
  async #takeUp(book: Book, deliveries: readonly AlertRow[], told: readonly Notification[]): Promise<void> {
    const { warehouse, clock, rules } = this.#parts;
    const about = JSON.stringify({ program: packageVersion(), rules: rules.map(({ version }) => version).join(" ") });
    for (const { config, delivery } of this.#sinks) {
      const own = deliveries.filter(({ sink }) => sink === config.name);
      const begins = own.filter(({ outcome }) => outcome === "begin");
      const at = new Date(clock.nowMs()).toISOString();
      const begin = {
        ...{ deliveryId: randomUUID(), notificationId: "", sink: config.name, at, outcome: "begin", details: about },
        number: begins.length > 0 ? Math.min(...begins.map(({ number }) => Number(number))) : book.number,
      };
      const note = () => warehouse.addAlerts("alert_delivery", [begin]);
      const last = begins.at(-1);
      if (!last || clock.nowMs() - Date.parse(String(last.at)) > BEGIN_MS) await note();
      else if (last.details !== about) {
        const change = { at, summary: "kazoe: program or alert rules have changed", details: JSON.parse(about) };
        delivery.offerChange(change, note);
      }
      const done = new Set(own.map(({ notificationId }) => String(notificationId)));
      const waiting = told.filter(({ id, number }) => number > begin.number && !done.has(id));
      delivery.offer(waiting.filter((one) => isFor(config, one)));
    }
  }

  /** Words of other processes, such as an operator's command. */
  async #hear(words: Map<string, AlertRow>): Promise<void> {
    const { warehouse, clock, config } = this.#parts;
    const from = new Date(clock.nowMs() - WORDS_OVERLAP_MS - 2 * config.tickS * 1_000).toISOString();
    const to = new Date(clock.nowMs() + DAY_MS).toISOString();
    for (const row of await warehouse.alerts("alert_word", { from, to })) words.set(String(row.wordId), row);
  }

  async #judge(book: Book, words: Words): Promise<readonly AlertRow[]> {
    const { config, rules, clock, registry, stores } = this.#parts;
    const nowMs = clock.nowMs();
    const isOpen = openingOf(await registry());
    const devices = await this.#reader.read(nowMs, isOpen);
    const infos = new Map(stores.map((one) => [`${one.tenant} ${one.store}`, one]));
    const infoOf = ({ tenant, store }: Subject) => infos.get(`${tenant} ${store}`);
    const waitMs = config.groupWaitS * 1_000;
    const transitions = tick(book, {
      ...{ rules, devices, words, newId: randomUUID },
      time: { nowMs, listeningMs: this.#listeningMs, tickMs: config.tickS * 1_000 },
      isOpen: remembered((subject) => isOpenSince(isOpen, infoOf(subject), nowMs)),
      maintenance: (subject) => maintenanceOf(config.maintenance, infoOf(subject)?.timeZone)(subject, nowMs),
      isSettled: this.#heardMs !== undefined && clock.monotonicMs() - this.#heardMs >= waitMs,
      ...{ groupWaitMs: waitMs, groupIntervalMs: config.groupIntervalS * 1_000 },
    });
    return transitions.map((transition) => {
      book.number += 1;
      return rowOf(transition, book.number);
    });
  }

  /** Not by who may have lost the lease while he read. */
  async #write(rows: readonly AlertRow[]): Promise<void> {
    const { warehouse, clock } = this.#parts;
    if (clock.monotonicMs() > this.#leadsUntilMs - 30_000) throw new Error("the look took longer than the lease");
    await warehouse.addAlerts("alert", rows);
  }

  #offer(rows: readonly AlertRow[]): void {
    const notifications = rows.flatMap((row) => notificationOf(row, this.#rules) ?? []);
    for (const { config, delivery } of this.#sinks) delivery.offer(notifications.filter((one) => isFor(config, one)));
  }

  /** What was left from before is told after everything has been heard once. */
  #deliver(): void {
    const { clock, config } = this.#parts;
    const isSettled = this.#heardMs !== undefined && clock.monotonicMs() - this.#heardMs >= config.groupWaitS * 1_000;
    if (!isSettled || this.#delivering) return;
    const stop = new AbortController();
    const ended = Promise.all(this.#sinks.map(({ delivery }) => delivery.run(stop.signal)));
    this.#delivering = { stop, ended };
  }

  async #forget(): Promise<void> {
    const { warehouse, clock, config } = this.#parts;
    if (clock.monotonicMs() - this.#forgotMs < DAY_MS) return;
    this.#forgotMs = clock.monotonicMs();
    await warehouse.forgetAlerts(new Date(clock.nowMs() - config.keepDays * DAY_MS).toISOString());
  }
}

/** True when a sink is to hear of it. */
export function isFor(
  { minSeverity, tenants }: OpenedSink["config"],
  { alert: { severity, subject } }: Pick<Notification, "alert">,
): boolean {
  return !isSeverer(minSeverity, severity) && (tenants?.includes(subject.tenant) ?? true);
}

/** The calendar is asked once for a store in a look, however many devices and rules it has. */
function remembered(isOpen: (subject: Subject) => boolean): (subject: Subject) => boolean {
  const known = new Map<string, boolean>();
  return (subject) => {
    const key = `${subject.tenant} ${subject.store}`;
    const answer = known.get(key) ?? isOpen(subject);
    known.set(key, answer);
    return answer;
  };
}
