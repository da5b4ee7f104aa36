import type { Clock } from "../firmware-config/kit/clock.ts";
import type { Log } from "../firmware-config/kit/log.ts";
import { aborted, pause } from "../firmware-config/kit/pause.ts";
import { Broker } from "./broker/broker.ts";
import type { BrokerAddress } from "./broker/listener.ts";
import { openBus } from "./bus/open-bus.ts";
import type { Bus } from "./bus/port.ts";
import { dateOfMs } from "./calendar.ts";
import type { CloudConfig } from "./config.ts";
import { exportDashboards } from "./dashboards/export-dashboards.ts";
import { Ingest } from "./ingest/ingest.ts";
import { Scheduler } from "./jobs/scheduler.ts";
import { HttpServer } from "./server/http-server.ts";
import type { Vitals } from "./server/vitals.ts";
import { Troubles } from "./troubles.ts";
import { openWarehouse } from "./warehouse/open-warehouse.ts";
import type { Warehouse } from "./warehouse/port.ts";
import { warnOfZoneDifferences } from "./zone-check.ts";

const POLL_MS = 50;
/** How long a stopping cloud works on its bus; what is left is ingested after the next start. */
const DRAIN_MS = 10_000;

export interface CloudOptions {
  readonly config: CloudConfig;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where a running cloud listens, and what stands behind it. */
export interface CloudReady {
  readonly broker: BrokerAddress;
  readonly http: { readonly host: string; readonly port: number };
  readonly warehouse: Warehouse;
  /** Resolves true when all that was acknowledged is in the warehouse, false when `signal` aborts before. */
  drained(signal: AbortSignal): Promise<boolean>;
  /** Rolls up now, writes all dates up to today to Parquet and the dashboards to `dashboardDir`. */
  finishDay(dashboardDir: string): Promise<void>;
}

/** The cloud half: broker -> bus -> ingest -> warehouse -> jobs -> dashboards, in the order of the data. */
export class Cloud {
  readonly #options: CloudOptions;

  constructor(options: CloudOptions) {
    this.#options = options;
  }

  /** Runs until `signal` aborts, and calls `onReady` once it listens. Throws `AppError` when a part cannot start. */
  async run(signal: AbortSignal, onReady: (ready: CloudReady) => void = () => {}): Promise<void> {
    const { config } = this.#options;
    const troubles = new Troubles(this.#options);
    const warehouse = await openWarehouse(config, troubles);
    try {
      const bus = await openBus(config, troubles);
      try {
        await this.#runParts({ warehouse, bus, troubles, onReady }, signal);
      } finally {
        await bus.close();
      }
    } finally {
      await warehouse.close();
    }
  }

  /** Starts from sink to source and stops from source to sink. */
  async #runParts({ warehouse, bus, troubles, onReady }: Parts, signal: AbortSignal): Promise<void> {
    const { config, clock, log } = this.#options;
    const { stores } = config;
    const ingest = new Ingest({ bus, store: warehouse, troubles });
    const broker = new Broker({ config: config.broker, devices: config.devices, bus, troubles, clock, log });
    const scheduler = new Scheduler({ config: config.jobs, stores, warehouse, clock, log });
    const vitals = () => vitalsOf(bus, ingest, broker);
    const server = new HttpServer({ config: config.http, stores, warehouse, vitals, troubles, clock, log });
    const stop = new AbortController();
    const sinks = [ingest.run(stop.signal), scheduler.run(stop.signal), server.run(stop.signal)];
    try {
      const [http, brokerAddress] = await Promise.race([Promise.all([server.ready, broker.start()]), failure(sinks)]);
      const drained = (until: AbortSignal) => drainedOf(bus, until);
      const finishDay = (outDir: string) => this.#finishDay(scheduler, warehouse, outDir);
      log.info({ broker: brokerAddress, http }, "the cloud half is ready");
      sinks.push(warnOfZoneDifferences(config, { clock, log }));
      onReady({ broker: brokerAddress, http, warehouse, drained, finishDay });
      await Promise.race([aborted(signal), failure(sinks)]);
      await broker.stop();
      await drainedOf(bus, AbortSignal.timeout(DRAIN_MS));
    } finally {
      await broker.stop();
      stop.abort();
      await Promise.all(sinks);
    }
  }

  async #finishDay(scheduler: Scheduler, warehouse: Warehouse, outDir: string): Promise<void> {
    const { config, clock } = this.#options;
    await scheduler.runNow("roll-up");
    await exportDashboards({ warehouse, stores: config.stores, outDir, clock });
    await warehouse.archive(dateOfMs(clock.nowMs()));
  }
}

interface Parts {
  readonly warehouse: Warehouse;
  readonly bus: Bus;
  readonly troubles: Troubles;
  readonly onReady: (ready: CloudReady) => void;
}

function vitalsOf(bus: Bus, ingest: Ingest, broker: Broker): Vitals {
  const { acked, depth, bytes } = bus.stats();
  return { acked, inboxDepth: depth, inboxBytes: bytes, ...ingest.stats, connections: broker.stats.connections };
}

async function drainedOf(bus: Bus, signal: AbortSignal): Promise<boolean> {
  while (bus.stats().depth > 0 && !signal.aborted) await pause(POLL_MS, signal);
  return bus.stats().depth === 0;
}

/** Never resolves; rejects with the first part that fails. */
async function failure(parts: readonly Promise<void>[]): Promise<never> {
  await Promise.all(parts);
  return new Promise(() => {});
}
