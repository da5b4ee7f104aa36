import { resolve } from "node:path";
import type { RowTable } from "../../../firmware-config/contract/row.ts";
import { type Clock, systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { type DateRange, datesOf } from "../../calendar.ts";
import { Troubles } from "../../troubles.ts";
import type { AlertRow, AlertTable, StoreKey, TimeRange } from "../alert-port.ts";
import { around } from "../dates.ts";
import type { DerivedRow, DerivedTable } from "../derived-port.ts";
import type {
  IngestBatch,
  JobCheckpoint,
  JobRun,
  ReadWish,
  StoreDates,
  StoreInfo,
  TrafficSpan,
  Warehouse,
} from "../port.ts";
import type { AcceptedDifference, QuarantineFilter, Rejudged } from "../quarantine-port.ts";
import type { Unit } from "../rolled.ts";
import type { RowKey, RowOwner } from "../row-port.ts";
import { DuckDbAlertStore, healthDates } from "./alert-store.ts";
import { ColdCare, type FileList, SCRUB_EVERY_MS } from "./cold-care.ts";
import { coldFiles, listedFiles } from "./cold-list.ts";
import { Database } from "./database.ts";
import { DuckDbDerivedStore } from "./derived-store.ts";
import { DuckDbIngestStore } from "./ingest-store.ts";
import type { InstanceOptions } from "./instance.ts";
import { DuckDbIntakeHistory } from "./intake-history.ts";
import { DuckDbJobStore } from "./job-store.ts";
import { DuckDbLedgerStore } from "./ledger-store.ts";
import { mendDatabase, openMended } from "./open-mended.ts";
import { refuseUnreadablePath } from "./path-rule.ts";
import { DuckDbQuarantine } from "./quarantine-store.ts";
import { reconcile } from "./reconcile.ts";
import { isRescueWanted, wantRescue } from "./rescue.ts";
import { DuckDbRowStore } from "./source-row-store.ts";
import { storeError } from "./store-error.ts";
import { DuckDbTrafficStore } from "./traffic-store.ts";

export interface DuckDbOptions extends InstanceOptions {
  /** Hears what was damaged and mended. */
  readonly troubles: Pick<Troubles, "raise" | "clear">;
  /** Called when the warehouse has found damage: what can be read is rescued once it is closed and opened again. */
  readonly onLost: () => void;
  readonly clock: Clock;
  /** Between two looks at a share of the archive's files, milliseconds. */
  readonly scrubEveryMs: number;
}

const DEFAULTS = { memoryLimitMb: 512, threads: 2, onLost: () => {}, clock: systemClock, scrubEveryMs: SCRUB_EVERY_MS };

/**
 * Opens or makes the warehouse in `dir`, and mends it where need be. Throws `AppError` when the folder is locked, read-only or full,
 * or when DuckDB understands its path as something else.
 */
export function openDuckDbWarehouse(folder: string, given: Partial<DuckDbOptions> = {}): Promise<Warehouse> {
  return openDuckDb(folder, given, warehouseOn);
}

/** The same for another use of the folder; what `use` makes has to close the database. */
export async function openDuckDb<T>(folder: string, given: Partial<DuckDbOptions>, use: Use<T>): Promise<T> {
  const dir = resolve(folder);
  refuseUnreadablePath(dir);
  const { clock = systemClock } = given;
  const options = { ...DEFAULTS, troubles: new Troubles({ log: silentLog, clock }), ...given };
  try {
    // Damage may be found by the opening, and again by the first look at the tables.
    return await orAfterRescue(dir, () => orAfterRescue(dir, () => openOnce(dir, options, use)));
  } catch (error) {
    throw storeError(error, dir);
  }
}

/** What is made of an open database, and who looks after its archive. */
type Use<T> = (database: Database, care: ColdCare) => T;

async function orAfterRescue<T>(dir: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(await isRescueWanted(dir))) throw error;
    return open();
  }
}

