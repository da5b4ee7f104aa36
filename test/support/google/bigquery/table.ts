import type { Clock } from "../../../../firmware-config/kit/clock.ts";
import { ApiError, invalid, unimplemented } from "./api-error.ts";
import {
  isExpired,
  isWithinStreamingWindow,
  MOST_PER_JOB,
  MOST_PER_TABLE,
  partitionId,
  type TimePartitioning,
} from "./partitions.ts";
import { checkSchemaChange, type Field, normalizedFields } from "./schema.ts";
import { type Row, rowOf } from "./values.ts";

export interface TableReference {
  readonly projectId: string;
  readonly datasetId: string;
  readonly tableId: string;
}

/** A table as its owner describes it; what the fake does not act on is echoed. */
export interface TableSettings {
  readonly schema?: { readonly fields: readonly Field[] };
  readonly timePartitioning?: TimePartitioning;
  readonly requirePartitionFilter?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly view?: { readonly query: string };
}

/** Jobs that may modify one table in a day: a plain one by jobs, a partitioned one by partitions. */
const JOBS_A_DAY = 1500;
const PARTITIONS_A_DAY = 30_000;

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
  #changes = { day: "", jobs: 0, partitions: 0 };

  constructor(reference: TableReference, settings: TableSettings, clock: Clock) {
    this.reference = reference;
    this.createdAtMs = clock.nowMs();
    this.#clock = clock;
    this.#settings = checked(settings);
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
    const next = checked(settings);
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
   * One job's rows; DML counts against no limit of a day. `replace` empties the table first, or the partition that `partition` names. Throws, and writes nothing, when
   * the job modifies more partitions than a job may, or the table would have too many, or was modified too often today.
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
    this.#checkPartitions(new Set([...kept.map((row) => this.#partitionOf(row)), ...touched]).size);
    if (!isDml) this.#countJob(touched.size);
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

  #checkPartitions(count: number): void {
    if (count > MOST_PER_TABLE) throw quotaExceeded(`more than ${MOST_PER_TABLE} partitions in a table`);
  }

  #countJob(partitions: number): void {
    const day = new Date(this.#clock.nowMs()).toISOString().slice(0, 10);
    if (this.#changes.day !== day) this.#changes = { day, jobs: 0, partitions: 0 };
    const isPartitioned = this.#settings.timePartitioning !== undefined;
    if (isPartitioned && this.#changes.partitions + partitions > PARTITIONS_A_DAY) {
      throw quotaExceeded(`more than ${PARTITIONS_A_DAY} partition modifications of a table in a day`);
    }
    if (!isPartitioned && this.#changes.jobs >= JOBS_A_DAY) {
      throw quotaExceeded(`more than ${JOBS_A_DAY} modifications of a table in a day`);
    }
    this.#changes.jobs += 1;
    this.#changes.partitions += partitions;
  }
}

function checked(settings: TableSettings): TableSettings {
  const { timePartitioning, schema } = settings;
  const fields = normalizedFields(schema?.fields ?? []);
  if ("rangePartitioning" in settings) throw unimplemented("range partitioning");
  if (timePartitioning && !timePartitioning.field) throw unimplemented("partitioning by ingestion time");
  if (timePartitioning) checkPartitioning(timePartitioning, fields);
  return { ...settings, ...(schema && { schema: { ...schema, fields } }) };
}

function checkPartitioning({ field, type }: TimePartitioning, fields: readonly Field[]): void {
  const column = fields.find(({ name }) => name === field);
  if (!column) throw invalid(`The field specified for partitioning cannot be found in the schema: ${field}`);
  if (!["DATE", "TIMESTAMP", "DATETIME"].includes(column.type) || column.mode === "REPEATED") {
    throw invalid(`The field specified for partitioning must be DATE, TIMESTAMP or DATETIME: ${field}`);
  }
  if (type === "HOUR" && column.type === "DATE") throw invalid("a DATE cannot be partitioned by HOUR");
}

function quotaExceeded(what: string): ApiError {
  return new ApiError(403, "quotaExceeded", `Quota exceeded: ${what}`);
}

function jsonBigint(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
