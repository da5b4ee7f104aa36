import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { JobStats } from "../jobs/job-stats.ts";
import { TROUBLES, type Troubles } from "../troubles.ts";
import type { LastChange } from "./last-change.ts";
import {
  JOB_RUNS,
  REFUSED,
  STORE_SILENCE,
  TROUBLE,
  VITAL_COUNTERS,
  VITAL_GAUGES,
  type VitalMetric,
} from "./metric-list.ts";
import type { Silence } from "./silence.ts";
import type { Vitals } from "./vitals.ts";

export interface MetricsParts {
  readonly vitals: () => Vitals;
  readonly jobs?: (() => JobStats) | undefined;
  readonly silence: Pick<Silence, "list">;
  readonly troubles: Troubles;
  readonly lastStored: LastChange;
}

/** The metrics of one server for Prometheus; a scrape reads memory alone. */
export class Metrics {
  readonly #parts: MetricsParts;
  readonly #registry = new Registry();
  readonly #updaters: readonly ((vitals: Vitals) => void)[];
  readonly #jobRuns: Counter<"job" | "outcome">;
  readonly #refused: Counter<"reason">;
  readonly #troubles: Gauge<"code">;
  readonly #silence: Gauge<"tenant" | "store">;

  constructor(parts: MetricsParts) {
    const registers = [this.#registry];
    this.#parts = parts;
    const first = parts.vitals();
    const isTold = ({ value }: VitalMetric) => value(first, 0) !== undefined;
    this.#updaters = [
      ...VITAL_COUNTERS.filter(isTold).map((one) => this.#counter(one)),
      ...VITAL_GAUGES.filter(isTold).map((one) => this.#gauge(one)),
    ];
    this.#refused = new Counter({ ...REFUSED, registers });
    this.#jobRuns = new Counter({ ...JOB_RUNS, registers });
    this.#troubles = new Gauge({ ...TROUBLE, registers });
    this.#silence = new Gauge({ ...STORE_SILENCE, registers });
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async render(): Promise<string> {
    const { vitals, jobs, silence } = this.#parts;
    const now = vitals();
    for (const update of this.#updaters) update(now);
    this.#refused.reset();
    for (const [reason, count] of Object.entries(now.refusedByClass ?? {})) this.#refused.inc({ reason }, count);
    this.#jobRuns.reset();
    for (const { job, outcome, count } of jobs?.().counts ?? []) this.#jobRuns.inc({ job, outcome }, count);
    for (const { tenant, store, silenceS } of silence.list()) this.#silence.set({ tenant, store }, silenceS);
    this.#readTroubles();
    return this.#registry.metrics();
  }

  #readTroubles(): void {
    const open = this.#parts.troubles.list();
    for (const code of Object.keys(TROUBLES))
      this.#troubles.set({ code }, open.filter((trouble) => trouble.code === code).length);
  }

  #counter({ name, help, value }: VitalMetric): (vitals: Vitals) => void {
    const counter = new Counter({ name, help, registers: [this.#registry] });
    return (vitals) => {
      counter.reset();
      counter.inc(value(vitals, this.#parts.lastStored.ageS()) ?? 0);
    };
  }

  #gauge({ name, help, value }: VitalMetric): (vitals: Vitals) => void {
    const gauge = new Gauge({ name, help, registers: [this.#registry] });
    return (vitals) => gauge.set(value(vitals, this.#parts.lastStored.ageS()) ?? 0);
  }
}
