import { ApiError } from "../../bigquery/api-error.ts";
import { extentOf } from "../../bigquery/partitions.ts";
import type { Table } from "../../bigquery/table.ts";
import { passes, type Scan } from "../resolve/filter.ts";

/** What a job reads of one table. */
export interface TableUsage {
  readonly table: Table;
  readonly bytes: number;
}

/** Throws for a look at a table that must be bounded and is not. */
export function checkBounds(scans: readonly Scan[]): void {
  for (const { table, filters } of scans) {
    const column = table.columnToBound;
    if (column === undefined || filters.length > 0) continue;
    const { projectId, datasetId, tableId } = table.reference;
    const text = `Cannot query over table '${projectId}.${datasetId}.${tableId}' without a filter over column(s) '${column}' that can be used for partition elimination`;
    throw new ApiError(400, "invalidQuery", text);
  }
}

/** What all looks at each table read together: a column of a partition counts once. `changed` is read in all its columns. */
export function usageOf(scans: readonly Scan[], changed: Scan | undefined): readonly TableUsage[] {
  const tables = [...new Set(scans.map(({ table }) => table))];
  return tables.map((table) => {
    const own = scans.filter((scan) => scan.table === table);
    return { table, bytes: table.bytesEstimate ?? bytesRead(table, own, changed) };
  });
}

function bytesRead(table: Table, scans: readonly Scan[], changed: Scan | undefined): number {
  let sum = 0;
  for (const [id, { bytes }] of table.sizes.partitions()) {
    const reading = scans.filter((scan) => isRead(scan, id));
    for (const [index, field] of table.fields.entries()) {
      if (reading.some((scan) => scan === changed || scan.columns.has(field.name))) sum += bytes[index] ?? 0;
    }
  }
  return sum;
}

function isRead(scan: Scan, partition: string): boolean {
  const { timePartitioning } = scan.table.settings;
  if (!timePartitioning) return true;
  const isDate = scan.table.fields.some(({ name, type }) => name === timePartitioning.field && type === "DATE");
  const extent = extentOf(timePartitioning, partition, isDate);
  return scan.filters.every((filter) => passes(filter, scan, extent));
}
