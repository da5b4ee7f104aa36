import { ColdCare } from "../../../cloud-ingest/warehouse/duckdb/cold-care.ts";
import { Database } from "../../../cloud-ingest/warehouse/duckdb/database.ts";
import { openMended } from "../../../cloud-ingest/warehouse/duckdb/open-mended.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";

/** The hot database alone, without the warehouse around it. */
export async function openDatabase(dir: string): Promise<Database> {
  const options = { memoryLimitMb: 256, threads: 1, troubles: { raise: () => {} } };
  const database = new Database(dir, { open: () => openMended(dir, options), onDamage: async () => {} });
  await database.open();
  return database;
}

/** Looks after an archive that a test does not look at. */
export function careOf(database: Database): ColdCare {
  const troubles = { raise: () => {}, clear: () => {} };
  return new ColdCare({ database, troubles, clock: systemClock, scrubEveryMs: 3_600_000 });
}
