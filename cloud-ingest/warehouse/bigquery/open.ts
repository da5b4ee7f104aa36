import { type Clock, systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import type { Warehouse } from "../port.ts";
import { Appenders } from "./appenders.ts";
import { BigQueryClient } from "./big-query-client.ts";
import type { BigQueryConfig } from "./bigquery-config.ts";
import { measureCost } from "./cost.ts";
import { DeviceStore } from "./device-store.ts";
import { BigQueryIngestStore } from "./ingest-store.ts";
import { BigQueryJobStore } from "./job-store.ts";
import { LedgerBook } from "./ledger-book.ts";
import { BigQueryLedgerStore } from "./ledger-store.ts";
import { planMigration } from "./migration.ts";
import { BigQueryQuarantine } from "./quarantine-store.ts";
import { replay } from "./replay.ts";
import { Siblings } from "./siblings.ts";
import { BigQueryTrafficStore } from "./traffic-store.ts";

export interface BigQueryOptions {
  readonly clock?: Clock;
}

/**
 * The warehouse in a dataset of BigQuery. Makes what is missing there, or says what is, as the configuration wants it. Throws `AppError`
 * for a project, dataset or right that is wrong, and for tables of another shape.
 */
export async function openBigQueryWarehouse(
  config: BigQueryConfig,
  { clock = systemClock }: BigQueryOptions = {},
): Promise<Warehouse> {
  const client = new BigQueryClient(config);
  await migrate(client);
  const appenders = new Appenders(config);
  const siblings = new Siblings(client);
  const book = new LedgerBook(client, appenders);
  const devices = new DeviceStore(client);
  const ingest = new BigQueryIngestStore({ client, appenders, book, siblings, clock });
  const traffic = new BigQueryTrafficStore({ client, siblings, devices, clock });
  const jobs = new BigQueryJobStore(client, appenders);
  const quarantine = new BigQueryQuarantine(client, clock);
  const ledger = new BigQueryLedgerStore(client, appenders);
  return {
    lastStored: (stream) => ingest.lastStored(stream),
    store: (batch) => ingest.store(batch),
    ledger: () => ingest.ledger(),
    staleDates: (stores, wish) => traffic.staleDates(stores, wish),
    windowDates: (store, range, wish) => traffic.windowDates(store, range, wish),
    windowsSum: (store, range, wish) => traffic.windowsSum(store, range, wish),
    rollUp: (work) => traffic.rollUp(work),
    traffic: (store, range, span, wish) => traffic.traffic(store, range, span, wish),
    unreadableDates: () => traffic.unreadableDates(),
    devices: (store, wish) => devices.devices(store, wish),
    lastSeen: () => devices.lastSeen(),
    measureCost,
    settle: () => devices.settle(),
    recordRun: (run) => jobs.recordRun(run),
    runs: (limit) => jobs.runs(limit),
    archive: () => jobs.archive(),
    quarantineGroups: (filter, limit) => quarantine.quarantineGroups(filter, limit),
    pendingMessages: (filter, afterId, limit) => quarantine.pendingMessages(filter, afterId, limit),
    quarantinedMessage: (messageId) => quarantine.quarantinedMessage(messageId),
    replay: (messages, replayedAt) => replay({ client, appenders, book, ingest, clock }, messages, replayedAt),
    intakeBetween: (from, to) => ledger.intakeBetween(from, to),
    streamLedger: (streams) => ledger.streamLedger(streams),
    strayMessages: (streams) => ledger.strayMessages(streams),
    acceptDifference: (accepted) => ledger.acceptDifference(accepted),
    acceptedDifferences: () => ledger.acceptedDifferences(),
    close: async () => appenders.close(),
  };
}

async function migrate(client: BigQueryClient): Promise<void> {
  const steps = await planMigration(client);
  if (steps.length === 0) return;
  if (client.config.migrate === "at-start") {
    for (const step of steps) await step.apply();
    return;
  }
  const names = [...new Set(steps.map(({ name }) => name))].join(", ");
  throw new AppError(`Dataset ${client.config.dataset} lacks what this version needs: ${names}`, {
    code: "WAREHOUSE_REFUSED",
    hint: "Look at `kazoe warehouse plan`, then run `kazoe warehouse migrate`; or set warehouse.migrate to at-start.",
  });
}
