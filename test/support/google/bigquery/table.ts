import type { Clock } from "../../../../firmware-config/kit/clock.ts";
import { invalid } from "./api-error.ts";
import { checkPartitionCount, DailyChanges } from "./daily-changes.ts";
import { isExpired, isWithinStreamingWindow, MOST_PER_JOB, partitionId } from "./partitions.ts";
import { checkSchemaChange, type Field } from "./schema.ts";
import { checkedSettings, type TableSettings } from "./table-settings.ts";
import { type Row, rowOf } from "./values.ts";

export interface TableReference {
  readonly projectId: string;
  readonly datasetId: string;
  readonly tableId: string;
}

/** One table: what it is, its rows, and the limits that Google puts on writing to it. */
export class Table {
  readonly reference: TableReference;
  readonly createdAtMs: number;
  /** Grows with each change of the columns. */
  schemaVersion = 1;
  /** Grows with each change of the settings. */
  version = 1;
  /** What a query is told to read; the size of the rows unless a test says so. */
  bytesEstimate: number | undefined;
  readonly #clock: Clock;
  #settings: TableSettings;
  #rows: Row[] = [];
  readonly #changes: DailyChanges;

  constructor(reference: TableReference, settings: TableSettings, clock: Clock) {
    this.reference = reference;
    this.createdAtMs = clock.nowMs();
    this.#clock = clock;
    this.#changes = new DailyChanges(clock);
    this.#settings = checkedSettings(settings);
  }

  get settings(): TableSettings {
    return this.#settings;
  }

  get fields(): readonly Field[] {
    return this.#settings.schema?.fields ?? [];
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  get bytes(): number {
    return this.bytesEstimate ?? this.#rows.reduce((sum, row) => sum + JSON.stringify(row, jsonBigint).length, 0);
  }

  /** The partition column that a query must bound, if it must. */
  get columnToBound(): string | undefined {
    const { timePartitioning, requirePartitionFilter } = this.#settings;
    return (requirePartitionFilter ?? timePartitioning?.requirePartitionFilter) ? timePartitioning?.field : undefined;
  }

  /** Replaces the settings; throws for a change that BigQuery does not make. */
  update(settings: TableSettings): void {
    const next = checkedSettings(settings);
    checkSchemaChange(this.fields, next.schema?.fields ?? []);
    const { field, type } = this.#settings.timePartitioning ?? {};
    if (field !== next.timePartitioning?.field || type !== next.timePartitioning?.type) {
      throw invalid("Cannot change partitioning/clustering spec for a partitioned table.");
    }
    if (JSON.stringify(next.schema) !== JSON.stringify(this.#settings.schema)) this.schemaVersion += 1;
    this.#settings = next;
    this.version += 1;
    this.#rows = this.#rows.map((row) => rowOf(this.fields, row));
  }

  /** The row in the store's form; throws ValueError for a value that its column cannot take. */
  rowOf(source: Readonly<Record<string, unknown>>): Row {
    return rowOf(this.fields, source);
  }

  /** False for a row that may not be streamed since its partition is too far away. */
  takesStreamed(row: Row): boolean {
    const { timePartitioning } = this.#settings;
    return !timePartitioning || isWithinStreamingWindow(timePartitioning, row, this.#clock.nowMs());
  }

  /** Streamed rows: they count against no limit of jobs. */
  stream(rows: readonly Row[]): void {
    this.#append(rows);
  }

  /**
   * One job's rows; DML counts against no limit of a day. `replace` empties the table first, or the partition that `partition`
   * names. Throws, and writes nothing, when the job modifies more partitions than a job may, or the table would have too many,
   * or was modified too often today.
   */
  write(
    rows: readonly Row[],
    { replace = false, partition, isDml = false }: { replace?: boolean; partition?: string; isDml?: boolean } = {},
  ): void {
    const touched = new Set(rows.map((row) => this.#partitionOf(row)));
    if (partition !== undefined) touched.add(partition);
    if (partition !== undefined && touched.size > 1) throw invalid(`a row is not of partition $${partition}`);
    if (touched.size > MOST_PER_JOB) {
      throw invalid(`Too many partitions produced by job, allowed ${MOST_PER_JOB}, got ${touched.size}`);
    }
    const kept = replace ? this.#rows.filter((row) => partition && this.#partitionOf(row) !== partition) : this.#rows;
    checkPartitionCount(new Set([...kept.map((row) => this.#partitionOf(row)), ...touched]).size);
    if (!isDml) this.#changes.count(touched.size, this.#settings.timePartitioning !== undefined);
    this.#rows = [...kept];
    this.#append(rows);
  }

  /** All partitions that have rows. */
  partitions(): ReadonlySet<string> {
    return new Set(this.#rows.map((row) => this.#partitionOf(row)));
  }

  #append(rows: readonly Row[]): void {
    const { timePartitioning } = this.#settings;
    const now = this.#clock.nowMs();
    for (const row of rows) if (!timePartitioning || !isExpired(timePartitioning, row, now)) this.#rows.push(row);
  }

  #partitionOf(row: Row): string {
    return this.#settings.timePartitioning ? partitionId(this.#settings.timePartitioning, row) : "";
  }
}

function jsonBigint(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
