import type { Column } from "../columns.ts";
import { textOf } from "../row.ts";
import type { Session } from "./session.ts";
import { createTable, declaration, TABLES } from "./tables.ts";

/** Makes the tables that are missing, and in older ones the columns that the contract has gained since. */
export async function bringUpToDate(session: Session): Promise<void> {
  const present = await columnsPresent(session);
  for (const [table, columns] of Object.entries(TABLES)) {
    const old = present.get(table);
    const statements = old ? additions(table, columns, old) : [createTable(table, columns)];
    for (const statement of statements) await session.run(statement);
  }
}

function additions(table: string, columns: readonly Column[], old: ReadonlySet<string>): readonly string[] {
  return columns
    .filter((column) => !old.has(column.name))
    .map((column) => `ALTER TABLE ${table} ADD COLUMN ${declaration(column)}`);
}

async function columnsPresent(session: Session): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const tables = new Map<string, Set<string>>();
  for (const row of await session.rows("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal")) {
    const table = textOf(row, "table_name");
    tables.set(table, (tables.get(table) ?? new Set()).add(textOf(row, "column_name")));
  }
  return tables;
}
