import { ApiError, duplicate, notFound } from "../bigquery/api-error.ts";
import type { Field } from "../bigquery/schema.ts";
import type { Row } from "../bigquery/values.ts";
import type { TableUsage } from "../sql/run/usage.ts";

export interface JobReference {
  readonly projectId: string;
  readonly jobId: string;
  readonly location: string;
}

/** What a query answered. */
export interface Result {
  readonly fields: readonly Field[];
  readonly rows: readonly Row[];
  readonly affectedRows?: number;
}

/** A job that was taken: it runs or has run, and its id is used for ever, also when it failed. */
export interface Job {
  readonly reference: JobReference;
  readonly configuration: object;
  readonly createdAtMs: number;
  /** What its only statement reads of each table. */
  readonly usage: readonly TableUsage[];
  endedAtMs: number | undefined;
  state: "RUNNING" | "DONE";
  error: ApiError | undefined;
  statistics: object;
  result: Result | undefined;
  /** Settles when the job is done, well or not. */
  readonly done: Promise<void>;
}

/** What a job does; it may fail with an ApiError, which is then the job's. */
export type Work = () => Promise<{ readonly statistics: object; readonly result?: Result }>;

interface JobParts {
  readonly configuration: object;
  readonly nowMs: () => number;
  readonly work: Work;
  readonly usage?: readonly TableUsage[];
}

/** Locations whose jobs are found without naming them. */
const MULTI_REGIONS = ["us", "eu"];

/** All jobs by their id. */
export class Jobs {
  readonly #jobs = new Map<string, Job>();

  /** Takes and starts the job; throws 409 for an id that was used. */
  start(reference: JobReference, { configuration, nowMs, work, usage = [] }: JobParts): Job {
    const key = keyOf(reference);
    if (this.#jobs.has(key)) throw duplicate(`Job ${key}`);
    let finish: () => void = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const [state, error, result] = ["RUNNING" as const, undefined, undefined];
    const base = { reference, configuration, createdAtMs: nowMs(), endedAtMs: undefined, usage };
    const job: Job = { ...base, state, error, result, statistics: {}, done };
    this.#jobs.set(key, job);
    void run(job, work).then(() => {
      job.endedAtMs = nowMs();
      job.state = "DONE";
      finish();
    });
    return job;
  }

  /** Throws 404 for a job of another location, as for none; outside of US and EU the location must be named. */
  get({ projectId, jobId }: Omit<JobReference, "location">, location: string | null): Job {
    const all = [...this.#jobs.values()].filter(({ reference }) => reference.jobId === jobId);
    const job = all.find(({ reference }) => reference.projectId === projectId && isNamed(reference, location));
    if (!job) throw notFound(`Job ${projectId}:${jobId}`);
    return job;
  }

  all(): readonly Job[] {
    return [...this.#jobs.values()];
  }
}

/** The job as jobs.get answers. */
export function jobResource(job: Job): object {
  const { projectId, jobId, location } = job.reference;
  const status = {
    state: job.state,
    ...(job.error && { errorResult: problem(job.error), errors: [problem(job.error)] }),
  };
  return {
    kind: "bigquery#job",
    id: `${projectId}:${location}.${jobId}`,
    jobReference: job.reference,
    configuration: job.configuration,
    status,
    statistics: {
      ...{ creationTime: String(job.createdAtMs), startTime: String(job.createdAtMs) },
      ...(job.endedAtMs !== undefined && { endTime: String(job.endedAtMs) }),
      ...job.statistics,
    },
  };
}

async function run(job: Job, work: Work): Promise<void> {
  try {
    const { statistics, result } = await work();
    job.statistics = statistics;
    job.result = result;
  } catch (error) {
    job.error = error instanceof ApiError ? error : new ApiError(400, "invalidQuery", String(error));
  }
}

function problem({ reason, message }: ApiError): object {
  return { reason, message };
}

function isNamed(reference: JobReference, location: string | null): boolean {
  const own = reference.location.toLowerCase();
  return location === null ? MULTI_REGIONS.includes(own) : own === location.toLowerCase();
}

function keyOf({ projectId, location, jobId }: JobReference): string {
  return `${projectId}:${location}.${jobId}`;
}
