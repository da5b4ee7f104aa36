import { type Clock, systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { type DateRange, datesOf } from "../../calendar.ts";
import { Troubles } from "../../troubles.ts";
import type { IngestBatch, JobRun, StoreInfo, Warehouse } from "../port.ts";
import { ColdCare, SCRUB_EVERY_MS } from "./cold-care.ts";
import { Database, type DatabaseOptions } from "./database.ts";
import { around } from "./dates.ts";
import { DuckDbIngestStore } from "./ingest-store.ts";
import { DuckDbJobStore } from "./job-store.ts";
import { reconcile } from "./reconcile.ts";
import { storeError } from "./store-error.ts";
import { DuckDbTrafficStore } from "./traffic-store.ts";

const DEFAULTS: DatabaseOptions = { memoryLimitMb: 512, threads: 2 };

export interface DuckDbOptions extends DatabaseOptions {
  /** Hears which files of the archive are damaged. */
  readonly troubles: Troubles;
  readonly clock: Clock;
  /** Between two looks at a share of the archive's files, milliseconds. */
  readonly scrubEveryMs: number;
}

/** Opens or makes the warehouse in `dir`. Throws `AppError` when the folder is locked, read-only, full or damaged. */
export async function openDuckDbWarehouse(dir: string, options: Partial<DuckDbOptions> = {}): Promise<Warehouse> {
  const { troubles, clock = systemClock, scrubEveryMs = SCRUB_EVERY_MS, ...rest } = options;
  const database = new Database(dir, { ...DEFAULTS, ...rest });
  const heard = troubles ?? new Troubles({ log: silentLog, clock });
  const care = new ColdCare({ database, troubles: heard, clock, scrubEveryMs });
  try {
    await database.open();
    await reconcile(database, care);
    return warehouseOn(database, care);
  } catch (error) {
    await database.close();
    throw storeError(error, dir);
  }
}

function warehouseOn(database: Database, care: ColdCare): Warehouse {
  const ingest = new DuckDbIngestStore(database, care);
  const traffic = new DuckDbTrafficStore(database);
  const jobs = new DuckDbJobStore(database, care);
  const stop = new AbortController();
  const caring = care.run(stop.signal);
  return {
    lastStored: (stream: string) => ingest.lastStored(stream),
    store: (batch: IngestBatch) => ingest.store(batch),
    ledger: () => ingest.ledger(),
    staleDates: async (store: StoreInfo) => care.readable(await traffic.staleDates(store)),
    rollUp: (store: StoreInfo, dates: readonly string[]) =>
      care.reading(around(dates), async () => traffic.rollUp(store, await care.readable(dates))),
    traffic: (store: StoreInfo, range: DateRange, span: "hour" | "day" | "window") =>
      care.reading(around(datesOf(range)), () => traffic.traffic(store, range, span)),
    devices: (store: StoreInfo) => traffic.devices(store),
    recordRun: (run: JobRun) => jobs.recordRun(run),
    runs: (limit: number) => jobs.runs(limit),
    archive: (upTo: string) => jobs.archive(upTo),
    close: async () => {
      stop.abort();
      await caring;
      await database.close();
    },
  };
}
