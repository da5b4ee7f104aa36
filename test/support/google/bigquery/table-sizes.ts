import type { Field } from "./schema.ts";
import type { Row } from "./values.ts";

/** The rows of one partition, and the bytes of each column in them. */
export interface PartitionSize {
  rows: number;
  readonly bytes: number[];
}

/** Bytes of a value of each type; all others are as long as their text. */
const FIXED: Readonly<Record<string, number>> = {
  INTEGER: 8,
  FLOAT: 8,
  BOOLEAN: 1,
  DATE: 8,
  DATETIME: 8,
  TIME: 8,
  TIMESTAMP: 8,
  NUMERIC: 16,
};
/** What a text is longer than its UTF-8. */
const TEXT_HEAD = 2;

/** How large a table's partitions are, kept up with each row. */
export class TableSizes {
  readonly #partitions = new Map<string, PartitionSize>();

  /** By the partition's id; those without rows are left out. */
  partitions(): ReadonlyMap<string, PartitionSize> {
    return this.#partitions;
  }

  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#partitions.values()) for (const one of bytes) sum += one;
    return sum;
  }

  /** Counts a row that came, or with -1 one that went. */
  count(partition: string, fields: readonly Field[], row: Row, times: 1 | -1 = 1): void {
    const size = this.#partitions.get(partition) ?? { rows: 0, bytes: [] };
    size.rows += times;
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index];
      if (field) size.bytes[index] = (size.bytes[index] ?? 0) + times * bytesOf(field, row[field.name]);
    }
    if (size.rows > 0) this.#partitions.set(partition, size);
    else this.#partitions.delete(partition);
  }
}

/** What BigQuery counts for a value; nothing for NULL. */
export function bytesOf(field: Field, value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + bytesOf(field, one), 0);
  const fixed = FIXED[field.type];
  if (fixed !== undefined) return fixed;
  if (field.type === "RECORD" && typeof value === "object") return recordBytes(field, value);
  if (field.type === "BYTES") return TEXT_HEAD + Buffer.byteLength(String(value), "base64");
  const text = Buffer.byteLength(String(value));
  return field.type === "STRING" ? TEXT_HEAD + text : text;
}

function recordBytes(field: Field, value: object): number {
  const members = new Map(Object.entries(value));
  return (field.fields ?? []).reduce((sum, member) => sum + bytesOf(member, members.get(member.name)), 0);
}
