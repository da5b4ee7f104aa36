import type { Clock } from "../../../../firmware-config/kit/clock.ts";
import { ApiError, invalid } from "./api-error.ts";
import { checkPartitionCount, DailyChanges } from "./daily-changes.ts";
import { isExpired, isWithinStreamingWindow, MOST_PER_JOB, partitionId } from "./partitions.ts";
import { RowLog } from "./row-log.ts";
import { checkSchemaChange, type Field } from "./schema.ts";
import { checkedSettings, type TableSettings } from "./table-settings.ts";
import { TableSizes } from "./table-sizes.ts";
import { type Row, rowOf } from "./values.ts";

export interface TableReference {
  readonly projectId: string;
  readonly datasetId: string;
  readonly tableId: string;
}

const EXPIRE_EVERY_MS = 60_000;

/** What one statement or job does to a table's rows. */
export interface Change {
  /** Numbers of rows that go. */
  readonly remove: ReadonlySet<number>;
  readonly add: readonly Row[];
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
  readonly #log = new RowLog();
  readonly #clock: Clock;
  #expiredAtMs = Number.NEGATIVE_INFINITY;
  readonly #changes: DailyChanges;
  #settings: TableSettings;
  #sizes = new TableSizes();

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

  /** The rows with their numbers, for those who follow them. */
  get log(): RowLog {
    this.#expire();
    return this.#log;
  }

  get rows(): readonly Row[] {
    return this.log.rows;
  }

  get sizes(): TableSizes {
    return this.#sizes;
  }

  get bytes(): number {
    return this.bytesEstimate ?? this.#sizes.bytes;
  }

  get partitionColumn(): string | undefined {
    return this.#settings.timePartitioning?.field;
  }

  /** The partition column that a query must bound, if it must. */
  get columnToBound(): string | undefined {
    const { timePartitioning, requirePartitionFilter } = this.#settings;
    return (requirePartitionFilter ?? timePartitioning?.requirePartitionFilter) ? timePartitioning?.field : undefined;
  }

  /** Replaces the settings; throws for a change that BigQuery does not make. */
  update(settings: TableSettings): void {
    const next = checkedSettings(settings);
    if (!next.view) checkSchemaChange(this.fields, next.schema?.fields ?? []);
    const { field, type } = this.#settings.timePartitioning ?? {};
    if (field !== next.timePartitioning?.field || type !== next.timePartitioning?.type) {
      throw invalid("Cannot change partitioning/clustering spec for a partitioned table.");
    }
    const isOther = JSON.stringify(next.schema) !== JSON.stringify(this.#settings.schema);
    this.#settings = next;
    this.version += 1;
    if (isOther) this.#reshape();
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
   * One job's rows. `replace` empties the table first, or the partition that `partition` names. Throws, and writes nothing, when
   * the job modifies more partitions than a job may, or the table would have too many, or was modified too often today.
   */
  write(
    rows: readonly Row[],
    { replace = false, partition }: { readonly replace?: boolean; readonly partition?: string } = {},
  ): void {
    if (partition !== undefined && rows.some((row) => this.partitionOf(row) !== partition)) {
      throw invalid(`a row is not of partition $${partition}`);
    }
    const isReplaced = (row: Row) => partition === undefined || this.partitionOf(row) === partition;
    const remove = replace ? this.#log.idsOf(isReplaced) : new Set<number>();
    const touched = new Set(rows.map((row) => this.partitionOf(row)));
    if (partition !== undefined) touched.add(partition);
    this.#checkPartitions(touched, replace && partition === undefined ? [] : this.#sizes.partitions().keys());
    this.#changes.count(touched.size, this.#settings.timePartitioning !== undefined);
    this.#apply({ remove, add: rows });
  }

  /** What a statement of DML does, which no day's limit counts; throws, and does nothing, for too many partitions. */
  modify({ remove, add }: Change): Change {
    const gone = this.#log.of(remove);
    const touched = new Set([...gone, ...add].map((row) => this.partitionOf(row)));
    if (touched.size > MOST_PER_JOB) {
      const text = `Too many partitions produced by query, allowed ${MOST_PER_JOB}, query produces at least ${MOST_PER_JOB + 1} partitions`;
      throw new ApiError(400, "invalidQuery", text);
    }
    this.#checkPartitions(touched, this.#sizes.partitions().keys());
    return this.#apply({ remove, add });
  }

  /** Takes a change back, by what `modify` returned. */
  restore(change: Change): void {
    this.#apply(change);
  }

  /** All partitions that have rows. */
  partitions(): ReadonlySet<string> {
    return new Set(this.#sizes.partitions().keys());
  }

  partitionOf(row: Row): string {
    return this.#settings.timePartitioning ? partitionId(this.#settings.timePartitioning, row) : "";
  }

  #checkPartitions(touched: ReadonlySet<string>, before: Iterable<string>): void {
    if (touched.size > MOST_PER_JOB) {
      throw invalid(`Too many partitions produced by job, allowed ${MOST_PER_JOB}, got ${touched.size}`);
    }
    checkPartitionCount(new Set([...before, ...touched]).size);
  }

  /** Returns what takes it back. */
  #apply({ remove, add }: Change): Change {
    const gone = this.#log.remove(remove);
    for (const row of gone) this.#sizes.count(this.partitionOf(row), this.fields, row, -1);
    return { remove: this.#append(add), add: gone };
  }

  /** Partitions go when their expiry has passed, whoever looks then. */
  #expire(): void {
    const { timePartitioning } = this.#settings;
    const now = this.#clock.nowMs();
    if (!timePartitioning?.expirationMs || now - this.#expiredAtMs < EXPIRE_EVERY_MS) return;
    this.#expiredAtMs = now;
    this.#apply({ remove: this.#log.idsOf((row) => isExpired(timePartitioning, row, now)), add: [] });
  }

  #append(rows: readonly Row[]): ReadonlySet<number> {
    const { timePartitioning } = this.#settings;
    const now = this.#clock.nowMs();
    const ids = new Set<number>();
    for (const row of rows) {
      if (timePartitioning && isExpired(timePartitioning, row, now)) continue;
      this.#sizes.count(this.partitionOf(row), this.fields, row);
      ids.add(this.#log.add(row));
    }
    return ids;
  }

  #reshape(): void {
    this.schemaVersion += 1;
    this.#log.rewrite((row) => rowOf(this.fields, row));
    this.#sizes = new TableSizes();
    for (const row of this.rows) this.#sizes.count(this.partitionOf(row), this.fields, row);
  }
}
