import { Database } from "../../../cloud-ingest/warehouse/duckdb/database.ts";
import { openMended } from "../../../cloud-ingest/warehouse/duckdb/open-mended.ts";

/** The hot database alone, without the warehouse around it. */
export async function openDatabase(dir: string): Promise<Database> {
  const options = { memoryLimitMb: 256, threads: 1, troubles: { raise: () => {} } };
  const database = new Database(dir, { open: () => openMended(dir, options), onDamage: async () => {} });
  await database.open();
  return database;
}
