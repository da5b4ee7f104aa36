import type { Clock } from "../../firmware-config/kit/clock.ts";
import { silentLog } from "../../firmware-config/kit/log.ts";
import { pause } from "../../firmware-config/kit/pause.ts";
import { openBus } from "../bus/open-bus.ts";
import type { Bus, BusReader } from "../bus/port.ts";
import type { CloudConfig } from "../config.ts";
import { Ingest, type IngestOptions } from "../ingest/ingest.ts";
import { modelDirOf } from "../jobs/forecast/artefacts.ts";
import { Scheduler } from "../jobs/scheduler.ts";
import { openRegistry } from "../registry/open-registry.ts";
import { RowIntake } from "../rows/intake.ts";
import { withCalendarRows } from "../rows/known-calendar.ts";
import { Troubles } from "../troubles.ts";
import { openWarehouse } from "../warehouse/open-warehouse.ts";
import type { IngestStore, Warehouse } from "../warehouse/port.ts";
import { Desk, type Operator } from "./operator.ts";
import { socketPath } from "./protocol.ts";
import { RemoteOperator } from "./remote-operator.ts";

/**
 * Hands `use` an operator of this cloud half: the running one's when it runs, for DuckDB has one process as owner, or one on
 * the folders themselves. Throws `AppError`, STORE_LOCKED when another process has the folders and does not answer.
 */
export async function withOperator<T>(
  { config, clock }: { readonly config: CloudConfig; readonly clock: Clock },
  use: (operator: Operator) => Promise<T>,
): Promise<T> {
  const path = socketPath(config.dataDir);
  const remote = path === undefined ? undefined : new RemoteOperator(path);
  if (remote && (await remote.answers())) return use(remote);
  const troubles = new Troubles({ log: silentLog, clock });
  const warehouse = await openWarehouse(config, { troubles, onLost: () => {} });
  try {
    // A broker's inbox of a shared bus is the broker's alone.
    const bus = await openBus(config, troubles, { writes: false, offers: true, reads: true });
    try {
      await compare(bus.reader, warehouse);
      const parts = { warehouse, troubles, clock, log: silentLog };
      const registry = async () => withCalendarRows(await openRegistry(config), warehouse);
      const scheduler = new Scheduler({
        ...parts,
        registry,
        modelDir: modelDirOf(config),
        config: config.jobs,
        stores: config.stores,
      });
      const ingest = ingestWhenAsked({ ...parts, bus, stores: config.stores });
      const rows = new RowIntake({
        ...{ writer: bus.writer, warehouse, clock, stores: config.stores },
        onPublished: ingest.start,
      });
      try {
        return await use(
          new Desk({
            ...parts,
            stores: config.stores,
            ...{ alerts: config.alerts, devices: devicesOf(config), registry },
            bus: { stats: () => ({ ...bus.stats(), isServing: true }) },
            scheduler,
            rows,
            isIngesting: false,
          }),
        );
      } finally {
        await ingest.stop();
      }
    } finally {
      await bus.close();
    }
  } finally {
    await warehouse.close();
  }
}

/** What is left in the bus after that is stored by the next who runs. */
const DRAIN_MS = 10_000;
const LOOK_MS = 20;

interface IngestParts extends Pick<IngestOptions, "troubles"> {
  readonly bus: Bus;
  readonly warehouse: Warehouse;
  readonly stores: CloudConfig["stores"];
  readonly clock: Clock;
}

/** An ingest that runs from the first row on that is brought in here: nobody else stores it while no cloud half runs. */
function ingestWhenAsked({ bus, warehouse, ...parts }: IngestParts) {
  const { reader } = bus;
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  return {
    start: () => {
      if (reader)
        running ??= new Ingest({ ...parts, bus: reader, store: warehouse, history: warehouse }).run(stop.signal);
    },
    /** What is refused or a duplicate has been answered before it is stored. */
    stop: async () => {
      const untilMs = parts.clock.monotonicMs() + DRAIN_MS;
      while (running && bus.stats().depth > 0 && parts.clock.monotonicMs() < untilMs) await pause(LOOK_MS, stop.signal);
      stop.abort();
      await running;
    },
  };
}

/** Who they are, without their tokens. */
export const devicesOf = ({ devices }: Pick<CloudConfig, "devices">) =>
  devices.map(({ tenant, store, device }) => ({ tenant, store, device }));

/** Lets the bus find out how far the warehouse is, without reading anything: then `depth` knows what would be served. */
async function compare(reader: BusReader | undefined, warehouse: IngestStore): Promise<void> {
  if (!reader) return;
  const lastStored = (stream: string) => warehouse.lastStored(stream);
  for await (const _ of reader.batches(lastStored, { maxMessages: 1, maxBytes: 1 }, AbortSignal.abort())) return;
}
