import type { DataMessage } from "../../firmware-config/contract/messages.ts";
import type { BirthMessage, StateMessage } from "../../firmware-config/contract/presence.ts";
import type { DeviceIdentity } from "../../firmware-config/contract/topics.ts";
import type { BusPosition } from "../bus/port.ts";
import type { DateRange } from "../calendar.ts";
import type { AlertStore, SignalStore } from "./alert-port.ts";
import type { DerivedStore } from "./derived-port.ts";
import type { IntakeHistory, LedgerStore, QuarantineStore } from "./quarantine-port.ts";
import type { RowStore, SourceRow } from "./row-port.ts";

/** A valid data message and whose it is. */
export interface DataRow {
  readonly identity: DeviceIdentity;
  readonly eventId: string;
  /** UTC date of `ts`, `YYYY-MM-DD`: the partition. */
  readonly date: string;
  readonly receivedAt: string;
  readonly message: DataMessage;
}

export interface PresenceRow {
  readonly identity: DeviceIdentity;
  readonly receivedAt: string;
  readonly message: StateMessage | BirthMessage;
}

/** A payload that could not be used. */
export interface QuarantineRow {
  /** Its name in the bus. */
  readonly messageId: string;
  readonly receivedAt: string;
  readonly topic: string;
  readonly reason: string;
  /** The payload as text, at most 64 KiB; bytes that are not UTF-8 are replaced. */
  readonly payload: string;
  /** Its exact bytes where the text does not tell them. */
  readonly payloadBase64?: string;
}

/** What our own clock says, milliseconds since the epoch. */
export interface ClockTold {
  readonly nowMs: number;
  /** The newest time that it is believed to have told; kept over restarts. No device can move it beyond what our clock told. */
  readonly markMs: number;
}

/** What one batch of the bus became; stored in one transaction together with `position`. */
export interface IngestBatch {
  /** Of its last message; left out by a bus without order. */
  readonly position?: BusPosition;
  readonly data: readonly DataRow[];
  readonly presence: readonly PresenceRow[];
  readonly quarantine: readonly QuarantineRow[];
  /** Rows that no device sent; left out: none. */
  readonly rows?: readonly SourceRow[];
  /** As of storing; left out, every time of receipt is taken as it is and the mark stays. */
  readonly clock?: ClockTold;
}

export interface Ledger {
  /** Data and presence messages stored, and rows. */
  readonly stored: number;
  /** Data messages whose `eventId` was there already, rows of which that version or a later one was, and messages that were in quarantine already. */
  readonly duplicate: number;
  readonly quarantined: number;
}

/** A row that no repetition will make the warehouse take. */
export interface RefusedRow {
  /** Its place in the batch's `data`, or `rows`. */
  readonly index: number;
  /** Which field does not fit, for people; holds nothing of its value. */
  readonly reason: string;
}

/** What became of a batch. */
export interface StoreOutcome extends Ledger {
  /**
   * Left out or empty when the batch is committed. Else all that are refused, and nothing is committed: the caller puts them into
   * quarantine and stores the batch so again.
   */
  readonly refused?: readonly RefusedRow[];
  /** The same of the batch's `rows`: each is refused by its place among them. */
  readonly refusedRows?: readonly RefusedRow[];
}

/** Called by ingest. */
export interface IngestStore {
  /** So many batches of a bus without order may be stored at once; left out, one. Batches with a position always come one by one. */
  readonly batchesAtOnce?: number;
  /** The number of the last message stored from that stream of the bus, 0 when there is none: ingest goes on after it. */
  lastStored(stream: string): Promise<number>;
  /**
   * Commits the batch before it returns; a row whose `eventId` is there already only counts as duplicate. A batch whose
   * position is not beyond `lastStored` was stored before and changes nothing. Whatever is thrown is the warehouse's own trouble and
   * says nothing about the rows: the batch is to be stored again.
   */
  store(batch: IngestBatch): Promise<StoreOutcome>;
  /** Sums over all batches ever stored. */
  ledger(): Promise<Ledger>;
}

/** A retail client's shop. */
export interface StoreInfo {
  readonly tenant: string;
  readonly store: string;
  /** What the dashboard calls it. */
  readonly name: string;
  /** IANA name, e.g. `Asia/Tokyo`; decides the business date. */
  readonly timeZone: string;
  /** What a reader of the dashboard should know, shown under the name. */
  readonly note?: string;
}

