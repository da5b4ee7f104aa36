import { BigQuery, type Job, type Query } from "@google-cloud/bigquery";
import { OAuth2Client } from "google-auth-library";
import type { ReadWish } from "../port.ts";
import type { BigQueryConfig } from "./bigquery-config.ts";
import { bigQueryError } from "./bigquery-error.ts";
import { isMeasured, noteCost } from "./cost.ts";

const MIB = 1024 * 1024;

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

/** Runs statements in one dataset, each under a limit of what it may be billed for. */
export class BigQueryClient {
  readonly client: BigQuery;
  readonly config: BigQueryConfig;

  constructor(config: BigQueryConfig) {
    this.config = config;
    this.client = new BigQuery({ projectId: config.project, location: config.location, ...emulated(config) });
  }

  /** The rows of a query. Throws `AppError`, or the signal's reason. */
  async rows(statement: Statement, { signal }: ReadWish = {}): Promise<readonly Row[]> {
    signal?.throwIfAborted();
    try {
      const job = await this.#start(statement, this.config.maxReadMb);
      const [rows] = await unlessAborted(job, job.getQueryResults({ wrapIntegers: false }), signal);
      if (isMeasured()) await this.#note(job, await this.estimate(statement));
      return rows.map(plainRow);
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#refusal(error);
    }
  }

  /** Runs a statement that changes rows. Throws `AppError`. */
  async change(statement: Statement): Promise<Changed> {
    try {
      const estimate = isMeasured() ? await this.estimate(statement) : 0;
      const job = await this.#start(statement, this.config.maxJobMb);
      await job.getQueryResults();
      return changedBy(await this.#note(job, estimate));
    } catch (error) {
      throw this.#refusal(error);
    }
  }

  /** What a statement would read, bytes; costs nothing. */
  async estimate(statement: Statement): Promise<number> {
    try {
      const [job] = await this.client.createQueryJob({ ...this.#options(statement), dryRun: true });
      return Number(job.metadata?.statistics?.totalBytesProcessed ?? 0);
    } catch (error) {
      throw this.#refusal(error);
    }
  }

  async #start(statement: Statement, limitMb: number): Promise<Job> {
    const maximumBytesBilled = String(limitMb * MIB);
    const [job] = await this.client.createQueryJob({ ...this.#options(statement), maximumBytesBilled });
    return job;
  }

  #options({ sql, params, types }: Statement): Query {
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

  #refusal(error: unknown) {
    const { project, dataset } = this.config;
    return bigQueryError(error, {
      place: `dataset ${dataset} of project ${project}`,
      role: "roles/bigquery.dataEditor and roles/bigquery.jobUser",
    });
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

/** Who has gone is not waited for, and the job is told to end. */
async function unlessAborted<T>(job: Job, work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      void job.cancel().catch(() => {});
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

function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && "value" in value ? value.value : value;
}

/** An emulator takes any token; asking Google for one would fail. */
function emulated({ emulator }: BigQueryConfig) {
  if (!emulator) return {};
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: "emulator", expiry_date: Number.MAX_SAFE_INTEGER });
  return { apiEndpoint: `http://${emulator.rest}`, authClient };
}
