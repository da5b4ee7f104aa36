import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { TROUBLES, type Troubles } from "../troubles.ts";
import type { StoreInfo, Warehouse } from "../warehouse/port.ts";
import { JobRunCounter } from "./job-run-counter.ts";
import { REFUSED, STORE_SILENCE, TROUBLE, VITAL_COUNTERS, VITAL_GAUGES, type VitalMetric } from "./metric-list.ts";
import type { Vitals } from "./vitals.ts";

const RUNS_READ = 100;
const MAX_STORES = 200;

export interface MetricsParts {
  readonly warehouse: Pick<Warehouse, "runs" | "devices">;
  readonly stores: readonly StoreInfo[];
  readonly vitals: () => Vitals;
  readonly troubles: Troubles;
  readonly nowMs: () => number;
}

type Updater = (vitals: Vitals) => void;

/** The metrics of one server for Prometheus; everything is read once per scrape. */
export class Metrics {
  readonly #parts: MetricsParts;
  readonly #registry = new Registry();
  readonly #updaters: readonly Updater[];
  readonly #runs: JobRunCounter;
  readonly #jobRuns: Counter<"job" | "outcome">;
  readonly #refused: Counter<"reason">;
  readonly #troubles: Gauge<"code">;
  readonly #silence: Gauge<"tenant" | "store">;

  constructor(parts: MetricsParts) {
    const registers = [this.#registry];
    this.#parts = parts;
    this.#updaters = [
      ...VITAL_COUNTERS.map((one) => this.#counter(one)),
      ...VITAL_GAUGES.map((one) => this.#gauge(one)),
    ];
    this.#runs = new JobRunCounter(parts.nowMs());
    const labelNames = ["job", "outcome"] as const;
    this.#jobRuns = new Counter({
      name: "kazoe_job_runs_total",
      help: "runs of jobs since the start",
      labelNames,
      registers,
    });
    this.#refused = new Counter({ ...REFUSED, registers });
    this.#troubles = new Gauge({ ...TROUBLE, registers });
    this.#silence = new Gauge({ ...STORE_SILENCE, registers });
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async render(): Promise<string> {
    const vitals = this.#parts.vitals();
    for (const update of this.#updaters) update(vitals);
    this.#refused.reset();
    for (const [reason, count] of Object.entries(vitals.refusedByClass)) this.#refused.inc({ reason }, count);
    for (const { job, outcome } of this.#runs.newRuns(await this.#parts.warehouse.runs(RUNS_READ)))
      this.#jobRuns.inc({ job, outcome });
    this.#readTroubles();
    await this.#readSilence();
    return this.#registry.metrics();
  }

  #readTroubles(): void {
    const open = this.#parts.troubles.list();
    for (const code of Object.keys(TROUBLES))
      this.#troubles.set({ code }, open.filter((trouble) => trouble.code === code).length);
  }

  // One series per store, and only of the first 200: more label values would burden Prometheus and help nobody.
  async #readSilence(): Promise<void> {
    const { warehouse, stores, nowMs } = this.#parts;
    for (const info of stores.slice(0, MAX_STORES)) {
      const seenMs = (await warehouse.devices(info)).map((device) => Date.parse(device.lastSeenAt));
      const { tenant, store } = info;
      const silenceS = (nowMs() - Math.max(...seenMs)) / 1000;
      if (seenMs.length > 0) this.#silence.set({ tenant, store }, Math.max(0, silenceS));
    }
  }

  #counter({ name, help, value }: VitalMetric): Updater {
    const counter = new Counter({ name, help, registers: [this.#registry] });
    return (vitals) => {
      counter.reset();
      counter.inc(value(vitals, this.#parts.nowMs()));
    };
  }

  #gauge({ name, help, value }: VitalMetric): Updater {
    const gauge = new Gauge({ name, help, registers: [this.#registry] });
    return (vitals) => gauge.set(value(vitals, this.#parts.nowMs()));
  }
}