/** Some business dates of a store. */
export interface StoreDates {
  readonly store: StoreInfo;
  readonly dates: readonly string[];
}

/** Counts of one line or zone in one span of time: an hour, a day or a window. */
export interface TrafficRow {
  readonly deviceId: string;
  readonly cameraId: string;
  readonly targetKind: "line" | "zone";
  readonly targetId: string;
  /** What the device's birth message calls it; the id where it has no name. */
  readonly targetName: string;
  readonly businessDate: string;
  /** Start of the span in the store's local time, `YYYY-MM-DDTHH:MM:SS`. */
  readonly localStart: string;
  readonly spanS: number;
  readonly in: number;
  readonly out: number;
  readonly visits: number;
  readonly stops: number;
  readonly passersBy: number;
  readonly dwellS: number;
  readonly occupancyMean: number;
  readonly occupancyMax: number;
  /** Seconds of the span in which the camera was watched. */
  readonly observedS: number;
  /** What the quality job says of it; never from a warehouse, which gives counts as they came. */
  readonly quality?: RowQuality;
}

/** Why the counts of a span are not simply what was counted. */
export interface RowQuality {
  /** `repaired`: some counts are estimates; `lost`: not believed, and nothing can be estimated; `explained`: unusual, but counted. */
  readonly kind: "repaired" | "lost" | "explained";
  /** The rules that say so. */
  readonly rules: readonly string[];
  /** Hours of the span that it is about. */
  readonly hours: number;
}

/** What a store has counted, in the order of time and target. */
export interface StoreTraffic {
  readonly store: StoreInfo;
  readonly rows: readonly TrafficRow[];
}

