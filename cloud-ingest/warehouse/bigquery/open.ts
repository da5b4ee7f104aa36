import { type Clock, systemClock } from "../../../firmware-config/kit/clock.ts";
import type { AppError } from "../../../firmware-config/kit/errors.ts";
import type { Troubles } from "../../troubles.ts";
import type { Warehouse } from "../port.ts";
import { BigQueryAlertStore } from "./alert-store.ts";
import { Appenders } from "./appenders.ts";
import { BigQueryClient } from "./big-query-client.ts";
import type { BigQueryConfig } from "./bigquery-config.ts";
import { measureCost } from "./cost.ts";
import { BigQueryDerivedStore } from "./derived-store.ts";
import { DeviceStore } from "./device-store.ts";
import { BigQueryIngestStore } from "./ingest-store.ts";
import { BigQueryJobStore } from "./job-store.ts";
import { lease } from "./leases.ts";
import { LedgerBook } from "./ledger-book.ts";
import { BigQueryLedgerStore } from "./ledger-store.ts";
import { LoadJobs } from "./load-jobs.ts";
import { applyMigration, lacking, planMigration } from "./migration.ts";
import { BigQueryQuarantine } from "./quarantine-store.ts";
import { replay } from "./replay.ts";
import { Siblings } from "./siblings.ts";
import { BigQueryRowStore } from "./source-row-store.ts";
import { BigQueryTrafficStore } from "./traffic-store.ts";
import { Upkeep } from "./upkeep.ts";

export interface BigQueryOptions {
  readonly clock?: Clock;
  readonly troubles?: Troubles;
  /** After this long an answer is taken for lost. */
  readonly answerMs?: number;
  /** After this long a job that runs on is waited for no longer. */
  readonly jobMs?: number;
}

const ANSWER_MS = 30_000;
const JOB_MS = 600_000;

/**
 * The warehouse in a dataset of BigQuery. Makes what is missing there, or says what is, as the configuration wants it. Throws `AppError`
 * for a project, dataset or right that is wrong, and for tables of another shape.
 */
export async function openBigQueryWarehouse(
  config: BigQueryConfig,
  { clock = systemClock, troubles, answerMs = ANSWER_MS, jobMs = JOB_MS }: BigQueryOptions = {},
): Promise<Warehouse> {
  const bare = new BigQueryClient(config, { answerMs, jobMs });
  await migrate(bare);
  const upkeep = new Upkeep({ client: bare, troubles, clock });
  const refusal = (error: AppError) => upkeep.after(error);
  const client = new BigQueryClient(config, { answerMs, jobMs, refusal });
  const appenders = new Appenders(config, { answerMs, refusal });
  const loads = new LoadJobs(client);
  const siblings = new Siblings(client);
  const book = new LedgerBook(client, appenders);
  const devices = new DeviceStore(client);
  const sourced = new BigQueryRowStore(client, appenders);
  const ingest = new BigQueryIngestStore({ client, appenders, loads, book, siblings, sourced, clock });
  const traffic = new BigQueryTrafficStore({ client, siblings, devices, clock });
  const jobs = new BigQueryJobStore(client, appenders);
  const derived = new BigQueryDerivedStore(client, appenders);
  const alerts = new BigQueryAlertStore(client, appenders, devices);
  const quarantine = new BigQueryQuarantine(client, clock);
  const ledger = new BigQueryLedgerStore(client, appenders);
  return {
    batchesAtOnce: ingest.batchesAtOnce,
    lastStored: (stream) => ingest.lastStored(stream),
    store: (batch) => ingest.store(batch),
    ledger: () => ingest.ledger(),
    staleDates: (stores, wish) => traffic.staleDates(stores, wish),
    windowDates: (store, range, wish) => traffic.windowDates(store, range, wish),
    windowsSum: (store, range, wish) => traffic.windowsSum(store, range, wish),
    rollUp: (work) => traffic.rollUp(work),
    traffic: (store, range, span, wish) => traffic.traffic(store, range, span, wish),
    trafficOfStores: (work, span, wish) => traffic.trafficOfStores(work, span, wish),
    unreadableDates: () => traffic.unreadableDates(),
    devices: (store, wish) => devices.devices(store, wish),
    lastSeen: () => devices.lastSeen(),
    measureCost,
    settle: () => devices.settle(),
    recordRun: (run) => jobs.recordRun(run),
    runs: (limit) => jobs.runs(limit),
    recordCheckpoint: (checkpoint) => jobs.recordCheckpoint(checkpoint),
    checkpoints: (runId) => jobs.checkpoints(runId),
    lease: (name, holder, ttlS) => lease(client, { name, holder, ttlS }),
    archive: () => jobs.archive(),
    replaceDerived: (table, work, rows) => derived.replaceDerived(table, work, rows),
    addDerived: (table, rows) => derived.addDerived(table, rows),
    derived: (table, store, range, wish) => derived.derived(table, store, range, wish),
    derivedOfStores: (table, work, wish) => derived.derivedOfStores(table, work, wish),
    noteChanged: (reader, work) => derived.noteChanged(reader, work),
    changedDates: (reader, stores) => derived.changedDates(reader, stores),
    forgetChanged: (notes) => derived.forgetChanged(notes),
    sourceRows: (table, range, owner) => sourced.sourceRows(table, range, owner),
    rowVersions: (table, keys) => sourced.rowVersions(table, keys),
    addAlerts: (table, rows) => alerts.addAlerts(table, rows),
    lastAlerts: () => alerts.lastAlerts(),
    alerts: (table, range) => alerts.alerts(table, range),
    forgetAlerts: (before) => alerts.forgetAlerts(before),
    deviceRecords: () => alerts.deviceRecords(),
    healthBetween: (range, store) => alerts.healthBetween(range, store),
    flags: (range) => alerts.flags(range),
    hourTotals: (dates, stores) => alerts.hourTotals(dates, stores),
    quarantineGroups: (filter, limit) => quarantine.quarantineGroups(filter, limit),
    pendingMessages: (filter, afterId, limit) => quarantine.pendingMessages(filter, afterId, limit),
    quarantinedMessage: (messageId) => quarantine.quarantinedMessage(messageId),
    replay: (messages, replayedAt) => replay({ client, appenders, book, ingest, sourced, clock }, messages, replayedAt),
    intakeBetween: (from, to) => ledger.intakeBetween(from, to),
    streamLedger: (streams) => ledger.streamLedger(streams),
    strayMessages: (streams) => ledger.strayMessages(streams),
    acceptDifference: (accepted) => ledger.acceptDifference(accepted),
    acceptedDifferences: () => ledger.acceptedDifferences(),
    close: () => appenders.close(),
  };
}

/** Makes what the dataset lacks, or says what it is, as the configuration wants it. */
export async function migrate(client: BigQueryClient): Promise<void> {
  if (client.config.migrate === "at-start") return applyMigration(client);
  const steps = await planMigration(client);
  if (steps.length > 0) throw lacking(client.config, steps);
}
