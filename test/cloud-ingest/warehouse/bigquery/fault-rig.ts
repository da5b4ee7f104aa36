import { expect, onTestFinished, vi } from "vitest";
import { Troubles } from "../../../../cloud-ingest/troubles.ts";
import { BigQueryClient } from "../../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import type { BigQueryConfig } from "../../../../cloud-ingest/warehouse/bigquery/bigquery-config.ts";
import { type BigQueryOptions, openBigQueryWarehouse } from "../../../../cloud-ingest/warehouse/bigquery/open.ts";
import type { IngestBatch, StoreInfo, StoreOutcome, Warehouse } from "../../../../cloud-ingest/warehouse/port.ts";
import { type Clock, systemClock } from "../../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../../firmware-config/kit/errors.ts";
import { silentLog } from "../../../../firmware-config/kit/log.ts";
import { countsRow, SHIBUYA } from "../rows.ts";
import { configOf } from "./bigquery-place.ts";
import { FakeBigQuery } from "./fake-bigquery.ts";

vi.stubEnv("METADATA_SERVER_DETECTION", "none");
// A busy machine takes ten times as long as a quiet one.
vi.setConfig({ testTimeout: 240_000 });

export const ALL = { from: "1900-01-01", to: "2099-12-31" };
const MOST_TRIES = 30;

/** A BigQuery of its own in this process, by whose clock partitions expire, with a dataset, until the test ends. */
export async function faultRig(options: BigQueryOptions = {}, over: Partial<BigQueryConfig> = {}, theirs?: Clock) {
  const fake = new FakeBigQuery(theirs);
  const config = { ...configOf(await fake.start()), ...over };
  onTestFinished(() => fake.stop());
  const { client } = new BigQueryClient(config);
  await client.createDataset(config.dataset, { location: config.location });
  const troubles = new Troubles({ log: silentLog, clock: systemClock });
  const open = async (more: BigQueryOptions = {}) => {
    const warehouse = await openBigQueryWarehouse(config, { troubles, answerMs: 5_000, ...options, ...more });
    onTestFinished(() => warehouse.close());
    return warehouse;
  };
  const table = (name: string) => client.dataset(config.dataset).table(name);
  return { fake, config, troubles, open, table, warehouse: await open() };
}

/** Counts that come in at the minute of `seq`, so many as `seq` says. */
export const counted = (seq: number, day = "2026-03-02") => {
  const minute = new Date(Date.parse(`${day}T00:00:00Z`) + (seq % 1440) * 60_000);
  return countsRow(seq, minute.toISOString(), { in: seq });
};

/** Stores as ingest does: again and again while it throws. Each error must say what is wrong and what to do. */
export async function storedAtLast(
  warehouse: Warehouse,
  batch: IngestBatch,
): Promise<{ readonly outcome: StoreOutcome; readonly thrown: readonly AppError[] }> {
  const thrown: AppError[] = [];
  while (thrown.length < MOST_TRIES) {
    try {
      return { outcome: await warehouse.store(batch), thrown };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      expect(error.hint).not.toBe("");
      thrown.push(error);
    }
  }
  throw thrown.at(-1);
}

/** Each of these numbers is there once, as windows, in hours and in days, before and after a roll-up. */
export async function expectOnce(
  warehouse: Warehouse,
  seqs: readonly number[],
  stores: readonly StoreInfo[] = [SHIBUYA],
): Promise<void> {
  const read = async (span: "window" | "hour" | "day") => {
    const rows = await Promise.all(stores.map((store) => warehouse.traffic(store, ALL, span)));
    return rows.flat().map((row) => row.in);
  };
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  const ascending = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
  expect(ascending(await read("window"))).toEqual(ascending(seqs));
  const before = [sum(await read("hour")), sum(await read("day"))];
  await warehouse.rollUp(await warehouse.staleDates(stores));
  expect(await warehouse.staleDates(stores)).toEqual([]);
  const after = [sum(await read("hour")), sum(await read("day"))];
  expect([...before, ...after]).toEqual(Array.from({ length: 4 }, () => sum(seqs)));
}

/** A promise and what lets it go. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
