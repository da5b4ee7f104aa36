import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "@google-cloud/bigquery";
import { LateError, withDeadline } from "../../../firmware-config/kit/deadline.ts";
import { codeOf } from "../../../firmware-config/kit/errors.ts";
import type { Column, ColumnType } from "../columns.ts";
import type { BigQueryClient } from "./big-query-client.ts";
import { isMissing } from "./bigquery-error.ts";
import { notBigQuery } from "./checked-client.ts";

/** HTTP's Conflict: a job of that name was there before. */
const CONFLICT = 409;
/** A job that failed keeps its name. After so many, names are drawn: whether such a job ran is not known, and the views settle it. */
const MOST_NAMES = 5;
const FIRST_LOOK_MS = 100;
const LOOK_EVERY_MS = 1_000;

/** Where rows go, and which they are. */
export interface LoadTarget {
  readonly table: string;
  /** What makes these rows these: the same key gives the same job, so that a repeated load changes nothing. */
  readonly key: string;
  /** Jobs that ended before are not ours, milliseconds of BigQuery's clock: what they loaded may be gone since. */
  readonly sinceMs?: number;
}

export interface Load extends LoadTarget {
  readonly columns: readonly Column[];
  /** By the fields of the columns. */
  readonly rows: readonly object[];
}

/** What a load job gets. */
interface Source {
  readonly format: "NEWLINE_DELIMITED_JSON" | "PARQUET";
  /** Its bytes; asked for anew with each try. */
  bytes(): Readable;
}

/** Loads rows of dates that cannot be streamed. It is free of charge, and counts against 30,000 partitions of a table a day. */
export class LoadJobs {
  readonly #client: BigQueryClient;

  constructor(client: BigQueryClient) {
    this.#client = client;
  }

  /** Returns when the rows are there. Throws `AppError`; a repeated call goes on with the job that was begun. */
  async load({ rows, columns, ...target }: Load): Promise<void> {
    const body = rows.map((row) => JSON.stringify(namedByColumn(row, columns))).join("\n");
    await this.#load(target, { format: "NEWLINE_DELIMITED_JSON", bytes: () => Readable.from([body]) });
  }

  /** The same for a Parquet file, which is never in memory as a whole. */
  async loadFile(target: LoadTarget, file: string): Promise<void> {
    await this.#load(target, { format: "PARQUET", bytes: () => createReadStream(file) });
  }

  async #load(target: LoadTarget, source: Source): Promise<void> {
    const { dataset, project } = this.#client.config;
    try {
      await this.#loadOnce(target, source);
    } catch (error) {
      throw await this.#client.refusal(error, `table ${dataset}.${target.table} of project ${project}`);
    }
  }

  async #loadOnce(target: LoadTarget, source: Source): Promise<void> {
    const { table, sinceMs = 0 } = target;
    const digest = await this.#digestOf(target);
    for (let name = 0; name < MOST_NAMES; name += 1) {
      const id = `kazoe-load-${digest}-${name}`;
      const before = await this.#find(id);
      if (!before) return this.#finish(await this.#begun({ table, source, id }));
      if (!(await this.#failureOf(before)) && endOf(before) >= sinceMs) return;
    }
    await this.#finish(await this.#begun({ table, source, id: `kazoe-load-${digest}-${randomUUID()}` }));
  }

  /** Throws the job's error. */
  async #finish(job: Job): Promise<void> {
    const failure = await this.#failureOf(job);
    if (failure) throw failure;
  }

  /** Waits for the end of a job; undefined when it went well. */
  async #failureOf(job: Job): Promise<Error | undefined> {
    const untilMs = performance.now() + this.#client.jobMs;
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_EVERY_MS)) {
      const [{ status }] = await job.getMetadata();
      const { errorResult, errors } = status;
      if (errorResult) return Object.assign(new Error(errorResult.message), { errors });
      if (status.state === "DONE") return undefined;
      if (performance.now() > untilMs) throw new LateError(`job ${job.id} runs on and on`);
      await sleep(pauseMs);
    }
  }

  /** A table that was made again has none of the rows that jobs brought into the one before. */
  async #digestOf({ table, key }: LoadTarget): Promise<string> {
    const { project, dataset } = this.#client.config;
    const [{ creationTime }] = await this.#client.client.dataset(dataset).table(table).getMetadata();
    const text = `${project}.${dataset}.${table}.${creationTime}\n${key}`;
    return createHash("sha256").update(text).digest("hex").slice(0, 40);
  }

  async #find(id: string): Promise<Job | undefined> {
    try {
      const [job] = await this.#named(id).get();
      return job;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #named(id: string): Job {
    return this.#client.client.job(id, { location: this.#client.config.location });
  }

  /** Another one may have begun it meanwhile. */
  async #begun(upload: Upload): Promise<Job> {
    try {
      return await withDeadline(this.#uploaded(upload), this.#client.jobMs);
    } catch (error) {
      if (codeOf(error) === CONFLICT) return this.#named(upload.id);
      throw error;
    }
  }

  #uploaded({ table, source, id }: Upload): Promise<Job> {
    const { config, client } = this.#client;
    const metadata = { sourceFormat: source.format, location: config.location, jobId: id };
    return new Promise((resolve, reject) => {
      const upload = client.dataset(config.dataset).table(table).createWriteStream(metadata);
      // The client's own would ask after the job for ever, and ends the process where a proxy's page came in place of one.
      upload.removeAllListeners("job");
      upload.on("error", reject).on("job", (job: Job | null) => (job ? resolve(job) : reject(notBigQuery())));
      source.bytes().on("error", reject).pipe(upload);
    });
  }
}

interface Upload {
  readonly table: string;
  readonly source: Source;
  readonly id: string;
}

/** When a job ended, milliseconds of BigQuery's clock. */
function endOf({ metadata }: Job): number {
  const { endTime }: { readonly endTime?: string } = metadata?.statistics ?? {};
  return Number(endTime ?? Number.POSITIVE_INFINITY);
}

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
