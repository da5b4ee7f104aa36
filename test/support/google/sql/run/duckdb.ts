import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

let shared: Promise<DuckDBInstance> | undefined;
let tables = 0;

/** A connection to the one DuckDB of this process: to begin another takes longer than most tests. */
export async function connected(): Promise<DuckDBConnection> {
  shared ??= DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await (await shared).connect();
  await connection.run("SET TimeZone = 'UTC'");
  return connection;
}

/** A name that no other table in this process has. */
export function newTableName(): string {
  tables += 1;
  return `t${tables}`;
}
