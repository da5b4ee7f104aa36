import type { TableName } from "../parse/ast.ts";
import { beyondSubset } from "../sql-error.ts";
import { INT64, type SqlType, STRING } from "../types.ts";
import type { Catalog } from "./catalog.ts";
import { literal } from "./constants.ts";
import type { Constant } from "./typed.ts";

/** The columns of INFORMATION_SCHEMA.PARTITIONS that the fake has. */
export const PARTITION_COLUMNS: readonly { readonly name: string; readonly type: SqlType }[] = [
  { name: "table_catalog", type: STRING },
  { name: "table_schema", type: STRING },
  { name: "table_name", type: STRING },
  { name: "partition_id", type: STRING },
  { name: "total_rows", type: INT64 },
  { name: "total_logical_bytes", type: INT64 },
];

export function isInformationSchema(parts: readonly string[]): boolean {
  return parts.some((part) => part.toUpperCase() === "INFORMATION_SCHEMA");
}

/** A row for each partition of each table in the dataset, in DuckDB's words. */
export function partitionRows(catalog: Catalog, { parts, at }: TableName): string {
  const [view = "", , datasetId, projectId = catalog.projectId] = [...parts].reverse();
  if (view.toUpperCase() !== "PARTITIONS") throw beyondSubset(`INFORMATION_SCHEMA.${view}`, at);
  const dataset = { projectId, datasetId: datasetId ?? catalog.reference([view], at).datasetId };
  catalog.dataset(dataset);
  const rows = catalog.store.tables(dataset).flatMap(({ reference, sizes, partitionColumn }) =>
    [...sizes.partitions()].map(([id, { rows: count, bytes }]): readonly Constant[] => {
      const name = partitionColumn === undefined ? null : id;
      return [projectId, dataset.datasetId, reference.tableId, name, count, bytes.reduce((sum, one) => sum + one, 0)];
    }),
  );
  return `SELECT * FROM (VALUES ${[emptyRow(), ...rows.map(rowOf)].join(", ")}) LIMIT ALL OFFSET 1`;
}

function rowOf(values: readonly Constant[]): string {
  return `(${values.map((value, index) => literal(PARTITION_COLUMNS[index]?.type ?? STRING, value)).join(", ")})`;
}

/** VALUES needs a row. */
function emptyRow(): string {
  return rowOf(PARTITION_COLUMNS.map(() => null));
}
