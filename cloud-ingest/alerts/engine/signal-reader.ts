import { addDays } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import type { SignalStore } from "../../warehouse/alert-port.ts";
import type { DerivedRow } from "../../warehouse/derived-port.ts";
import type { JobStore, StoreInfo } from "../../warehouse/port.ts";
import { type DeviceRecord, statusOf } from "../../warehouse/presence.ts";
import { zoneOf } from "../../zone/rules.ts";
import { HealthMemory } from "./health-memory.ts";
import type { IsOpen } from "./opening.ts";
import type { DeviceReading, QualityReading, SilenceReading } from "./reading.ts";
import { silences } from "./silence-watch.ts";
import { type Subject, subjectKey } from "./subject.ts";

const MINUTE_MS = 60_000;
/** Health of so long before a start is looked at: starts of agents within an hour, and some more. */
const FIRST_LOOK_MS = 70 * MINUTE_MS;
/** Ingest may store what was received a little before what is there already. */
const OVERLAP_MS = 2 * MINUTE_MS;
/** A clock that is set back some minutes loses nothing. */
const AHEAD_MS = 6 * MINUTE_MS;
/** What is read at once: all of an ordinary look. */
const SLICE_MS = 10 * MINUTE_MS;
const SILENCE_EVERY_MS = 15 * MINUTE_MS;
/** How far back a stretch that still goes on may have begun. */
const FLAG_DAYS = 60;
/** The name of the job that judges counts. */
const QUALITY = "quality";

export interface SignalReaderParts {
  readonly store: SignalStore & Pick<JobStore, "runs">;
  readonly stores: readonly StoreInfo[];
  /** Devices of the configuration; empty where brokers of others let devices in: then every one that was ever heard. */
  readonly devices: readonly Subject[];
}

interface Quality {
  readonly runId: string;
  readonly of: ReadonlyMap<string, QualityReading>;
  readonly judgedMs: number;
}

/** What was read of all devices at once. */
interface Found {
  readonly nowMs: number;
  readonly quality: Quality | undefined;
  readonly silent: ReadonlyMap<string, SilenceReading>;
}

/** Reads all signals of all devices, some questions in all; what is costly or changes seldom is kept. */
export class SignalReader {
  readonly #parts: SignalReaderParts;
  readonly #health = new HealthMemory();
  readonly #known: ReadonlySet<string>;
  readonly #stores: ReadonlyMap<string, StoreInfo>;
  #healthMs: number | undefined;
  #quality: Quality | undefined;
  #silence: { readonly atMs: number; readonly of: ReadonlyMap<string, SilenceReading> } | undefined;

  constructor(parts: SignalReaderParts) {
    this.#parts = parts;
    this.#known = new Set(parts.devices.map(subjectKey));
    this.#stores = new Map(parts.stores.map((one) => [`${one.tenant} ${one.store}`, one]));
  }

