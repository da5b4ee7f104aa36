/** A row of a result; 64-bit integers come as text. */
export type Row = Readonly<Record<string, unknown>>;

/** The text of a column; empty for NULL. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  return typeof value === "string" ? value : value === null || value === undefined ? "" : String(value);
}

/** The number of a column; 0 for NULL. */
export function numberOf(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}

/** A time of a column, RFC 3339 UTC with milliseconds; empty for NULL. */
export function timeOf(row: Row, column: string): string {
  const text = textOf(row, column);
  return text === "" ? "" : new Date(text).toISOString();
}
