import type { StoreInfo } from "../warehouse/port.ts";

/** Jobs of one lane run one after the other; a quick job never waits for one of the other lane. */
export type Lane = "quick" | "long";

/** What a run is asked for; what is left out is not narrowed. Without dates a job does what is due. */
export interface JobWish {
  /** The first business date, `YYYY-MM-DD`. */
  readonly from?: string;
  /** The last one. */
  readonly to?: string;
  readonly tenant?: string;
  readonly store?: string;
}

/** Trouble that is one store's alone; the others are done all the same. */
export interface StoreFailure {
  readonly tenant: string;
  readonly store: string;
  readonly reason: string;
}

/** What a step came to; numbers of one name are added up over the run. */
export interface StepResult {
  readonly counts?: Readonly<Record<string, number>>;
  readonly failures?: readonly StoreFailure[];
}

/** A part of a run that is done or not done, never half: doing it again changes nothing. */
export interface JobStep {
  /** The same whenever the same work is planned again, and no other step's. */
  readonly key: string;
  /** May end early when `signal` aborts, by throwing; a step that returns is done. */
  readonly run: (signal: AbortSignal) => Promise<StepResult>;
}

export interface JobPlan {
  readonly steps: readonly JobStep[];
  /**
   * Done behind the steps unless a stop came first; `isAllDone` when none of them, and no store, has failed. Safe to repeat, like a
   * step, and a failure like one.
   */
  readonly finish?: (isAllDone: boolean) => Promise<void>;
  /** For `job_run`, beside what the steps come to. */
  readonly details?: object;
}

/** When a job starts. */
export interface Schedule {
  /** Of the cron expression in the configuration. */
  readonly path: string;
  readonly expression: string;
  /** IANA name of the zone that the expression is read in, or `stores`: in that of each store. */
  readonly timezone: string;
}

/** A piece of batch work; one file each, listed in `all-jobs.ts`. */
export interface Job {
  readonly name: string;
  /** What it does, in half a sentence. */
  readonly description: string;
  readonly lane: Lane;
  readonly schedule: Schedule;
  /** For how long a step may run, seconds. */
  readonly stepTimeoutS: number;
  /** How often a step that throws is tried again. */
  readonly retries: number;
  plan(wish: JobWish): Promise<JobPlan>;
}

/** The stores that a wish is about. */
export function storesOf(stores: readonly StoreInfo[], { tenant, store }: JobWish): readonly StoreInfo[] {
  return stores.filter((one) => one.tenant === (tenant ?? one.tenant) && one.store === (store ?? one.store));
}
