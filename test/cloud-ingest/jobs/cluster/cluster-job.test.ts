import { expect, test } from "vitest";
import { addDays, type DateRange } from "../../../../cloud-ingest/calendar.ts";
import { answerWish } from "../../../../cloud-ingest/cluster/answer-wish.ts";
import { type ClusterThread, clusterJob } from "../../../../cloud-ingest/jobs/cluster/cluster-job.ts";
import { Registry } from "../../../../cloud-ingest/registry/registry.ts";
import type { RegistryConfig } from "../../../../cloud-ingest/registry/registry-config.ts";
import type { StoreInfo, TrafficRow } from "../../../../cloud-ingest/warehouse/port.ts";
import { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { LogRecorder } from "../../../support/log-recorder.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { QUIET_JOBS } from "../../../support/quiet-jobs.ts";
import { runJob } from "../../../support/run-job.ts";
import { tokyoStore, trafficRow } from "../../../support/sample-traffic.ts";
import { dateOf, FROM, type MadeSeries, madeWeeks, SHAPES } from "../../cluster/made-weeks.ts";

const WEEKS = 27;
const LAST = addDays(FROM, WEEKS * 7 - 1);
const KINDS = Object.entries(SHAPES);
const TOWN: MadeSeries[] = KINDS.flatMap(([kind, shape]) => [0, 1, 2].map((i) => ({ name: `${kind}-${i}`, shape })));

/** Answers in this process. */
const HERE: ClusterThread = {
  ask: async (wish) => answerWish(wish),
  close: async () => {},
};

interface TownOptions {
  /** Zones of each store, with their weeks. */
  readonly zones?: readonly MadeSeries[];
  /** What the registry says of dates. */
  readonly days?: NonNullable<RegistryConfig["days"]>;
  readonly last?: string;
}

function town(series: readonly MadeSeries[], { zones = [], days = [], last = LAST }: TownOptions = {}) {
  const warehouse = new FakeWarehouse();
  const weeks = Math.ceil((Date.parse(last) - Date.parse(FROM)) / 86_400_000 / 7);
  const panel = madeWeeks(series, weeks);
  const areas = madeWeeks(zones, weeks);
  const stores = panel.names.map((store) => ({ ...tokyoStore, store }));
  const zoneRows = areas.names.flatMap((targetId, index) =>
    Array.from(areas.values[index] ?? [], (visits, slot) => zoneRow(slot, targetId, visits)),
  );
  stores.forEach((store, index) => {
    const rows = Array.from(panel.values[index] ?? [], (count, slot) => rowOf(slot, count));
    warehouse.put(store, "hour", [...rows, ...zoneRows]);
  });
  const file = { file: "registry.yaml", lineOf: () => 1, config: { tenant: tokyoStore.tenant, stores: {}, days } };
  const registry = async () => new Registry([file], { holidays: () => new Map<string, string>() });
  const clock = new ManualClock(`${addDays(last, 1)}T03:00:00Z`);
  const log = new LogRecorder();
  return {
    ...{ warehouse, stores, clock, log },
    job: clusterJob({ config: QUIET_JOBS, stores, warehouse, registry, clock, log, clusterThread: () => HERE }),
  };
}

function zoneRow(slot: number, targetId: string, visits: number): TrafficRow {
  return { ...rowOf(slot, 0), targetKind: "zone", targetId, targetName: targetId, visits };
}

const EMPTY = trafficRow({ deviceId: "cam", cameraId: "street", targetId: "door", targetName: "Door" });
const DATES = Array.from({ length: (WEEKS + 1) * 7 }, (_, day) => dateOf(day));

function rowOf(slot: number, count: number): TrafficRow {
  const businessDate = DATES[Math.floor(slot / 24)] ?? "";
  const localStart = `${businessDate}T${String(slot % 24).padStart(2, "0")}:00:00`;
  return { ...EMPTY, businessDate, localStart, in: count, out: count };
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
  expect(await runJob(job)).toMatchObject({ clustered: 0, withKinds: 0, withoutKinds: 1, failures: [] });
});

const SHOP = { name: "shop", shape: SHAPES.commuter, size: 4 };
const dayKindsOf = (warehouse: FakeWarehouse, store = "shop") =>
  (warehouse.derivedRows.get("day_kind") ?? []).filter((row) => row.store === store);

