import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job } from "@google-cloud/bigquery";
import type { Column, ColumnType } from "../columns.ts";
import type { BigQueryClient } from "./big-query-client.ts";
import { codeOf, isMissing } from "./bigquery-error.ts";
import { LateError, withDeadline } from "./deadline.ts";

/** HTTP's Conflict: a job of that name was there before. */
const CONFLICT = 409;
/** A job that failed keeps its name. After so many, names are drawn: whether such a job ran is not known, and the views settle it. */
const MOST_NAMES = 5;
const FIRST_LOOK_MS = 100;
const LOOK_EVERY_MS = 1_000;

export interface Load {
  readonly table: string;
  readonly columns: readonly Column[];
  /** By the fields of the columns. */
  readonly rows: readonly object[];
  /** What makes these rows these: the same key gives the same job, so that a repeated load changes nothing. */
  readonly key: string;
}

/** Loads rows of dates that cannot be streamed. It is free of charge, and counts against 30,000 partitions of a table a day. */
export class LoadJobs {
  readonly #client: BigQueryClient;

  constructor(client: BigQueryClient) {
    this.#client = client;
  }

  /** Returns when the rows are there. Throws `AppError`; a repeated call goes on with the job that was begun. */
  async load(load: Load): Promise<void> {
    const { dataset, project } = this.#client.config;
    try {
      await this.#load(load);
    } catch (error) {
      throw await this.#client.refusal(error, `table ${dataset}.${load.table} of project ${project}`);
    }
  }

  async #load(load: Load): Promise<void> {
    const digest = await this.#digestOf(load);
    for (let name = 0; name < MOST_NAMES; name += 1) {
      const id = `kazoe-load-${digest}-${name}`;
      const before = await this.#find(id);
      if (!before) return this.#finish(await this.#begun(load, id));
      if (!(await this.#failureOf(before))) return;
    }
    await this.#finish(await this.#begun(load, `kazoe-load-${digest}-${randomUUID()}`));
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
  async #digestOf({ table, key }: Load): Promise<string> {
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
  async #begun(load: Load, id: string): Promise<Job> {
    try {
      return await withDeadline(this.#uploaded(load, id), this.#client.jobMs);
    } catch (error) {
      if (codeOf(error) === CONFLICT) return this.#named(id);
      throw error;
    }
  }

  #uploaded({ table, rows, columns }: Load, jobId: string): Promise<Job> {
    const { config, client } = this.#client;
    const metadata = { sourceFormat: "NEWLINE_DELIMITED_JSON", location: config.location, jobId };
    const body = rows.map((row) => JSON.stringify(namedByColumn(row, columns))).join("\n");
    return new Promise((resolve, reject) => {
      client
        .dataset(config.dataset)
        .table(table)
        .createWriteStream(metadata)
        .on("error", reject)
        .on("job", (job: Job) => {
          // The client would ask after it for ever.
          job.removeAllListeners("complete");
          resolve(job);
        })
        .end(body);
    });
  }
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
