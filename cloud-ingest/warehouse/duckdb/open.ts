import type { DateRange } from "../../calendar.ts";
import type { IngestBatch, JobRun, ReadWish, StoreInfo, TrafficSpan, Warehouse } from "../port.ts";
import type { AcceptedDifference, QuarantineFilter, Rejudged } from "../quarantine-port.ts";
import { Database, type DatabaseOptions } from "./database.ts";
import { DuckDbIngestStore } from "./ingest-store.ts";
import { DuckDbIntakeHistory } from "./intake-history.ts";
import { DuckDbJobStore } from "./job-store.ts";
import { DuckDbLedgerStore } from "./ledger-store.ts";
import { DuckDbQuarantine } from "./quarantine-store.ts";
import { reconcile } from "./reconcile.ts";
import { storeError } from "./store-error.ts";
import { DuckDbTrafficStore } from "./traffic-store.ts";

const DEFAULTS: DatabaseOptions = { memoryLimitMb: 512, threads: 2 };

/** Opens or makes the warehouse in `dir`. Throws `AppError` when the folder is locked, read-only, full or damaged. */
export async function openDuckDbWarehouse(dir: string, options: Partial<DatabaseOptions> = {}): Promise<Warehouse> {
  const database = new Database(dir, { ...DEFAULTS, ...options });
  try {
    await database.open();
    await reconcile(database);
    return warehouseOn(database);
  } catch (error) {
    await database.close();
    throw storeError(error, dir);
  }
}

function warehouseOn(database: Database): Warehouse {
  const ingest = new DuckDbIngestStore(database);
  const traffic = new DuckDbTrafficStore(database);
  const jobs = new DuckDbJobStore(database);
  const quarantine = new DuckDbQuarantine(database);
  const intake = new DuckDbIntakeHistory(database);
  const ledger = new DuckDbLedgerStore(database);
  return {
    lastStored: (stream: string) => ingest.lastStored(stream),
    store: (batch: IngestBatch) => ingest.store(batch),
    ledger: () => ingest.ledger(),
    staleDates: (store: StoreInfo, wish?: ReadWish) => traffic.staleDates(store, wish),
    windowDates: (store: StoreInfo, range: DateRange, wish?: ReadWish) => traffic.windowDates(store, range, wish),
    rollUp: (store: StoreInfo, dates: readonly string[]) => traffic.rollUp(store, dates),
    traffic: (store: StoreInfo, range: DateRange, span: TrafficSpan, wish?: ReadWish) =>
      traffic.traffic(store, range, span, wish),
    devices: (store: StoreInfo, wish?: ReadWish) => traffic.devices(store, wish),
    lastSeen: () => traffic.lastSeen(),
    recordRun: (run: JobRun) => jobs.recordRun(run),
    runs: (limit: number) => jobs.runs(limit),
    archive: (upTo: string) => jobs.archive(upTo),
    quarantineGroups: (filter: QuarantineFilter, limit: number) => quarantine.quarantineGroups(filter, limit),
    pendingMessages: (filter: QuarantineFilter, afterId: string, limit: number) =>
      quarantine.pendingMessages(filter, afterId, limit),
    quarantinedMessage: (messageId: string) => quarantine.quarantinedMessage(messageId),
    replay: (messages: readonly Rejudged[], replayedAt: string) => ingest.replay(messages, replayedAt),
    intakeSince: (receivedAt: string) => intake.intakeSince(receivedAt),
    streamLedger: (streams: readonly string[]) => ledger.streamLedger(streams),
    acceptDifference: (accepted: AcceptedDifference) => ledger.acceptDifference(accepted),
    acceptedDifferences: () => ledger.acceptedDifferences(),
    close: () => database.close(),
  };
}
