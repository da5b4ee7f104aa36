import { onTestFinished } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { type ForecastWish, forecastAnswers } from "../../../../cloud-ingest/forecast/forecast-wish.ts";
import { Artefacts } from "../../../../cloud-ingest/jobs/forecast/artefacts.ts";
import type { ForecastParts, ForecastThread } from "../../../../cloud-ingest/jobs/forecast/forecast-job.ts";
import { Registry } from "../../../../cloud-ingest/registry/registry.ts";
import type { RegistryConfig } from "../../../../cloud-ingest/registry/registry-config.ts";
import type { StoreInfo } from "../../../../cloud-ingest/warehouse/port.ts";
import { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { LogRecorder } from "../../../support/log-recorder.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { QUIET_JOBS } from "../../../support/quiet-jobs.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { type Door, shopRows } from "../quality/shop.ts";

export const FROM = "2026-03-02";
export const DOORS: readonly Door[] = [
  { id: "main", people: 120 },
  { id: "side", people: 80 },
];

interface RigOptions {
  readonly days?: number;
  readonly stores?: readonly StoreInfo[];
  readonly level?: Omit<RegistryConfig, "tenant" | "stores">;
  readonly doors?: readonly Door[];
  /** Doors of the registry; default: those that count. */
  readonly named?: readonly string[];
}

/** A warehouse with a shop of two doors that the registry names, and what forecast jobs need; the thread answers in this process. */
export async function forecastRig({
  days = 120,
  stores = [tokyoStore],
  level = {},
  doors = DOORS,
  named: ids,
}: RigOptions = {}) {
  const warehouse = new FakeWarehouse();
  for (const [at, store] of stores.entries()) warehouse.put(store, "hour", shopRows(doors, FROM, days, at + 1));
  const named = Object.fromEntries(
    (ids ?? doors.map(({ id }) => id)).map((id) => [id, { targets: [`cam-${id}/street/${id}`] }]),
  );
  const config = {
    ...{ tenant: tokyoStore.tenant, ...level },
    stores: Object.fromEntries(stores.map(({ store }) => [store, { doors: named }])),
  };
  const file = { file: "registry.yaml", config, lineOf: () => 1 };
  const log = new LogRecorder();
  const clock = new ManualClock(`${addDays(FROM, days)}T03:00:00Z`);
  const dir = await tempDir();
  const asked: ForecastWish[] = [];
  const answer = forecastAnswers();
  const thread: ForecastThread = {
    ask: (wish, signal, onDone) => {
      signal.throwIfAborted();
      asked.push(wish);
      return answer(wish, onDone);
    },
    close: async () => {},
  };
  const parts: ForecastParts = {
    ...{ config: QUIET_JOBS, stores, warehouse, log, thread: () => thread },
    registry: async () => new Registry([file], { holidays: () => new Map() }),
    clock,
    artefacts: new Artefacts(dir, log),
  };
  onTestFinished(() => warehouse.close());
  return { warehouse, parts, clock, dir, log, asked, today: addDays(FROM, days) };
}
