import type { Clock } from "../firmware-config/kit/clock.ts";
import type { Log } from "../firmware-config/kit/log.ts";
import { openFilesLimit } from "../firmware-config/kit/open-files.ts";
import { aborted, pause } from "../firmware-config/kit/pause.ts";
import { closeFolders } from "../firmware-config/kit/private-folder.ts";
import { Broker } from "./broker/broker.ts";
import type { BrokerAddress } from "./broker/listener.ts";
import { openBus } from "./bus/open-bus.ts";
import type { Bus } from "./bus/port.ts";
import { dateOfMs } from "./calendar.ts";
import type { CloudConfig } from "./config.ts";
import { connectionLimits, sayLimits } from "./connection-limits.ts";
import { exportDashboards } from "./dashboards/export-dashboards.ts";
import { Ingest } from "./ingest/ingest.ts";
import { Scheduler } from "./jobs/scheduler.ts";
import { LedgerWatch } from "./ledger/ledger-watch.ts";
import { Desk } from "./operator/operator.ts";
import { OperatorServer } from "./operator/operator-server.ts";
import { HttpServer } from "./server/http-server.ts";
import type { Vitals } from "./server/vitals.ts";
import { Troubles } from "./troubles.ts";
import { openWarehouse } from "./warehouse/open-warehouse.ts";
import { PatientWarehouse } from "./warehouse/patient-warehouse.ts";
import type { Warehouse } from "./warehouse/port.ts";
import { warnOfZoneDifferences } from "./zone-check.ts";

/** Of the data folder; the operator's socket sees to its own. */
const DATA_FOLDERS = ["inbox", "warehouse"];
const POLL_MS = 50;
const MINUTE_MS = 60_000;
/** The check looks at memory only. */
const CHECK_SERVED_MS = 1_000;
/** How long a stopping cloud works on its bus; what is left is ingested after the next start. */
const DRAIN_MS = 10_000;

export interface CloudOptions {
  readonly config: CloudConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** How many files and sockets this process may have open; default: what the system says. */
  readonly openFiles?: number;
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

  /**
   * Runs until `signal` aborts, and calls `onReady` once it listens, with or without a warehouse: what the broker acknowledges
   * waits in the bus until the warehouse opens. Throws `AppError` when a part cannot start.
   */
  async run(signal: AbortSignal, onReady: (ready: CloudReady) => void = () => {}): Promise<void> {
    const { config, log } = this.#options;
    await closeFolders(config.dataDir, DATA_FOLDERS, log);
    const troubles = new Troubles(this.#options);
    const warehouse = new PatientWarehouse((onLost) => openWarehouse(config, { troubles, onLost }), troubles);
    await warehouse.start();
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
    const { config, clock, log, openFiles = openFilesLimit() } = this.#options;
    const { stores } = config;
    const limits = connectionLimits(openFiles);
    sayLimits(limits, config.devices.length, { log, openFiles });
    const ingest = new Ingest({ bus, store: warehouse, history: warehouse, troubles, clock });
    const ledger = new LedgerWatch({ bus, store: warehouse, troubles });
    const desk = new Desk({ bus, warehouse, troubles, clock });
    const operator = new OperatorServer({ dataDir: config.dataDir, operator: desk, log });
    const gate = { devices: config.devices, bus, troubles, clock, log };
    const broker = new Broker({ config: config.broker, limits: limits.broker, ...gate });
    const scheduler = new Scheduler({ config: config.jobs, stores, warehouse, clock, log });
    const vitals = () => vitalsOf(bus, ingest, { broker, ledger });
    const jobs = () => scheduler.stats;
    const shown = { stores, warehouse, vitals, jobs, troubles, clock, log };
    const server = new HttpServer({ config: config.http, limits: limits.http, ...shown });
    const stop = new AbortController();
    const parts = [warehouse, ingest, ledger, scheduler, operator, server];
    const served = clearServed(bus, troubles, { clock, signal: stop.signal });
    const sinks = [served, ...parts.map((part) => part.run(stop.signal))];
    try {
      const starting = Promise.all([server.ready, broker.start(), operator.ready]);
      const [http, brokerAddress] = await Promise.race([starting, failure(sinks)]);
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
  readonly warehouse: PatientWarehouse;
  readonly bus: Bus;
  readonly troubles: Troubles;
  readonly onReady: (ready: CloudReady) => void;
}

function vitalsOf(bus: Bus, ingest: Ingest, { broker, ledger }: { broker: Broker; ledger: LedgerWatch }): Vitals {
  const { acked, depth, bytes } = bus.stats();
  const { connections, refused: brokerRefused, heldBytes: brokerHeldBytes } = broker.stats;
  const brokers = { connections, brokerRefused, brokerHeldBytes };
  const held = { acked, inboxDepth: depth, inboxBytes: bytes, ledgerDifference: ledger.difference };
  return { ...held, ...ingest.stats, ...brokers };
}

/** A log that was cut is a fault until the bus has served again what it holds; for a minute at least, so that somebody sees it. */
async function clearServed(
  bus: Bus,
  troubles: Troubles,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  let seenMs: number | undefined;
  while (!signal.aborted) {
    const isCut = troubles.list().some(({ code }) => code === "warehouse-log-cut");
    const nowMs = clock.monotonicMs();
    seenMs = isCut ? (seenMs ?? nowMs) : undefined;
    if (seenMs !== undefined && bus.stats().depth === 0 && nowMs - seenMs >= MINUTE_MS)
      troubles.clear("warehouse-log-cut");
    await pause(CHECK_SERVED_MS, signal);
  }
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
