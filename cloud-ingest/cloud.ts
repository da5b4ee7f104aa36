import type { Clock } from "../firmware-config/kit/clock.ts";
import type { Log } from "../firmware-config/kit/log.ts";
import { openFilesLimit } from "../firmware-config/kit/open-files.ts";
import { aborted, pause } from "../firmware-config/kit/pause.ts";
import { closeFolders } from "../firmware-config/kit/private-folder.ts";
import { openAlerts, type RunningSink } from "./alerts/open-alerts.ts";
import { openAlertEngine, type RunningAlerts } from "./alerts/open-engine.ts";
import type { Alert } from "./alerts/port.ts";
import { Broker } from "./broker/broker.ts";
import type { BrokerAddress } from "./broker/listener.ts";
import { openBus } from "./bus/open-bus.ts";
import type { Bus } from "./bus/port.ts";
import { dateOfMs } from "./calendar.ts";
import type { CloudConfig } from "./config.ts";
import { connectionLimits, sayLimits } from "./connection-limits.ts";
import { exportDashboards } from "./dashboards/export-dashboards.ts";
import { Ingest } from "./ingest/ingest.ts";
import { modelDirOf } from "./jobs/forecast/artefacts.ts";
import { Scheduler } from "./jobs/scheduler.ts";
import { LedgerWatch } from "./ledger/ledger-watch.ts";
import { operationsBook } from "./operations-book.ts";
import type { ListedAlert } from "./operator/alerts-desk.ts";
import { devicesOf } from "./operator/open-operator.ts";
import { Desk } from "./operator/operator.ts";
import { OperatorServer } from "./operator/operator-server.ts";
import { PremisesBook } from "./premises.ts";
import { openRegistry } from "./registry/open-registry.ts";
import type { Registry } from "./registry/registry.ts";
import { ALL_ROLES, type Role, refuseTornRoles } from "./roles.ts";
import { RowIntake } from "./rows/intake.ts";
import { withCalendarRows } from "./rows/known-calendar.ts";
import { HttpServer } from "./server/http-server.ts";
import type { Vitals } from "./server/vitals.ts";
import { Troubles } from "./troubles.ts";
import { openWarehouse } from "./warehouse/open-warehouse.ts";
import { PatientWarehouse } from "./warehouse/patient-warehouse.ts";
import type { StoreInfo, Warehouse } from "./warehouse/port.ts";
import { warnOfZoneDifferences } from "./zone-check.ts";

/** Of the data folder; the operator's socket sees to its own. */
const DATA_FOLDERS = ["inbox", "warehouse"];
/** The roles that need a warehouse. */
const STORING_ROLES: readonly Role[] = ["ingest", "jobs", "server"];
const POLL_MS = 50;
const MINUTE_MS = 60_000;
/** The check looks at memory only. */
const CHECK_SERVED_MS = 1_000;
/** While so many wait to be stored, what devices said lately is not known; ordinarily there are a few. */
const BEHIND_MESSAGES = 1_000;
/** How long a stopping cloud works on its bus; what is left is ingested after the next start. */
const DRAIN_MS = 10_000;

export interface CloudOptions {
  readonly config: CloudConfig;
  readonly clock: Clock;
  readonly log: Log;
  /** Which parts run in this process; default all. */
  readonly roles?: ReadonlySet<Role>;
  /** How many files and sockets this process may have open; default: what the system says. */
  readonly openFiles?: number;
}

/** Where a running cloud listens, and what stands behind it. */
export interface CloudReady {
  /** Left out where no broker runs. */
  readonly broker?: BrokerAddress;
  readonly http: { readonly host: string; readonly port: number };
  readonly warehouse: Warehouse;
  /** Resolves true when all that was acknowledged is in the warehouse, false when `signal` aborts before. */
  drained(signal: AbortSignal): Promise<boolean>;
  /** Rolls up now, writes all dates up to today to Parquet and the dashboards to `dashboardDir`. */
  finishDay(dashboardDir: string): Promise<void>;
  /** The alerts that stand, with what they cost and what to do; none where no warehouse is. */
  standingAlerts(): Promise<readonly ListedAlert[]>;
}

/** The cloud half: broker -> bus -> ingest -> warehouse -> jobs -> dashboards, in the order of the data. */
export class Cloud {
  readonly #options: CloudOptions;
  readonly #roles: ReadonlySet<Role>;

