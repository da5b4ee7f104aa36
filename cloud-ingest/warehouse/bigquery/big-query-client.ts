import type {
  BigQuery,
  BigQueryOptions,
  Job,
  Query,
  QueryResultsOptions,
  QueryRowsResponse,
} from "@google-cloud/bigquery";
import { OAuth2Client } from "google-auth-library";
import { LateError, withDeadline } from "../../../firmware-config/kit/deadline.ts";
import type { AppError } from "../../../firmware-config/kit/errors.ts";
import type { ReadWish } from "../port.ts";
import type { BigQueryConfig } from "./bigquery-config.ts";
import { bigQueryError } from "./bigquery-error.ts";
import { CheckedBigQuery } from "./checked-client.ts";
import { isMeasured, noteCost } from "./cost.ts";

const MIB = 1024 * 1024;
/** Rows of a page: some megabytes of the ten that an answer holds at the most. */
const PAGE_ROWS = 5_000;

/** A row of a result: dates and times are texts, integers numbers. */
export type Row = Readonly<Record<string, unknown>>;

export type ParameterTypes = Exclude<Query["types"], undefined | readonly unknown[]>;

export interface Statement {
  readonly sql: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /**
   * GoogleSQL types of the parameters that may not tell theirs, such as lists. Texts, numbers and truths only: of a text that is
   * given as a DATE or TIMESTAMP, the client makes NULL without a word.
   */
  readonly types?: ParameterTypes;
}

/** What a statement that changes rows did. */
export interface Changed {
  readonly inserted: number;
  readonly affected: number;
}

export interface BigQueryClientOptions {
  /** After this long a request is taken for lost; left out, the client's own minute. */
  readonly answerMs?: number;
  /** After this long a job is waited for no longer. */
  readonly jobMs?: number;
  /** What to throw for an error; left out, the error itself. */
  readonly refusal?: (error: AppError) => Promise<AppError>;
}

/** As long as BigQuery lets a job run. */
const LONGEST_JOB_MS = 6 * 3_600_000;
/** Tries of a request after the first; the callers try again too, and say what is wrong meanwhile. */
const MOST_RETRIES = 2;

/** How long the client waits for an answer by itself. */
const ANSWER_MS = 60_000;

/** Runs statements in one dataset, each under a limit of what it may be billed for. */
export class BigQueryClient {
  readonly client: BigQuery;
  readonly config: BigQueryConfig;

  readonly #options: BigQueryClientOptions;

  constructor(config: BigQueryConfig, options: BigQueryClientOptions = {}) {
    this.config = config;
    this.#options = options;
    this.client = new CheckedBigQuery(
      clientOptions(config, options),
      (options.answerMs ?? ANSWER_MS) * (MOST_RETRIES + 2),
    );
  }

  /** How long a job is waited for. */
  get jobMs(): number {
    return this.#options.jobMs ?? LONGEST_JOB_MS;
  }

  /** The rows of a query. Throws `AppError`, or the signal's reason. */
  async rows(statement: Statement, { signal }: ReadWish = {}): Promise<readonly Row[]> {
    signal?.throwIfAborted();
    try {
      const job = await this.#start(statement, this.config.maxReadMb);
      const [rows] = await this.#finished(job, job.getQueryResults({ wrapIntegers: false }), signal);
      if (isMeasured()) await this.#note(job, await this.estimate(statement));
      return rows.map(plainRow);
    } catch (error) {
      signal?.throwIfAborted();
      throw await this.refusal(error);
    }
  }

  /** The rows of a query that may have very many, a page at a time; every value is a text or null. Throws `AppError`. */
  async *pages(statement: Statement): AsyncGenerator<readonly Row[]> {
    try {
      const job = await this.#start(statement, this.config.maxReadMb);
      for (let next: QueryResultsOptions | null | undefined = { maxResults: PAGE_ROWS }; next; ) {
        // The client's own reading of the cells is two fifths of the time that a copy needs.
        const asked: QueryResultsOptions = { ...next, skipParsing: true, autoPaginate: false };
        const [rows, following, answer]: QueryRowsResponse = await job.getQueryResults(asked);
        yield textRows(answer?.schema?.fields ?? [], rows);
        next = following;
      }
    } catch (error) {
      throw await this.refusal(error);
    }
  }