/** How somebody reads. */
export interface ReadWish {
  /** True for what may take long, such as a file of years: it must not hold up what a person waits for. */
  readonly isExport?: boolean;
  /** Aborts when nobody wants the answer any more: the work ends soon, and the read rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Called by jobs, dashboards and the server. */
export interface TrafficStore {
  /**
   * Business dates with counts that arrived after the last roll-up of that date, ascending, of those of the stores that have any:
   * one question for all, because there are thousands of them.
   */
  staleDates(stores: readonly StoreInfo[], wish?: ReadWish): Promise<readonly StoreDates[]>;
  /** Business dates of the range with windows, oldest first: who reads years need not ask for the empty ones. */
  windowDates(store: StoreInfo, range: DateRange, wish?: ReadWish): Promise<readonly string[]>;
  /**
   * Recomputes `traffic_hourly` and `traffic_daily` of these dates from `counts`; repeatable. A store is named once. Returns rows
   * written. What it did before it failed stays done.
   */
  rollUp(work: readonly StoreDates[]): Promise<number>;
  /** How many windows the range has, and until when somebody watched: asked before windows are read, of which there may be too many. */
  windowsSum(store: StoreInfo, range: DateRange, wish?: ReadWish): Promise<WindowsSum>;
  /**
   * Counts by `hour`, `day` or `window` (as they came). Hours and days hold all counts that are stored: those of dates that the
   * roll-up has not caught up with are added up for the answer.
   */
  traffic(store: StoreInfo, range: DateRange, span: TrafficSpan, wish?: ReadWish): Promise<readonly TrafficRow[]>;
  /**
   * The same hours or days of some dates of many stores, each named once, in a number of questions that does not grow with the stores: for
   * jobs that must be done with thousands within minutes. Of the stores that have any; lines and zones are called by their ids.
   */
  trafficOfStores(
    work: readonly StoreDates[],
    span: Exclude<TrafficSpan, "window">,
    wish?: ReadWish,
  ): Promise<readonly StoreTraffic[]>;
  /**
   * Business dates of the range of which some counts may be out of reach now, such as behind a damaged file, oldest first. Their hours and
   * days stay what the last roll-up made of all counts; their windows are incomplete.
   */
  unreadableDates(store: StoreInfo, range: DateRange, wish?: ReadWish): Promise<readonly string[]>;
  /** Devices of the store and when they were last heard of. */
  devices(store: StoreInfo, wish?: ReadWish): Promise<readonly DeviceStatus[]>;
}

/** What the windows of some dates come to. */
export interface WindowsSum {
  readonly windows: number;
  /** Local end of the last one in which a camera watched or counted, `YYYY-MM-DDTHH:MM:SS`; left out when there is none. */
  readonly seenUntil?: string;
}

export type TrafficSpan = "hour" | "day" | "window";

/** When a store was last heard of. */
export interface StoreSeen {
  readonly tenant: string;
  readonly store: string;
  /** When the last message of any of its devices was received, RFC 3339 UTC. */
  readonly lastSeenAt: string;
}

/** Called by the server, in the background and seldom. */
export interface SilenceStore {
  /** Every store that a device was ever heard from; one question for all. */
  lastSeen(): Promise<readonly StoreSeen[]>;
}

export interface DeviceStatus {
  readonly deviceId: string;
  /** What the newest boot said last; data that came after its `offline` proves that it is alive all the same. */
  readonly online: boolean;
  /** True when it is offline because it said so itself: a recording ended or somebody stopped it. */
  readonly stopped?: boolean;
  /** When the last message of any kind was received, RFC 3339 UTC. */
  readonly lastSeenAt: string;
  readonly agentVersion: string;
  readonly modelName: string;
}

/** One run of a job, as recorded in `job_run`. */
export interface JobRun {
  readonly runId: string;
  readonly job: string;
  readonly startedAt: string;
  /** Null while it runs, and for ever when its process was killed and nobody took it up. */
  readonly finishedAt: string | null;
  /** `stopped`: a stop of the program came first; what is left is done by the next start. */
  readonly outcome: "running" | "ok" | "failed" | "stopped";
  /** JSON: what was asked for (`JobWish`); `{}` for all that is due. */
  readonly parameters: string;
  /** Version of the program. */
  readonly codeVersion: string;
  /** JSON: date range, rows, cost, error message. */
  readonly details: string;
}

/** A step of a run that is done; whoever takes the run up does not do it again. */
export interface JobCheckpoint {
  readonly runId: string;
  /** Its name in the run's plan. */
  readonly step: string;
  readonly finishedAt: string;
  /** JSON: what it came to. */
  readonly details: string;
}

/** What statements were billed for. */
export interface Cost {
  readonly statements: number;
  /** What a dry run of them said that they would read, and what they were billed for in the end. */
  readonly bytesEstimated: number;
  readonly bytesBilled: number;
}

/** Called by jobs. */
export interface JobStore {
  /** Adds up what the statements of a piece of work cost, and of no other; without it nothing costs anything. */
  measureCost?<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly cost: Cost }>;
  /** Puts in order what was noted beside the rows, such as what was heard of devices; called with each roll-up, safe to repeat. */
  settle(): Promise<void>;
  /** Notes what is now to be said of a run, first when it opens; the last word counts. */
  recordRun(run: JobRun): Promise<void>;
  /** The last runs of every job, the last recorded first: a clock that was wrong does not change their order. */
  runs(limit: number): Promise<readonly JobRun[]>;
  recordCheckpoint(checkpoint: JobCheckpoint): Promise<void>;
  /** Of a run that has not ended well, in the order of recording; those of others may be gone. */
  checkpoints(runId: string): Promise<readonly JobCheckpoint[]>;
  /**
   * True when `holder` alone may do what `name` says, for `ttlS` seconds from now or until it asks with 0; without it this process is
   * the only one on the warehouse.
   */
  lease?(name: string, holder: string, ttlS: number): Promise<boolean>;
  /**
   * Writes closed UTC dates up to and including `upTo` of counts, events, health and quarantine to Parquet files
   * `{table}/date=YYYY-MM-DD/*.parquet` and takes them out of the hot database; a late row re-opens its date only.
   */
  archive(upTo: string): Promise<{ readonly partitions: number; readonly rows: number }>;
}

/** The whole warehouse; a driver implements all of it over one connection. */
export interface Warehouse
  extends IngestStore,
    TrafficStore,
    SilenceStore,
    JobStore,
    DerivedStore,
    RowStore,
    AlertStore,
    SignalStore,
    QuarantineStore,
    IntakeHistory,
    LedgerStore {
  close(): Promise<void>;
}