/** Hours of a date take the course of another. */
function copyDay(warehouse: FakeWarehouse, store: StoreInfo, { from, to }: DateRange): void {
  const key = `${store.tenant}/${store.store}/hour`;
  const rows = warehouse.rows.get(key) ?? [];
  const course = rows.filter(({ businessDate }) => businessDate === from);
  const kept = rows.filter(({ businessDate }) => businessDate !== to);
  const copied = course.map((row) => ({ ...row, businessDate: to, localStart: `${to}${row.localStart.slice(10)}` }));
  warehouse.rows.set(key, [...kept, ...copied]);
}

test("each date of a store has its kind, holidays named among them; closed, shocked and repaired dates have none", async () => {
  const [holiday, closed, shocked, repaired] = [-24, -31, -38, -46].map((back) => addDays(LAST, back)) as [
    string,
    string,
    string,
    string,
  ];
  const days = [
    { on: holiday, holiday: "Sports Day" },
    { on: closed, closed: "stocktaking" },
    { on: shocked, shock: "typhoon" },
  ];
  const { warehouse, job, stores } = town([SHOP], { days });
  const [shop = tokyoStore] = stores;
  copyDay(warehouse, shop, { from: addDays(LAST, -21), to: holiday });
  const flag = { localStart: `${repaired}T12:00:00`, deviceId: "cam", cameraId: "street", targetKind: "line" };
  await warehouse.addDerived("quality_hour", [
    {
      ...{ tenant: shop.tenant, store: shop.store, businessDate: repaired, ...flag, targetId: "door", measure: "in" },
      ...{ raw: 3, clean: 80, kind: "device", rule: "dead" },
    },
  ]);
  expect(await runJob(job)).toMatchObject({ withKinds: 1, withoutKinds: 0, failures: [] });
  const rows = dayKindsOf(warehouse);
  expect(rows).toHaveLength(182 - 3);
  const on = (date: string) => rows.find(({ businessDate }) => businessDate === date);
  expect([closed, shocked, repaired].map(on)).toEqual([undefined, undefined, undefined]);
  expect(on(holiday)).toMatchObject({ nameEn: "Sat, Sun, holidays", nameJa: "土・日・祝日", kinds: 2, splitHalf: 1 });
  expect(on(addDays(LAST, -2))).toMatchObject({ nameEn: "Mon-Fri", isOdd: 0, runDate: LAST });
  const profile: number[] = JSON.parse(String(on(addDays(LAST, -2))?.profile));
  expect(profile).toHaveLength(24);
  expect(profile.indexOf(Math.max(...profile))).toBe(8);
});

test("hours of the week in which nobody ever counts are hours without people, no gap", async () => {
  const { warehouse, job, stores } = town([SHOP], { zones: [{ name: "shelf", shape: SHAPES.leisure }] });
  const [shop = tokyoStore] = stores;
  const rows = await warehouse.traffic(shop, { from: FROM, to: LAST }, "hour");
  const isOpen = ({ localStart }: TrafficRow) => Number(localStart.slice(11, 13)) >= 6;
  warehouse.put(shop, "hour", rows.filter(isOpen));
  expect(await runJob(job)).toMatchObject({ withKinds: 1, clustered: 2, leftOut: 0 });
  expect(dayKindsOf(warehouse)).toHaveLength(182);
  expect(warehouse.derivedRows.get("cluster")?.map(({ level }) => level)).toEqual(["store", "zone"]);
});

test("a run again gives the same rows; the next one keeps the ids and leaves none of the run before", async () => {
  const first = town([SHOP]);
  await runJob(first.job);
  const once = dayKindsOf(first.warehouse);
  await runJob(first.job);
  expect(dayKindsOf(first.warehouse)).toEqual(once);

  // The kinds of the run before have other ids than a first run gives.
  const later = town([SHOP], { last: addDays(LAST, 7) });
  const other = new Map([...new Set(once.map(({ kind }) => Number(kind)))].map((kind) => [kind, kind + 5]));
  await later.warehouse.addDerived(
    "day_kind",
    once.map((row) => ({ ...row, kind: other.get(Number(row.kind)) ?? 0 })),
  );
  await runJob(later.job);
  const rows = dayKindsOf(later.warehouse);
  expect(rows).toHaveLength(182);
  expect(new Set(rows.map(({ runDate }) => runDate))).toEqual(new Set([addDays(LAST, 7)]));
  expect(rows.map(({ businessDate }) => String(businessDate)).sort()[0]).toBe(addDays(LAST, 7 - 181));
  for (const { businessDate, kind } of rows) {
    const before = once.find((row) => row.businessDate === businessDate);
    if (before) expect(kind).toBe(other.get(Number(before.kind)));
  }
});

