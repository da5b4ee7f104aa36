import { expect, test } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { clusterSeries } from "../../../../cloud-ingest/cluster/cluster-series.ts";
import { type ClusterThread, clusterJob } from "../../../../cloud-ingest/jobs/cluster/cluster-job.ts";
import { Registry } from "../../../../cloud-ingest/registry/registry.ts";
import type { TrafficRow } from "../../../../cloud-ingest/warehouse/port.ts";
import { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { QUIET_JOBS } from "../../../support/quiet-jobs.ts";
import { runJob } from "../../../support/run-job.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";
import { FROM, type MadeSeries, madeWeeks, SHAPES } from "../../cluster/made-weeks.ts";

const WEEKS = 27;
const LAST = addDays(FROM, WEEKS * 7 - 1);
const KINDS = Object.entries(SHAPES);
const TOWN: MadeSeries[] = KINDS.flatMap(([kind, shape]) => [0, 1, 2].map((i) => ({ name: `${kind}-${i}`, shape })));

/** Answers in this process. */
const HERE: ClusterThread = {
  ask: async ({ panel, previous }) => clusterSeries(panel, { previous }),
  close: async () => {},
};

function town(series: readonly MadeSeries[]) {
  const warehouse = new FakeWarehouse();
  const panel = madeWeeks(series, WEEKS);
  const stores = panel.names.map((store) => ({ ...tokyoStore, store }));
  stores.forEach((store, index) => {
    warehouse.put(
      store,
      "hour",
      Array.from(panel.values[index] ?? [], (count, slot) => rowOf(slot, count)),
    );
  });
  const registry = async () => new Registry([], { holidays: () => new Map<string, string>() });
  const clock = new ManualClock(`${addDays(LAST, 1)}T03:00:00Z`);
  return {
    warehouse,
    stores,
    clock,
    job: clusterJob({ config: QUIET_JOBS, stores, warehouse, registry, clock, clusterThread: () => HERE }),
  };
}

function rowOf(slot: number, count: number): TrafficRow {
  const date = addDays(FROM, Math.floor(slot / 24));
  const zone = { visits: 0, stops: 0, passersBy: 0, dwellS: 0, occupancyMean: 0, occupancyMax: 0 };
  return {
    ...{ deviceId: "cam", cameraId: "street", targetKind: "line", targetId: "door", targetName: "Door" },
    ...{ businessDate: date, localStart: `${date}T${String(slot % 24).padStart(2, "0")}:00:00` },
    ...{ spanS: 3600, in: count, out: count, observedS: 3600, ...zone },
  };
}

test("every store has its cluster and its name in both languages; a store that changes its kind is told, the others keep their ids", async () => {
  const { warehouse, job } = town(TOWN);
  expect(await runJob(job)).toMatchObject({ tenants: 1, clustered: 9, moved: 0, failures: [] });
  const rows = warehouse.derivedRows.get("cluster") ?? [];
  expect(
    rows.map(({ businessDate, place, clusters, splitHalf, movedFrom }) => [
      businessDate,
      place,
      clusters,
      splitHalf,
      movedFrom,
    ]),
  ).toEqual(TOWN.map(() => [LAST, "", 3, 1, null]));
  const idOf = (store: string, from = rows) => from.find((row) => row.store === store)?.cluster;
  for (const [kind] of KINDS) expect(new Set([0, 1, 2].map((i) => idOf(`${kind}-${i}`))).size).toBe(1);
  expect(rows.find(({ store }) => store === "night-0")).toMatchObject({ nameEn: "night", nameJa: "夜型", isOdd: 0 });

  const changed = town(TOWN.map((one) => (one.name === "night-0" ? { ...one, shape: SHAPES.leisure } : one)));
  const before = rows.map((row) => ({ ...row, businessDate: addDays(LAST, -7) }));
  await changed.warehouse.addDerived("cluster", before);
  expect(await runJob(changed.job)).toMatchObject({ clustered: 9, moved: 1 });
  const after = (changed.warehouse.derivedRows.get("cluster") ?? []).filter(
    ({ businessDate }) => businessDate === LAST,
  );
  for (const { store, cluster, movedFrom } of after) {
    const isMover = store === "night-0";
    expect([store, cluster]).toEqual([store, idOf(isMover ? "leisure-0" : String(store))]);
    expect(movedFrom).toBe(isMover ? idOf("night-0") : null);
  }
});

test("a tenant without counts has no rows, and that is no failure", async () => {
  const { warehouse, job, stores } = town([{ name: "a", shape: SHAPES.night }]);
  warehouse.put(stores[0] ?? tokyoStore, "hour", []);
  expect(await runJob(job)).toMatchObject({ clustered: 0, failures: [] });
});