  /** Runs a statement that changes rows. Throws `AppError`. */
  async change(statement: Statement): Promise<Changed> {
    try {
      const estimate = isMeasured() ? await this.estimate(statement) : 0;
      const job = await this.#start(statement, this.config.maxJobMb);
      await this.#finished(job, job.getQueryResults());
      return changedBy(await this.#note(job, estimate));
    } catch (error) {
      throw await this.refusal(error);
    }
  }

  /** What a statement would read, bytes; costs nothing. */
  async estimate(statement: Statement): Promise<number> {
    try {
      const [job] = await this.client.createQueryJob({ ...this.#queryOf(statement), dryRun: true });
      return Number(job.metadata?.statistics?.totalBytesProcessed ?? 0);
    } catch (error) {
      throw await this.refusal(error);
    }
  }

  /** What to throw for an error that BigQuery, or the way to it, gave. */
  async refusal(error: unknown, place?: string): Promise<AppError> {
    const { project, dataset } = this.config;
    const refused = bigQueryError(error, {
      place: place ?? `dataset ${dataset} of project ${project}`,
      role: "roles/bigquery.dataEditor and roles/bigquery.jobUser",
    });
    return this.#options.refusal?.(refused) ?? refused;
  }

  /** A job that nobody waits for any more is told to end. */
  async #finished<T>(job: Job, work: Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await withDeadline(unlessAborted(job, work, signal), this.jobMs);
    } catch (error) {
      if (error instanceof LateError) cancel(job);
      throw error;
    }
  }

  async #start(statement: Statement, limitMb: number): Promise<Job> {
    const maximumBytesBilled = String(limitMb * MIB);
    const [job] = await this.client.createQueryJob({ ...this.#queryOf(statement), maximumBytesBilled });
    return job;
  }

  #queryOf({ sql, params, types }: Statement): Query {
    const { project, dataset, location, labels } = this.config;
    return {
      query: sql,
      location,
      labels: { ...labels },
      useLegacySql: false,
      defaultDataset: { projectId: project, datasetId: dataset },
      ...(params && { params: { ...params } }),
      ...(types && { types: { ...types } }),
    };
  }

  /** Notes what the job cost, where somebody wants to know. */
  async #note(job: Job, bytesEstimated: number): Promise<JobStatistics> {
    const [metadata] = await job.getMetadata();
    const statistics: JobStatistics = metadata?.statistics ?? {};
    noteCost(bytesEstimated, Number(statistics.query?.totalBytesBilled ?? 0));
    return statistics;
  }
}

interface JobStatistics {
  readonly query?: {
    readonly totalBytesBilled?: string;
    readonly numDmlAffectedRows?: string;
    readonly dmlStats?: { readonly insertedRowCount?: string };
  };
}

function changedBy({ query }: JobStatistics): Changed {
  const affected = Number(query?.numDmlAffectedRows ?? 0);
  return { affected, inserted: Number(query?.dmlStats?.insertedRowCount ?? affected) };
}

function cancel(job: Job): void {
  job.cancel().catch(() => {});
}

/** Who has gone is not waited for, and the job is told to end. */
async function unlessAborted<T>(job: Job, work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      cancel(job);
      reject(signal.reason);
    };
    signal.addEventListener("abort", leave);
  });
  try {
    if (signal.aborted) leave();
    return await Promise.race([work, left]);
  } finally {
    signal.removeEventListener("abort", leave);
    work.catch(() => {});
  }
}

/** The client wraps dates and times into objects. */
function plainRow(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

/** Rows as the REST API writes them, by name. */
function textRows(
  fields: readonly { readonly name?: string }[],
  rows: readonly { readonly f: readonly { readonly v: unknown }[] }[],
): readonly Row[] {
  return rows.map(({ f }) => Object.fromEntries(fields.map(({ name = "" }, at) => [name, f[at]?.v ?? null])));
}

function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && "value" in value ? value.value : value;
}

function clientOptions(config: BigQueryConfig, { answerMs: timeout }: BigQueryClientOptions): BigQueryOptions {
  const { project, location } = config;
  const patience = { ...(timeout !== undefined && { timeout }), retryOptions: { maxRetries: MOST_RETRIES } };
  return { projectId: project, location, ...patience, ...emulated(config) };
}

/** An emulator takes any token; asking Google for one would fail. */
function emulated({ emulator }: BigQueryConfig) {
  if (!emulator) return {};
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: "emulator", expiry_date: Number.MAX_SAFE_INTEGER });
  return { apiEndpoint: `http://${emulator.rest}`, authClient };
}