test("a store with too little history has no kinds, not even those of a run before, and the log says so", async () => {
  const { warehouse, job, log, stores } = town([SHOP, { ...SHOP, name: "young" }]);
  const young = stores[1] ?? tokyoStore;
  const rows = await warehouse.traffic(young, { from: addDays(LAST, -20), to: LAST }, "hour");
  warehouse.put(young, "hour", rows);
  const old = { tenant: young.tenant, store: "young", businessDate: addDays(LAST, -300), kind: 1 };
  await warehouse.addDerived("day_kind", [old]);
  expect(await runJob(job)).toMatchObject({ withKinds: 1, withoutKinds: 1, failures: [] });
  expect(dayKindsOf(warehouse, "young")).toEqual([]);
  expect(log.lines).toEqual([
    "info stores with too few whole days have no kinds of days",
    "info places without a usual week are in no cluster",
  ]);
  const { tenant } = tokyoStore;
  expect(log.fields).toEqual([
    { tenant, stores: ["young"] },
    { tenant, leftOut: { "store: too short": 1 } },
  ]);
});

test("a run of an older date leaves the kinds of a later run, and says so", async () => {
  const { warehouse, job, log } = town([SHOP]);
  await runJob(job);
  const once = dayKindsOf(warehouse);
  for (const to of [addDays(LAST, -7), "2024-01-01"]) {
    expect(await runJob(job, { to })).toMatchObject({ withKinds: 0, withoutKinds: 0, keptKinds: 1, failures: [] });
    expect(dayKindsOf(warehouse)).toEqual(once);
    expect(log.lines).toContain("info stores keep kinds of days of a later run than the date asked for");
  }
});

test("an older date is told where no later run has been; rows of a date that is not over yet give way", async () => {
  const { warehouse, job } = town([SHOP]);
  const to = addDays(LAST, -7);
  const ahead = addDays(LAST, 400);
  const row = { tenant: tokyoStore.tenant, store: "shop", businessDate: addDays(LAST, -400), kind: 1, runDate: ahead };
  await warehouse.addDerived("day_kind", [row]);
  expect(await runJob(job, { to })).toMatchObject({ withKinds: 1, keptKinds: 0 });
  expect(new Set(dayKindsOf(warehouse).map(({ runDate }) => runDate))).toEqual(new Set([to]));
  expect(await runJob(job)).toMatchObject({ withKinds: 1, keptKinds: 0 });
  expect(new Set(dayKindsOf(warehouse).map(({ runDate }) => runDate))).toEqual(new Set([LAST]));
});

test.each([1, 400])("a date that is %i days from being over is refused", async (days) => {
  const { warehouse, job } = town([SHOP]);
  await expect(runJob(job, { to: addDays(LAST, days) })).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining(`cannot run to ${addDays(LAST, days)}`),
    hint: `Give a date up to ${LAST}, or none.`,
  });
  expect([...warehouse.derivedRows]).toEqual([]);
});

test("days that are all alike are one kind; a store that nobody enters has none", async () => {
  const { warehouse, job } = town([
    { name: "even", shape: (_, hour) => SHAPES.leisure(0, hour), size: 4 },
    { name: "empty", shape: () => 0 },
  ]);
  expect(await runJob(job)).toMatchObject({ withKinds: 1, withoutKinds: 1, failures: [] });
  const rows = dayKindsOf(warehouse, "even");
  expect(new Set(rows.map(({ kinds, splitHalf }) => `${kinds} ${splitHalf}`))).toEqual(new Set(["1 null"]));
});

