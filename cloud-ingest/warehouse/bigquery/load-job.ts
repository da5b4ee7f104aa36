import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { Job } from "@google-cloud/bigquery";
import type { Column, ColumnType } from "../columns.ts";
import type { BigQueryClient } from "./big-query-client.ts";
import { bigQueryError } from "./bigquery-error.ts";

/** HTTP's Conflict: a job of that name was there before. */
const CONFLICT = 409;
/** A job that failed keeps its name; so many more names are tried. */
const MOST_TRIES = 5;

export interface Load {
  readonly table: string;
  readonly columns: readonly Column[];
  /** By the fields of the columns. */
  readonly rows: readonly object[];
  /** What makes these rows these: the same key gives the same job, so that a repeated load changes nothing. */
  readonly key: string;
  /** Jobs that ended before are not ours, milliseconds of BigQuery's clock: what they loaded may be gone since. */
  readonly sinceMs?: number;
}

/** What a load job gets. */
interface Source {
  readonly format: "NEWLINE_DELIMITED_JSON" | "PARQUET";
  /** Its bytes; asked for anew with each try. */
  bytes(): Readable;
}

/** A job's table, and what makes its rows these. */
type Target = Pick<Load, "table" | "key" | "sinceMs">;

/** Loads rows of dates that cannot be streamed. It is free of charge, and counts against 30,000 partitions of a table a day. */
export async function loadRows(client: BigQueryClient, load: Load): Promise<void> {
  const body = load.rows.map((row) => JSON.stringify(namedByColumn(row, load.columns))).join("\n");
  await loadSource(client, load, { format: "NEWLINE_DELIMITED_JSON", bytes: () => Readable.from([body]) });
}

/** The same for a Parquet file, which is never in memory as a whole. */
export async function loadFile(client: BigQueryClient, target: Target, file: string): Promise<void> {
  await loadSource(client, target, { format: "PARQUET", bytes: () => createReadStream(file) });
}

async function loadSource(client: BigQueryClient, target: Target, source: Source): Promise<void> {
  const { dataset, project } = client.config;
  const place = `table ${dataset}.${target.table} of project ${project}`;
  try {
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
      const id = jobId(`${project}.${dataset}`, target, attempt);
      if (await isLoaded(client, { ...target, source, id })) return;
    }
    throw new Error(`${MOST_TRIES} jobs with these rows have failed`);
  } catch (error) {
    throw bigQueryError(error, { place, role: "roles/bigquery.dataEditor" });
  }
}

function jobId(place: string, { table, key }: Target, attempt: number): string {
  const digest = createHash("sha256").update(`${place}.${table}\n${key}`).digest("hex").slice(0, 40);
  return `kazoe-load-${digest}-${attempt}`;
}

interface Try extends Target {
  readonly source: Source;
  readonly id: string;
}

/** False when a job of that name failed before, or is too old to be ours. Throws when it fails now. */
async function isLoaded(client: BigQueryClient, one: Try): Promise<boolean> {
  try {
    await waitFor(await uploaded(client, one));
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  const [job] = await client.client.job(one.id, { location: client.config.location }).get();
  try {
    await waitFor(job);
  } catch {
    return false;
  }
  return endOf(job) >= (one.sinceMs ?? 0);
}

/** When a job ended, milliseconds of BigQuery's clock. */
function endOf({ metadata }: Job): number {
  const { endTime }: { readonly endTime?: string } = metadata?.statistics ?? {};
  return Number(endTime ?? Number.POSITIVE_INFINITY);
}

function uploaded({ client, config }: BigQueryClient, { table, source, id }: Try): Promise<Job> {
  const metadata = { sourceFormat: source.format, location: config.location, jobId: id };
  return new Promise((resolve, reject) => {
    const upload = client.dataset(config.dataset).table(table).createWriteStream(metadata);
    upload.on("error", reject).on("job", resolve);
    source.bytes().on("error", reject).pipe(upload);
  });
}

/** Throws the job's first error. */
async function waitFor(job: Job): Promise<void> {
  await job.promise();
}

const isConflict = (error: unknown) =>
  typeof error === "object" && error !== null && "code" in error && error.code === CONFLICT;

function namedByColumn(row: object, columns: readonly Column[]): object {
  const fields = new Map<string, unknown>(Object.entries(row));
  return Object.fromEntries(
    columns.map(({ name, field, type }) => [name, loadedValue(fields.get(field) ?? null, type)]),
  );
}

function loadedValue(value: unknown, type: ColumnType): unknown {
  if (value === null) return null;
  if (type === "json") return JSON.stringify(value);
  return type === "timestamp" ? new Date(String(value)).toISOString() : value;
}
