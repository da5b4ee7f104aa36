import { createHash } from "node:crypto";
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
}

/** Loads rows of dates that cannot be streamed. It is free of charge, and counts against 30,000 partitions of a table a day. */
export async function loadRows(client: BigQueryClient, load: Load): Promise<void> {
  const { dataset, project } = client.config;
  const place = `table ${dataset}.${load.table} of project ${project}`;
  const body = load.rows.map((row) => JSON.stringify(namedByColumn(row, load.columns))).join("\n");
  try {
    for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
      if (await isLoaded(client, { ...load, body, id: jobId(`${project}.${dataset}`, load, attempt) })) return;
    }
    throw new Error(`${MOST_TRIES} jobs with these rows have failed`);
  } catch (error) {
    throw bigQueryError(error, { place, role: "roles/bigquery.dataEditor" });
  }
}

function jobId(place: string, { table, key }: Load, attempt: number): string {
  const digest = createHash("sha256").update(`${place}.${table}\n${key}`).digest("hex").slice(0, 40);
  return `kazoe-load-${digest}-${attempt}`;
}

/** False when a job of that name failed before. Throws when it fails now. */
async function isLoaded(
  client: BigQueryClient,
  { table, body, id }: { readonly table: string; readonly body: string; readonly id: string },
): Promise<boolean> {
  try {
    await waitFor(await uploaded(client, { table, body, id }));
    return true;
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  const [job] = await client.client.job(id, { location: client.config.location }).get();
  try {
    await waitFor(job);
    return true;
  } catch {
    return false;
  }
}

function uploaded(
  { client, config }: BigQueryClient,
  { table, body, id }: { readonly table: string; readonly body: string; readonly id: string },
): Promise<Job> {
  const metadata = {
    sourceFormat: "NEWLINE_DELIMITED_JSON",
    location: config.location,
    jobId: id,
  };
  return new Promise((resolve, reject) => {
    client
      .dataset(config.dataset)
      .table(table)
      .createWriteStream(metadata)
      .on("error", reject)
      .on("job", resolve)
      .end(body);
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