  constructor(options: CloudOptions) {
    this.#options = options;
    this.#roles = options.roles ?? ALL_ROLES;
  }

  /**
   * Runs until `signal` aborts, and calls `onReady` once it listens, with or without a warehouse: what the broker acknowledges
   * waits in the bus until the warehouse opens. Throws `AppError` when a part cannot start.
   */
  async run(signal: AbortSignal, onReady: (ready: CloudReady) => void = () => {}): Promise<void> {
    const { config, log } = this.#options;
    refuseTornRoles(config, this.#roles);
    await closeFolders(config.dataDir, DATA_FOLDERS, log);
    const troubles = new Troubles(this.#options);
    const warehouse = new PatientWarehouse((onLost) => openWarehouse(config, { troubles, onLost }), troubles);
    if (this.#storesOrReads()) await warehouse.start();
    try {
      const has = (role: Role) => this.#roles.has(role);
      const ends = { writes: has("broker"), offers: has("server"), reads: has("ingest"), announces: has("jobs") };
      const bus = await openBus(config, troubles, ends);
      try {
        const alerts = has("jobs") ? await openAlerts(config.alerts, { ...this.#options, bus }) : [];
        const judge = has("jobs") ? await this.#openJudge(warehouse, bus) : undefined;
        await this.#runParts({ warehouse, bus, troubles, alerts, judge }, onReady, signal);
      } finally {
        await bus.close();
      }
    } finally {
      await warehouse.close();
    }
  }

  /** Who looks at all devices and tells outside what is wrong with them. */
  #openJudge(warehouse: PatientWarehouse, bus: Bus): Promise<RunningAlerts> {
    const { config, clock, log } = this.#options;
    const isBehind = () => bus.stats().isShared !== true && bus.stats().depth > BEHIND_MESSAGES;
    return openAlertEngine(config, { warehouse, registry: () => this.#registry(warehouse), clock, log, isBehind });
  }

  /** Starts from sink to source and stops from source to sink. */
  async #runParts(common: Common, onReady: (ready: CloudReady) => void, signal: AbortSignal): Promise<void> {
    const { config, clock, log } = this.#options;
    const { warehouse, bus, troubles } = common;
    const { sinks: parts, broker, server, operator, scheduler, desk } = this.#partsOf(common);
    const stop = new AbortController();
    const served = clearServed(bus, troubles, { clock, signal: stop.signal });
    const sinks = [served, ...parts.map((part) => part.run(stop.signal))];
    try {
      const starting = Promise.all([server.ready, broker?.start(), operator?.ready]);
      const [http, address] = await Promise.race([starting, failure(sinks)]);
      const brokerAddress = address === undefined ? {} : { broker: address };
      const drained = (end: AbortSignal) => until(() => bus.stats().depth === 0, end);
      const finishDay = (outDir: string) => this.#finishDay(scheduler, warehouse, outDir);
      log.info({ ...brokerAddress, http, roles: [...this.#roles] }, "the cloud half is ready");
      if (this.#storesOrReads()) sinks.push(warnOfZoneDifferences(config, { clock, log }));
      const standingAlerts = async () => desk?.alerts.standing() ?? [];
      onReady({ ...brokerAddress, http, warehouse, drained, finishDay, standingAlerts });
      await Promise.race([aborted(signal), failure(sinks)]);
      await broker?.stop();
      await until(() => ownDepthOf(bus) === 0, AbortSignal.timeout(DRAIN_MS));
    } finally {
      await broker?.stop();
      stop.abort();
      // Each has to come to its end before bus and warehouse close, also when one of them has failed.
      await Promise.allSettled(sinks);
    }
    await Promise.all(sinks);
  }

  /** The parts of this process's roles; `sinks` run until they are stopped, the broker is started and stopped by itself. */
  #partsOf({ warehouse, bus, troubles, alerts, judge }: Common) {
    const { config, clock, log, openFiles = openFilesLimit() } = this.#options;
    const { stores, devices } = config;
    const limits = connectionLimits(openFiles);
    sayLimits(limits, devices.length, { log, openFiles });
    const has = (role: Role) => this.#roles.has(role);
    const common = { warehouse, troubles, clock, log };
    const { writer, reader } = bus;
    const ingest = reader && new Ingest({ bus: reader, store: warehouse, history: warehouse, troubles, clock, stores });
    const isWhole = bus.stats().isShared !== true;
    const ledger = isWhole ? new LedgerWatch({ bus, store: warehouse, troubles }) : undefined;
    const tell = (alert: Alert) => {
      for (const one of alerts) one.tell(alert);
    };
    const registry = () => this.#registry(warehouse);
    const rows = this.#storesOrReads() ? new RowIntake({ writer, warehouse, stores, clock }) : undefined;
    const scheduler = has("jobs")
      ? new Scheduler({
          ...common,
          alerts: { tell },
          registry,
          modelDir: modelDirOf(config),
          config: config.jobs,
          stores,
        })
      : undefined;
    const asked = { alerts: config.alerts, devices: devicesOf(config), registry };
    const desk = rows ? new Desk({ ...common, ...asked, rows, bus, scheduler, stores, isIngesting: true }) : undefined;
    const operator = desk && new OperatorServer({ dataDir: config.dataDir, operator: desk, log });
    const gate = { devices, troubles, clock, log };
    const broker =
      writer && has("broker")
        ? new Broker({ config: config.broker, limits: limits.broker, ...gate, bus: writer })
        : undefined;
    const vitals = () => vitalsOf({ bus, ingest, ledger, broker });
    const jobs = scheduler && (() => scheduler.stats);
    const premises = new PremisesBook({ registry, clock, log });
    const about = config.registry === undefined ? {} : { premises: (store: StoreInfo) => premises.of(store) };
    const operations = desk && operationsBook({ alerts: desk.alerts, warehouse });
    const shown = { ...common, ...about, stores, vitals, jobs, operations, rows, hasDashboards: has("server") };
    const server = new HttpServer({ config: config.http, limits: limits.http, ...shown });
    const store = this.#storesOrReads() ? warehouse : undefined;
    const sinks = [store, ingest, bus, ledger, ...alerts, judge, scheduler, operator, server].filter(
      (part) => part !== undefined,
    );
    return { sinks, broker, server, operator, scheduler, desk };
  }

  /** What holds for stores now, by files and rows. */
  async #registry(warehouse: PatientWarehouse): Promise<Registry> {
    return withCalendarRows(await openRegistry(this.#options.config), warehouse);
  }

  #storesOrReads(): boolean {
    return STORING_ROLES.some((role) => this.#roles.has(role));
  }

  async #finishDay(scheduler: Scheduler | undefined, warehouse: Warehouse, outDir: string): Promise<void> {
    const { config, clock } = this.#options;
    await scheduler?.runNow("roll-up");
    await exportDashboards({ warehouse, stores: config.stores, outDir, clock });
    await warehouse.archive(dateOfMs(clock.nowMs()));
  }
}

interface Common {
  readonly warehouse: PatientWarehouse;
  readonly bus: Bus;
  readonly troubles: Troubles;
  /** Those who hear of what happens. */
  readonly alerts: readonly RunningSink[];
  readonly judge: RunningAlerts | undefined;
}

interface Watched {
  readonly bus: Bus;
  readonly ingest: Ingest | undefined;
  readonly ledger: LedgerWatch | undefined;
  readonly broker: Broker | undefined;
}

function vitalsOf({ bus, ingest, ledger, broker }: Watched): Vitals {
  const { acked, depth: inboxDepth, bytes: inboxBytes } = bus.stats();
  const busVitals = broker || ingest ? { acked, inboxDepth, inboxBytes } : {};
  const ledgerVitals = ledger ? { ledgerDifference: ledger.difference } : {};
  return { ...busVitals, ...ledgerVitals, ...ingest?.stats, ...(broker ? brokerVitals(broker) : {}) };
}

function brokerVitals({ stats: { connections, refused: brokerRefused, heldBytes: brokerHeldBytes } }: Broker) {
  return { connections, brokerRefused, brokerHeldBytes };
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

/** Messages that nobody else will store. */
function ownDepthOf(bus: Bus): number {
  const { depth, leased = 0 } = bus.stats();
  return depth - leased;
}

/** Waits for it; false when the signal aborts before. */
async function until(isSo: () => boolean, signal: AbortSignal): Promise<boolean> {
  while (!isSo() && !signal.aborted) await pause(POLL_MS, signal);
  return isSo();
}

/** Never resolves; rejects with the first part that fails. */
async function failure(parts: readonly Promise<void>[]): Promise<never> {
  await Promise.all(parts);
  return new Promise(() => {});
}
