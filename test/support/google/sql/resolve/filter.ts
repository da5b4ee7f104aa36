import type { Table } from "../../bigquery/table.ts";

/** One place where a statement reads a table. */
export interface Scan {
  readonly table: Table;
  /** Names of the columns that it reads. */
  readonly columns: Set<string>;
  /** All of them hold for each row that is read. */
  readonly filters: Filter[];
}

/** A column of a scan that a column of a query is, unchanged. */
export interface Origin {
  readonly scan: Scan;
  readonly column: string;
}

/** What is known of the values in a partition: from `min` to `max`, in microseconds, or NULL for all. */
export type Extent = { readonly min: number; readonly max: number } | "NULL";

/** A condition, as far as partitions can be told by it. */
export type Filter =
  | { readonly kind: "all" | "any"; readonly parts: readonly Filter[] }
  | { readonly kind: "unknown" }
  | { readonly kind: "bound"; readonly origins: readonly Origin[]; readonly passes: (extent: Extent) => boolean };

export const UNKNOWN: Filter = { kind: "unknown" };

/** True when the filter rules out partitions of the scan, whichever there are. */
export function isBounding(filter: Filter, scan: Scan): boolean {
  if (filter.kind === "unknown") return false;
  if (filter.kind === "bound") return isOf(filter.origins, scan);
  if (filter.kind === "all") return filter.parts.some((part) => isBounding(part, scan));
  return filter.parts.length > 0 && filter.parts.every((part) => isBounding(part, scan));
}

/** False when no row of such a partition can pass. */
export function passes(filter: Filter, scan: Scan, extent: Extent): boolean {
  if (filter.kind === "unknown") return true;
  if (filter.kind === "bound") return !isOf(filter.origins, scan) || filter.passes(extent);
  if (filter.kind === "all") return filter.parts.every((part) => passes(part, scan, extent));
  return filter.parts.some((part) => passes(part, scan, extent));
}

/** Gives the filter to each scan that it bounds, of those that it holds for. */
export function push(filter: Filter, holdsFor: (scan: Scan) => boolean = () => true): void {
  for (const scan of new Set(scansOf(filter)))
    if (isBounding(filter, scan) && holdsFor(scan)) scan.filters.push(filter);
}

function scansOf(filter: Filter): readonly Scan[] {
  if (filter.kind === "unknown") return [];
  return filter.kind === "bound" ? filter.origins.map(({ scan }) => scan) : filter.parts.flatMap(scansOf);
}

function isOf(origins: readonly Origin[], scan: Scan): boolean {
  return origins.some((origin) => origin.scan === scan && origin.column === scan.table.partitionColumn);
}