  /** Every device that is watched, as it is now. Rejects when one source cannot be read: then nobody can judge. */
  async read(nowMs: number, isOpen: IsOpen): Promise<readonly DeviceReading[]> {
    const records = (await this.#parts.store.deviceRecords()).filter((record) => this.#isWatched(record));
    await this.#readHealth(nowMs);
    const quality = await this.#readQuality();
    const silent = await this.#readSilence(nowMs, isOpen);
    const heard = new Set(records.map(subjectKey));
    const never = this.#parts.devices.filter((device) => this.#isWatched(device) && !heard.has(subjectKey(device)));
    return [...records.map((record) => this.#readingOf(record, { nowMs, quality, silent })), ...never.map(neverHeard)];
  }

  #readingOf(record: DeviceRecord, { nowMs, quality, silent }: Found): DeviceReading {
    const subject = { tenant: record.tenant, store: record.store, device: record.device };
    const key = subjectKey(subject);
    const { online, stopped, lastSeenAt } = statusOf(record);
    const health = this.#health.of(subject);
    const silence = silent.get(key);
    return {
      ...{ subject, presence: online ? "online" : stopped ? "stopped" : "offline" },
      // Without any time, or with one that is to come, it has not been heard.
      heardMs: heardMs(lastSeenAt, nowMs),
      ...(health && { health }),
      ...(quality && { quality: quality.of.get(key) ?? { judgedMs: quality.judgedMs, flags: [] } }),
      ...(silence && { silence }),
    };
  }

  #isWatched({ tenant, store, device }: Subject): boolean {
    if (!this.#stores.has(`${tenant} ${store}`)) return false;
    return this.#known.size === 0 || this.#known.has(subjectKey({ tenant, store, device }));
  }

  async #readHealth(nowMs: number): Promise<void> {
    const fromMs = this.#healthMs === undefined ? nowMs - FIRST_LOOK_MS : Math.min(this.#healthMs, nowMs) - OVERLAP_MS;
    // An hour of ten thousand devices at once would be half a gigabyte.
    for (let at = fromMs; at < nowMs + AHEAD_MS; at += SLICE_MS) {
      const range = { from: new Date(at).toISOString(), to: new Date(at + SLICE_MS - 1).toISOString() };
      this.#health.see(await this.#parts.store.healthBetween(range));
    }
    this.#healthMs = nowMs;
  }

  /** What the last run of the quality job that went well says; asked again after each run. */
  async #readQuality() {
    const runs = await this.#parts.store.runs(5);
    const last = runs.find(({ job, outcome }) => job === QUALITY && outcome === "ok");
    if (!last) return undefined;
    if (this.#quality?.runId === last.runId) return this.#quality;
    const judgedMs = Date.parse(last.startedAt);
    const date = new Date(judgedMs).toISOString().slice(0, 10);
    const rows = await this.#parts.store.flags({ from: addDays(date, -FLAG_DAYS), to: addDays(date, 1) });
    const present = rows.filter((row) => this.#isPresent(row, judgedMs));
    const of = new Map(
      [...groupBy(present, (row) => subjectKey(subjectOf(row)))].map(([key, own]) => {
        return [key, { judgedMs, flags: own.map((row) => this.#flagOf(row)) }] as const;
      }),
    );
    this.#quality = { runId: last.runId, of, judgedMs };
    return this.#quality;
  }

  /** A device's fault that reaches into the last day that was over when it was judged. */
  #isPresent(row: DerivedRow, judgedMs: number): boolean {
    const store = this.#stores.get(`${row.tenant} ${row.store}`);
    if (!store || row.kind !== "device") return false;
    const yesterday = addDays(zoneOf(store.timeZone).date(judgedMs), -1);
    return String(row.localTo) > `${yesterday}T00:00:00`;
  }

  #flagOf(row: DerivedRow): QualityReading["flags"][number] {
    const store = this.#stores.get(`${row.tenant} ${row.store}`);
    const sinceMs = zoneOf(store?.timeZone ?? "UTC").firstInstantMs(String(row.localFrom));
    return { rule: String(row.rule), target: `${row.cameraId}/${row.targetId} ${row.measure}`, sinceMs };
  }

  async #readSilence(nowMs: number, isOpen: IsOpen): Promise<ReadonlyMap<string, SilenceReading>> {
    const { store, stores } = this.#parts;
    const isFresh = this.#silence !== undefined && Math.abs(nowMs - this.#silence.atMs) < SILENCE_EVERY_MS;
    if (!isFresh) this.#silence = { atMs: nowMs, of: await silences({ store, stores, isOpen }, nowMs) };
    return this.#silence?.of ?? new Map();
  }
}

const neverHeard = ({ tenant, store, device }: Subject): DeviceReading => ({
  subject: { tenant, store, device },
  ...{ presence: "never", heardMs: 0 },
});

const subjectOf = (row: DerivedRow): Subject => ({
  tenant: String(row.tenant),
  store: String(row.store),
  device: String(row.deviceId),
});

/** A time that lies ahead was stamped by our clock while that was wrong: it was heard, nobody knows when; taken as now. */
function heardMs(lastSeenAt: string, nowMs: number): number {
  const ms = Date.parse(lastSeenAt);
  return Number.isNaN(ms) ? 0 : Math.min(ms, nowMs);
}
