import type { Job, JobWish } from "../../cloud-ingest/jobs/job.ts";
import { rollUpJob } from "../../cloud-ingest/jobs/roll-up.ts";
import { runSteps } from "../../cloud-ingest/jobs/run-steps.ts";
import type { DerivedStore } from "../../cloud-ingest/warehouse/derived-port.ts";
import type { JobStore, StoreInfo, TrafficStore } from "../../cloud-ingest/warehouse/port.ts";
import { QUIET_JOBS } from "./quiet-jobs.ts";

/** Plans a job and runs all steps, without a record; gives what the steps came to. */
export async function runJob(job: Job, wish: JobWish = {}, signal = new AbortController().signal) {
  const plan = await job.plan(wish);
  const parts = { done: new Map(), onDone: async () => {}, onProgress: () => {}, onStuck: () => {}, signal };
  const { counts, failures } = await runSteps(job, plan, parts);
  return { ...plan.details, ...counts, failures };
}

/** Rolls up what is due, or what is asked for. */
export function rollUpNow(
  warehouse: TrafficStore & JobStore & DerivedStore,
  stores: readonly StoreInfo[],
  { wish, signal }: { readonly wish?: JobWish; readonly signal?: AbortSignal } = {},
) {
  const config = QUIET_JOBS;
  return runJob(rollUpJob({ config, stores, warehouse, readers: [] }), wish, signal);
}
