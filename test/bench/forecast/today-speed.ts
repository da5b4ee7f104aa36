import { addDays } from "../../../cloud-ingest/calendar.ts";
import { todayJob } from "../../../cloud-ingest/jobs/forecast/today-job.ts";
import { Registry } from "../../../cloud-ingest/registry/registry.ts";
import type { DerivedRow } from "../../../cloud-ingest/warehouse/derived-port.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { StoreInfo } from "../../../cloud-ingest/warehouse/port.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { QUIET_JOBS } from "../../support/quiet-jobs.ts";
import { rollUpNow, runJob } from "../../support/run-job.ts";
import { FIRST_DAY, generate, storesOf } from "../warehouse/generate.ts";
import { inTempDir, spentOn, spentText } from "../warehouse/measure.ts";

const SHAPE = { stores: 1000, days: 8, targets: 1, windowS: 900 };
/** The date that begins in Tokyo while the last one of UTC goes on. */
const TODAY = addDays(FIRST_DAY, SHAPE.days - 1);
const STAGES = Array.from({ length: 10 }, () => ({
  ...{ slope: 0.6, recent: 0.2, spread: 0.1 },
  errors: { q025: -3, q10: -1.5, q90: 1.5, q975: 3 },
}));

/** The update every 15 minutes of a thousand stores with one door, on the embedded warehouse, from counts on the disk to rows in the table. */
export function todaySpeedLines(): Promise<string[]> {
  return inTempDir(async (dir) => {
    await generate(dir, SHAPE);
    const warehouse = await openDuckDbWarehouse(dir);
    const stores = storesOf(SHAPE);
    await rollUpNow(warehouse, stores);
    await warehouse.replaceDerived(
      "forecast",
      stores.map((store) => ({ store, dates: [TODAY] })),
      stores.flatMap(morningOf),
    );
    const clock = new ManualClock(`${TODAY}T06:00:00Z`);
    const registry = new Registry([], { holidays: () => new Map() });
    const job = todayJob({ config: QUIET_JOBS, stores, warehouse, registry: async () => registry, clock });
    let updated: unknown;
    const spent = await spentOn(async () => {
      ({ updated } = { updated: 0, ...(await runJob(job)) });
    });
    await warehouse.close();
    return [`the 15-minute update of ${SHAPE.stores} stores: ${spentText(spent)}, ${updated} rows (goal: 20 s)`];
  });
}

function morningOf(store: StoreInfo): DerivedRow[] {
  const head = {
    ...{ tenant: store.tenant, store: store.store, businessDate: TODAY, place: "", artefact: "bench" },
    ...{ model: "bench", madeAt: `${TODAY}T00:00:00Z` },
  };
  const band = (yhat: number) => ({ yhat, lo80: 0.8 * yhat, hi80: 1.2 * yhat, lo95: 0.7 * yhat, hi95: 1.3 * yhat });
  const hours = Array.from({ length: 24 }, (_, hour) => ({
    ...{ ...head, step: "hour", localStart: `${TODAY}T${String(hour).padStart(2, "0")}:00:00` },
    ...{ ...band(12), parts: null },
  }));
  const day = { ...head, step: "day", localStart: `${TODAY}T00:00:00`, ...band(288) };
  return [{ ...day, parts: JSON.stringify({ stages: STAGES }) }, ...hours];
}
