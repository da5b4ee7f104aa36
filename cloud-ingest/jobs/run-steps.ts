import { storeKey } from "../../firmware-config/contract/topics.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import type { Job, JobPlan, JobStep, StepResult, StoreFailure } from "./job.ts";

/** When so many steps have failed one after the other, it is not they that are at fault. */
const TRIED_FAILURES = 5;
/** How long an aborted step may take to end. */
const GRACE_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 60_000;

export interface StepFailure {
  readonly step: string;
  readonly reason: string;
}

/** What the steps of a run came to. */
export interface StepsOutcome {
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: readonly (StoreFailure | StepFailure)[];
  /** True when a stop left steps undone. */
  readonly isStopped: boolean;
}

export interface StepsParts {
  /** What steps came to that were done before, by key. */
  readonly done: ReadonlyMap<string, StepResult>;
  readonly onDone: (step: JobStep, result: StepResult) => Promise<void>;
  readonly onProgress: (done: number, total: number) => void;
  /** Told of a step that goes on although it was told to end. */
  readonly onStuck: (step: JobStep, work: Promise<unknown>) => void;
  readonly signal: AbortSignal;
  readonly graceMs?: number;
}

/** Runs the steps that are not done, each for itself: what fails is told, and the others are done all the same. */
export async function runSteps(
  job: Pick<Job, "stepTimeoutS" | "retries">,
  { steps, finish }: JobPlan,
  parts: StepsParts,
): Promise<StepsOutcome> {
  const results: StepResult[] = [];
  const failures: StepFailure[] = [];
  let inARow = 0;
  for (const [index, step] of steps.entries()) {
    parts.onProgress(index, steps.length);
    const before = parts.done.get(step.key);
    if (!before && parts.signal.aborted) return outcomeOf(results, failures, true);
    try {
      const result = before ?? (await tried(job, step, parts));
      if (!before) await parts.onDone(step, result);
      results.push(result);
      inARow = 0;
    } catch (error) {
      if (parts.signal.aborted) return outcomeOf(results, failures, true);
      failures.push({ step: step.key, reason: messageOf(error) });
      inARow += 1;
      if (inARow >= TRIED_FAILURES) break;
    }
  }
  parts.onProgress(steps.length, steps.length);
  const isAllDone = outcomeOf(results, failures, false).failures.length === 0;
  await finish?.(isAllDone).catch((error) => failures.push({ step: "finish", reason: messageOf(error) }));
  return outcomeOf(results, failures, false);
}

async function tried(
  job: Pick<Job, "stepTimeoutS" | "retries">,
  step: JobStep,
  parts: StepsParts,
): Promise<StepResult> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await inTime(step, job.stepTimeoutS * 1_000, parts);
    } catch (error) {
      if (attempt >= job.retries || parts.signal.aborted || error instanceof StepTimeout) throw error;
      await pause(backOffMs(attempt, FIRST_PAUSE_MS, MOST_PAUSE_MS), parts.signal);
    }
  }
}

class StepTimeout extends Error {}

/** Ends with the step, or some time after its time is over, whether it has ended or not. */
async function inTime(step: JobStep, timeoutMs: number, parts: StepsParts): Promise<StepResult> {
  const { signal, onStuck, graceMs = GRACE_MS } = parts;
  const late = new AbortController();
  const ended = new AbortController();
  const work = step.run(AbortSignal.any([signal, late.signal]));
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const patience = pause(timeoutMs + graceMs, ended.signal);
  try {
    const result = await Promise.race([work, patience]);
    if (!late.signal.aborted && result !== undefined) return result;
    if (result === undefined)
      onStuck(
        step,
        work.catch(() => {}),
      );
    throw new StepTimeout(`took longer than ${timeoutMs / 1_000} s`);
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

function outcomeOf(results: readonly StepResult[], failed: readonly StepFailure[], isStopped: boolean): StepsOutcome {
  const counts: Record<string, number> = {};
  for (const result of results)
    for (const [name, count] of Object.entries(result.counts ?? {})) counts[name] = (counts[name] ?? 0) + count;
  const ofStores = results.flatMap((result) => result.failures ?? []);
  const byStore = new Map(ofStores.map((one) => [storeKey(one), one]));
  return { counts, failures: [...failed, ...byStore.values()], isStopped };
}