async function openOnce<T>(dir: string, options: DuckDbOptions, use: Use<T>): Promise<T> {
  await mendDatabase(dir, options);
  const onDamage = () => wantRescue(dir).finally(options.onLost);
  const database = new Database(dir, { open: () => openMended(dir, options), onDamage });
  const care = new ColdCare({ ...options, database });
  try {
    await database.open();
    await reconcile(database, care);
    return use(database, care);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function warehouseOn(database: Database, care: ColdCare): Warehouse {
  const ingest = new DuckDbIngestStore(database, care);
  const traffic = new DuckDbTrafficStore(database);
  const jobs = new DuckDbJobStore(database, care);
  const derived = new DuckDbDerivedStore(database);
  const sourced = new DuckDbRowStore(database);
  const alerts = new DuckDbAlertStore(database);
  const quarantine = new DuckDbQuarantine(database);
  const intake = new DuckDbIntakeHistory(database);
  const ledger = new DuckDbLedgerStore(database);
  const stop = new AbortController();
  const caring = care.run(stop.signal);
  const countsOf =
    (dates: readonly string[]): FileList =>
    (session) =>
      coldFiles(session, "counts", around(dates));
  const healthOf =
    (dates: readonly string[]): FileList =>
    (session) =>
      coldFiles(session, "health", dates);
  const readable = async (work: readonly StoreDates[]): Promise<readonly StoreDates[]> => {
    const good = new Set(await care.readable([...new Set(work.flatMap(({ dates }) => dates))]));
    const left = work.map(({ store, dates }) => ({ store, dates: dates.filter((date) => good.has(date)) }));
    return left.filter(({ dates }) => dates.length > 0);
  };
  const quarantined: FileList = async (session) =>
    (await listedFiles(session)).filter(({ table, damage }) => table === "quarantine" && damage === "");
  return {
    lastStored: (stream: string) => ingest.lastStored(stream),
    store: (batch: IngestBatch) => ingest.store(batch),
    ledger: () => ingest.ledger(),
    staleDates: async (stores: readonly StoreInfo[], wish?: ReadWish) =>
      readable(await traffic.staleDates(stores, wish)),
    windowDates: (store: StoreInfo, range: DateRange, wish?: ReadWish) =>
      care.reading(countsOf(datesOf(range)), () => traffic.windowDates(store, range, wish), wish),
    windowsSum: (store: StoreInfo, range: DateRange, wish?: ReadWish) =>
      care.reading(countsOf(datesOf(range)), () => traffic.windowsSum(store, range, wish), wish),
    unreadableDates: (store: StoreInfo, range: DateRange, wish?: ReadWish) =>
      traffic.unreadableDates(store, range, wish),
    rollUp: (work: readonly StoreDates[]) =>
      care.reading(countsOf(work.flatMap(({ dates }) => dates)), async () => traffic.rollUp(await readable(work))),
    traffic: (store: StoreInfo, range: DateRange, span: TrafficSpan, wish?: ReadWish) =>
      care.reading(countsOf(datesOf(range)), () => traffic.traffic(store, range, span, wish), wish),
    trafficOfStores: (work: readonly StoreDates[], span: Unit, wish?: ReadWish) =>
      care.reading(
        countsOf([...new Set(work.flatMap(({ dates }) => dates))]),
        () => traffic.trafficOfStores(work, span, wish),
        wish,
      ),
    devices: (store: StoreInfo, wish?: ReadWish) => traffic.devices(store, wish),
    lastSeen: () => traffic.lastSeen(),
    settle: async () => {},
    recordRun: (run: JobRun) => jobs.recordRun(run),
    runs: (limit: number) => jobs.runs(limit),
    recordCheckpoint: (checkpoint: JobCheckpoint) => jobs.recordCheckpoint(checkpoint),
    checkpoints: (runId: string) => jobs.checkpoints(runId),
    archive: (upTo: string) => jobs.archive(upTo),
    replaceDerived: (table: DerivedTable, work: readonly StoreDates[], rows: readonly DerivedRow[]) =>
      derived.replaceDerived(table, work, rows),
    addDerived: (table: DerivedTable, rows: readonly DerivedRow[]) => derived.addDerived(table, rows),
    derived: (table: DerivedTable, store: StoreInfo, range: DateRange, wish?: ReadWish) =>
      derived.derived(table, store, range, wish),
    derivedOfStores: (table: DerivedTable, work: readonly StoreDates[], wish?: ReadWish) =>
      derived.derivedOfStores(table, work, wish),
    noteChanged: (reader: string, work: readonly StoreDates[]) => derived.noteChanged(reader, work),
    changedDates: (reader: string, stores: readonly StoreInfo[]) => derived.changedDates(reader, stores),
    forgetChanged: (notes: readonly string[]) => derived.forgetChanged(notes),
    sourceRows: (table: RowTable, range: DateRange, owner?: RowOwner) => sourced.sourceRows(table, range, owner),
    rowVersions: (table: RowTable, keys: readonly RowKey[]) => sourced.rowVersions(table, keys),
    addAlerts: (table: AlertTable, rows: readonly AlertRow[]) => alerts.addAlerts(table, rows),
    lastAlerts: () => alerts.lastAlerts(),
    alerts: (table: AlertTable, range: TimeRange) => alerts.alerts(table, range),
    forgetAlerts: (before: string) => alerts.forgetAlerts(before),
    deviceRecords: () => alerts.deviceRecords(),
    healthBetween: (range: TimeRange, store?: StoreKey) =>
      care.reading(healthOf(healthDates(range)), () => alerts.healthBetween(range, store)),
    flags: (range: DateRange) => alerts.flags(range),
    hourTotals: (dates: readonly string[], stores: readonly StoreKey[]) => alerts.hourTotals(dates, stores),
    quarantineGroups: (filter: QuarantineFilter, limit: number) =>
      care.reading(quarantined, () => quarantine.quarantineGroups(filter, limit)),
    pendingMessages: (filter: QuarantineFilter, afterId: string, limit: number) =>
      care.reading(quarantined, () => quarantine.pendingMessages(filter, afterId, limit)),
    quarantinedMessage: (messageId: string) =>
      care.reading(quarantined, () => quarantine.quarantinedMessage(messageId)),
    replay: (messages: readonly Rejudged[], replayedAt: string) => ingest.replay(messages, replayedAt),
    intakeBetween: (from: string, to: string) => intake.intakeBetween(from, to),
    streamLedger: (streams: readonly string[]) => ledger.streamLedger(streams),
    strayMessages: (streams: readonly string[]) => ledger.strayMessages(streams),
    acceptDifference: (accepted: AcceptedDifference) => ledger.acceptDifference(accepted),
    acceptedDifferences: () => ledger.acceptedDifferences(),
    close: async () => {
      stop.abort();
      await caring;
      await database.close();
    },
  };
}
