import { randomUUID } from "node:crypto";
import { invalid, unimplemented } from "../bigquery/api-error.ts";
import type { TableStore } from "../bigquery/table-store.ts";
import type { Faults } from "../faults.ts";
import { Catalog } from "../sql/resolve/catalog.ts";
import type { SqlEngine } from "../sql/run/sql-engine.ts";
import { type Call, jsonOf, named, type Route, StatusReply } from "./call.ts";
import { underFault } from "./job-faults.ts";
import { type Job, type JobReference, type Jobs, jobResource } from "./jobs.ts";
import { checkLoad, type LoadConfiguration, runLoad } from "./load-job.ts";
import { queryWork, withinQuota } from "./query-job.ts";
import { plannedQuery, type QueryConfiguration } from "./query-plan.ts";
import { DEFAULT_WAIT_MS, queryResults } from "./query-results.ts";
import { planStatistics } from "./query-statistics.ts";
import { multipart, ResumableUploads } from "./uploads.ts";

type WishedReference = { readonly jobId?: string; readonly location?: string | undefined } | undefined;

interface JobResource {
  readonly jobReference?: WishedReference;
  readonly configuration?: {
    readonly query?: QueryConfiguration;
    readonly load?: LoadConfiguration;
    readonly dryRun?: boolean;
  };
}

interface QueryRequest extends QueryConfiguration {
  readonly requestId?: string;
  readonly location?: string;
  readonly timeoutMs?: number;
  readonly maxResults?: number;
  readonly dryRun?: boolean;
}

export interface JobsContext {
  readonly engine: SqlEngine;
  readonly jobs: Jobs;
  readonly faults: Faults;
}

const ALL = "/projects/{projectId}/jobs";
const QUERIES = "/projects/{projectId}/queries";

/** jobs.insert (queries, and loads of uploaded files), get, query and getQueryResults. */
export function jobsApi(context: JobsContext): readonly Route[] {
  const { jobs } = context;
  const api = new JobsApi(context);
  const get = (call: Call) =>
    jobs.get({ projectId: named(call, "projectId"), jobId: named(call, "jobId") }, call.query.get("location"));
  return [
    { name: "jobs.insert", method: "POST", path: ALL, handle: (call) => api.insert(call) },
    { name: "jobs.insert", method: "PUT", path: ALL, handle: (call) => api.receive(call) },
    { name: "jobs.get", method: "GET", path: `${ALL}/{jobId}`, handle: (call) => jobResource(get(call)) },
    { name: "jobs.query", method: "POST", path: QUERIES, handle: (call) => api.query(call) },
    {
      name: "jobs.getQueryResults",
      method: "GET",
      path: `${QUERIES}/{jobId}`,
      handle: (call) => queryResults(get(call), call.query),
    },
  ];
}

class JobsApi {
  readonly #store: TableStore;
  readonly #jobs: Jobs;
  readonly #engine: SqlEngine;
  readonly #faults: Faults;
  readonly #uploads = new ResumableUploads<JobResource>();
  readonly #byRequestId = new Map<string, Job>();

  constructor({ engine, jobs, faults }: JobsContext) {
    this.#store = engine.store;
    this.#jobs = jobs;
    this.#engine = engine;
    this.#faults = faults;
  }

  insert(call: Call): object {
    if (call.query.get("uploadType") === "resumable") return this.#uploads.begin(call, jsonOf<JobResource>(call.body));
    const type = call.headers["content-type"] ?? "";
    if (!type.startsWith("multipart/")) return this.#start(call, jsonOf<JobResource>(call.body));
    const { resource, media } = multipart<JobResource>(type, call.body);
    return this.#start(call, resource, media);
  }

  receive(call: Call): object {
    const upload = this.#uploads.receive(call);
    return upload instanceof StatusReply ? upload : this.#start(call, upload.resource, upload.media);
  }

  /** A request sent again under its requestId is answered by the same job. */
  async query(call: Call): Promise<object> {
    const { requestId, location, timeoutMs, maxResults, dryRun, ...query } = jsonOf<QueryRequest>(call.body);
    if (dryRun) return this.#dryRun(call, { location }, query);
    const job = this.#byRequestId.get(requestId ?? "") ?? this.#startQuery(call, { location }, query);
    if (requestId) this.#byRequestId.set(requestId, job);
    const wait = new URLSearchParams({ timeoutMs: String(timeoutMs ?? DEFAULT_WAIT_MS) });
    if (maxResults) wait.set("maxResults", String(maxResults));
    return queryResults(job, wait);
  }

  #start(call: Call, { jobReference, configuration = {} }: JobResource, media?: Buffer): object {
    if (configuration.load)
      return jobResource(this.#startLoad(call, jobReference, { load: configuration.load, media }));
    if (!configuration.query) throw unimplemented("jobs other than queries and loads");
    const { query, dryRun } = configuration;
    if (dryRun) return this.#dryRun(call, jobReference, query);
    return jobResource(this.#startQuery(call, jobReference, query));
  }

  #startLoad(
    call: Call,
    wished: WishedReference,
    { load, media }: { readonly load: LoadConfiguration; readonly media: Buffer | undefined },
  ): Job {
    checkLoad(load, media);
    const { location = "US" } = this.#store.dataset(load.destinationTable);
    const work = underFault(this.#faults, async () => ({
      statistics: { load: await runLoad(this.#store, load, media ?? Buffer.alloc(0)) },
    }));
    const nowMs = () => this.#store.clock.nowMs();
    return this.#jobs.start(reference(call, wished, location), {
      configuration: { jobType: "LOAD", load },
      nowMs,
      work,
    });
  }

  #startQuery(call: Call, wished: WishedReference, query: QueryConfiguration): Job {
    const { at, plan } = this.#planned(call, wished, query);
    const run = underFault(this.#faults, queryWork(this.#engine, query, plan));
    const work = withinQuota(this.#engine, plan, run);
    const nowMs = () => this.#store.clock.nowMs();
    const usage = plan.only?.usage ?? [];
    return this.#jobs.start(at, { configuration: { jobType: "QUERY", query }, nowMs, work, usage });
  }

  /** Plans and does not run; such a job has no id. */
  #dryRun(call: Call, wished: WishedReference, query: QueryConfiguration): object {
    const { at, plan } = this.#planned(call, wished, query);
    const { projectId, location } = at;
    const configuration = { jobType: "QUERY", query, dryRun: true };
    const status = { state: "DONE" };
    const statistics = planStatistics(plan);
    return { kind: "bigquery#job", jobReference: { projectId, location }, configuration, status, statistics };
  }

  #planned(call: Call, wished: WishedReference, query: QueryConfiguration) {
    const projectId = named(call, "projectId");
    const plan = plannedQuery(this.#engine, projectId, query);
    const [table] = plan.only?.tables ?? [];
    const dataset = table ?? (query.defaultDataset && { projectId, ...query.defaultDataset });
    const { location = "US" } = dataset ? new Catalog(this.#store, { projectId }).dataset(dataset) : {};
    return { plan, at: reference(call, wished, location) };
  }
}

/** A job's place: the data's location decides, and another one that the caller names is an error. */
function reference(call: Call, wished: WishedReference, location: string): JobReference {
  if (wished?.location && wished.location.toLowerCase() !== location.toLowerCase()) {
    throw invalid(`the data is in ${location}, the job in ${wished.location}`);
  }
  return { projectId: named(call, "projectId"), jobId: wished?.jobId ?? randomUUID(), location };
}
