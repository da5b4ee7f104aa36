import { randomUUID } from "node:crypto";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { packageVersion } from "../../firmware-config/kit/package-root.ts";
import type { AlertSink } from "../alerts/port.ts";
import type { JobRun, JobStore } from "../warehouse/port.ts";
import type { Job, JobWish, StepResult } from "./job.ts";
import type { JobHistory } from "./job-history.ts";
import { Lease } from "./lease.ts";
import { runSteps, type StepsOutcome } from "./run-steps.ts";

/** Failures that stand in the details of a run; the log has no more either. */
const SHOWN_FAILURES = 5;

export interface JobRunnerParts {
  readonly warehouse: JobStore;
  readonly history: JobHistory;
  readonly log: Log;
  readonly clock: Clock;
  /** Hears of each run when it starts and when it ends. */
  readonly alerts?: AlertSink;
}

export interface RunOptions {
  readonly wish?: JobWish;
  /** A run that was killed or stopped: what it has done is not done again. */
  readonly resumed?: JobRun;
  /** Lets the step under way end, and leaves the others for the next start. */
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Runs jobs and records the runs; never throws, because a job's failure must not take the process with it. */
export class JobRunner {
  readonly #parts: JobRunnerParts;
  /** Jobs with a step that goes on although its time is over. */
  readonly #stuck = new Set<string>();

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
  }

  /** True while a step of the job's last run has not ended. */
  isStuck(job: string): boolean {
    return this.#stuck.has(job);
  }

  /** Undefined when another process runs the job, or has just done so. */
  async run(job: Job, options: RunOptions): Promise<JobRun | undefined> {
    const { warehouse, log } = this.#parts;
    const lease = new Lease(warehouse, job.name);
    try {
      if (!(await lease.take())) {
        log.debug({ job: job.name }, "another process runs this job");
        return undefined;
      }
    } catch (error) {
      return this.#ended(this.#opened(job, options), { outcome: "failed", details: { error: messageOf(error) } });
    }
    try {
      return await this.#held(job, options);
    } finally {
      await lease.release();
    }
  }

  async #held(job: Job, options: RunOptions): Promise<JobRun> {
    const { history } = this.#parts;
    const run = this.#opened(job, options);
    history.begin(run);
    await this.#record(run);
    this.#tell("started", run);
    return this.#ended(run, await this.#measured(job, run, options));
  }

  #opened(job: Job, { wish = {}, resumed }: RunOptions): JobRun {
    return {
      ...{ runId: resumed?.runId || randomUUID(), job: job.name, startedAt: resumed?.startedAt ?? this.#now() },
      ...{ finishedAt: null, outcome: "running", parameters: resumed?.parameters ?? JSON.stringify(wish) },
      ...{ codeVersion: packageVersion(), details: "{}" },
    };
  }

  async #ended(opened: JobRun, { outcome, details }: Ended): Promise<JobRun> {
    const { history, log } = this.#parts;
    const run = { ...opened, finishedAt: this.#now(), outcome, details: JSON.stringify(details) };
    const said = { job: run.job, ...details };
    if (outcome === "failed") log.error(said, "job failed");
    else log.info(said, outcome === "ok" ? "job done" : "job stopped; the next start goes on with it");
    history.end(run);
    await this.#record(run);
    this.#tell(outcome === "failed" ? "failed" : "ended", run);
    return run;
  }

  /** What a job cost stands in its details, where it costs anything. */
  async #measured(job: Job, run: JobRun, options: RunOptions): Promise<Ended> {
    const { warehouse } = this.#parts;
    const work = () => this.#worked(job, run, options);
    if (!warehouse.measureCost) return work();
    const { result, cost } = await warehouse.measureCost(work);
    return cost.statements === 0 ? result : { ...result, details: { ...result.details, cost } };
  }

  async #worked(job: Job, run: JobRun, options: RunOptions): Promise<Ended> {
    try {
      const plan = await job.plan(JSON.parse(run.parameters));
      const { resumed, signal, onProgress = () => {} } = options;
      // A plan of one step has nothing to take up.
      const isLong = plan.steps.length > 1;
      const outcome = await runSteps(job, plan, {
        done: resumed && isLong ? await this.#done(resumed.runId) : new Map(),
        onDone: async ({ key }, result) => (isLong ? this.#check(run, key, result) : undefined),
        onStuck: ({ key }, work) => this.#watch(job, key, work),
        ...{ onProgress, signal },
      });
      return endOf(outcome, plan.details);
    } catch (error) {
      return { outcome: "failed", details: { error: messageOf(error) } };
    }
  }

  async #done(runId: string): Promise<ReadonlyMap<string, StepResult>> {
    const checkpoints = await this.#parts.warehouse.checkpoints(runId);
    return new Map(checkpoints.map(({ step, details }) => [step, JSON.parse(details)]));
  }

  async #check({ runId }: JobRun, step: string, result: StepResult): Promise<void> {
    const checkpoint = { runId, step, finishedAt: this.#now(), details: JSON.stringify(result) };
    await this.#parts.warehouse.recordCheckpoint(checkpoint).catch((error: unknown) => {
      this.#parts.log.warn(
        { step, reason: messageOf(error) },
        "checkpoint not recorded; a start would do the step again",
      );
    });
  }

  #watch({ name }: Job, step: string, work: Promise<unknown>): void {
    this.#parts.log.error({ job: name, step }, "step does not end; the job does not start again before it has");
    this.#stuck.add(name);
    void work.finally(() => this.#stuck.delete(name));
  }

  async #record(run: JobRun): Promise<void> {
    try {
      await this.#parts.warehouse.recordRun(run);
    } catch (error) {
      this.#parts.log.error({ job: run.job, reason: messageOf(error) }, "job run not recorded");
    }
  }

  #tell(event: "started" | "ended" | "failed", run: JobRun): void {
    this.#parts.alerts?.tell({ type: `job.${event}`, at: this.#now(), data: run });
  }

  #now(): string {
    return new Date(this.#parts.clock.nowMs()).toISOString();
  }
}

interface Ended {
  readonly outcome: "ok" | "failed" | "stopped";
  readonly details: object;
}

function endOf({ counts, failures, isStopped }: StepsOutcome, planned: object = {}): Ended {
  const details = { ...planned, ...counts };
  if (failures.length > 0)
    return {
      outcome: isStopped ? "stopped" : "failed",
      details: { ...details, failed: failures.length, failures: failures.slice(0, SHOWN_FAILURES) },
    };
  return { outcome: isStopped ? "stopped" : "ok", details };
}