test("zones are compared within their store and keep their ids; one that changes its kind is told", async () => {
  const zones = KINDS.slice(0, 2).flatMap(([kind, shape]) => [0, 1, 2].map((i) => ({ name: `${kind}-${i}`, shape })));
  const { warehouse, job } = town([SHOP, { ...SHOP, name: "other" }], { zones });
  expect(await runJob(job)).toMatchObject({ moved: 0, failures: [] });
  const zoneRows = (from: FakeWarehouse, store = "shop") =>
    (from.derivedRows.get("cluster") ?? []).filter(
      (row) => row.level === "zone" && row.store === store && row.businessDate === LAST,
    );
  const rows = zoneRows(warehouse);
  expect(rows.map(({ place, clusters }) => [place, clusters])).toEqual(
    zones.map(({ name }) => [`cam/street/${name}`, 2]),
  );
  expect(zoneRows(warehouse, "other")).toHaveLength(6);
  expect((warehouse.derivedRows.get("cluster") ?? []).filter(({ level }) => level === "store")).toHaveLength(2);

  const changed = town([SHOP], {
    zones: zones.map((one) => (one.name === "commuter-2" ? { ...one, shape: SHAPES.leisure } : one)),
  });
  await changed.warehouse.addDerived(
    "cluster",
    rows.map((row) => ({ ...row, businessDate: addDays(LAST, -7), cluster: Number(row.cluster) + 3 })),
  );
  // The store failed in the run between.
  await changed.warehouse.addDerived("cluster", [
    {
      tenant: tokyoStore.tenant,
      store: "shop",
      level: "store",
      place: "",
      businessDate: addDays(LAST, -3),
      cluster: 1,
    },
  ]);
  expect(await runJob(changed.job)).toMatchObject({ moved: 1 });
  for (const { place, cluster, movedFrom } of zoneRows(changed.warehouse)) {
    const before = rows.find((row) => row.place === place);
    if (place === "cam/street/commuter-2") expect(movedFrom).toBe(Number(before?.cluster) + 3);
    else expect([cluster, movedFrom]).toEqual([Number(before?.cluster) + 3, null]);
  }
});

test("three zones are one cluster", async () => {
  const zones = KINDS.map(([name, shape]) => ({ name, shape }));
  const { warehouse, job } = town([SHOP], { zones });
  await runJob(job);
  const rows = (warehouse.derivedRows.get("cluster") ?? []).filter(({ level }) => level === "zone");
  expect(rows.map(({ clusters }) => clusters)).toEqual([1, 1, 1]);
});

test("a store that cannot be read is told and keeps its rows; the others are done", async () => {
  const { warehouse, job, stores } = town([...TOWN, SHOP]);
  const broken = stores[0]?.store ?? "";
  const read = warehouse.traffic.bind(warehouse);
  warehouse.traffic = async (store, ...asked) => {
    if (store.store === broken) throw new Error("the disk is gone");
    return read(store, ...asked);
  };
  const own = { tenant: tokyoStore.tenant, store: broken, businessDate: LAST };
  await warehouse.addDerived("day_kind", [{ ...own, kind: 1 }]);
  await warehouse.addDerived("cluster", [{ ...own, level: "store", place: "", cluster: 1 }]);
  expect(await runJob(job)).toMatchObject({
    ...{ clustered: 9, withKinds: 9 },
    failures: [{ tenant: tokyoStore.tenant, store: broken, reason: "the disk is gone" }],
  });
  expect(dayKindsOf(warehouse, broken)).toHaveLength(1);
  const alike = warehouse.derivedRows.get("cluster") ?? [];
  expect(alike.filter(({ store }) => store === broken)).toHaveLength(1);
  expect(dayKindsOf(warehouse, "shop")).toHaveLength(182);
});

test("where no store can be read, the step fails and nothing is written", async () => {
  const { warehouse, job } = town([SHOP, { ...SHOP, name: "other" }]);
  warehouse.traffic = async () => {
    throw new Error("the disk is gone");
  };
  const { failures } = await runJob({ ...job, retries: 0 });
  expect(failures).toEqual([{ step: tokyoStore.tenant, reason: "the disk is gone" }]);
  expect([...warehouse.derivedRows]).toEqual([]);
});
