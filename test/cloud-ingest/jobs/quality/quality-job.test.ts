import { describe, expect, test } from "vitest";
import { addDays, datesOf } from "../../../../cloud-ingest/calendar.ts";
import { type JudgeThread, QUALITY, qualityJob } from "../../../../cloud-ingest/jobs/quality/quality-job.ts";
import { judgeAndClean } from "../../../../cloud-ingest/quality/judge-and-clean.ts";
import { createJudgeThread } from "../../../../cloud-ingest/quality/judge-thread.ts";
import { Registry } from "../../../../cloud-ingest/registry/registry.ts";
import { withCalendarRows } from "../../../../cloud-ingest/rows/known-calendar.ts";
import type { DerivedRow } from "../../../../cloud-ingest/warehouse/derived-port.ts";
import type { StoredRow } from "../../../../cloud-ingest/warehouse/row-port.ts";
import { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { QUIET_JOBS } from "../../../support/quiet-jobs.ts";
import { runJob } from "../../../support/run-job.ts";
import { tokyoStore } from "../../../support/sample-traffic.ts";
import { type Door, shopRows } from "./shop.ts";

const FROM = "2026-06-29";
const DAYS = 56;
const LAST = addDays(FROM, DAYS - 1);
const DEAD = { from: "2026-08-10", to: "2026-08-12" };
const isDead = (date: string) => date >= DEAD.from && date <= DEAD.to;
const MAIN: Door = { id: "main", people: 120 };
const SIDE: Door = { id: "side", people: 80 };
const DEAD_SIDE: Door = { ...SIDE, fault: (date, _, count) => (isDead(date) ? 0 : count) };
const GONE_SIDE: Door = { ...SIDE, fault: (date, _, count) => (isDead(date) ? undefined : count) };
const HOLIDAYS = { holidays: () => new Map<string, string>() };
/** In this process: a thread reads all modules anew, which takes longer than to judge. */
const HERE = (): JudgeThread => ({ ask: async (wish) => judgeAndClean(wish), close: async () => {} });

function setUp(
  doors: readonly Door[],
  { days = DAYS, stores = [tokyoStore], entries = [] as readonly StoredRow[], judgeThread = HERE } = {},
) {
  const warehouse = new FakeWarehouse();
  warehouse.sourced.set("calendar", entries);
  for (const [at, store] of stores.entries()) warehouse.put(store, "hour", shopRows(doors, FROM, days, at + 1));
  const clock = new ManualClock(`${addDays(FROM, days)}T03:00:00Z`);
  const config = QUIET_JOBS;
  const registry = () => withCalendarRows(new Registry([], HOLIDAYS), warehouse);
  return { warehouse, clock, job: qualityJob({ config, stores, warehouse, registry, clock, judgeThread }) };
}

const WISH = { from: FROM, to: LAST };
const hoursOf = (warehouse: FakeWarehouse) => warehouse.derivedRows.get("quality_hour") ?? [];
const repaired = (warehouse: FakeWarehouse) => hoursOf(warehouse).filter(({ kind }) => kind === "device");
const datesIn = (rows: readonly DerivedRow[]) => [...new Set(rows.map((row) => String(row.businessDate)))].sort();

describe.each([
  { name: "counts nothing", door: DEAD_SIDE, raw: 0 },
  { name: "sends nothing", door: GONE_SIDE, raw: null },
])("a door that $name for three days", ({ door, raw }) => {
  test("is repaired by what the other one counted, and nothing else is", async () => {
    const { warehouse, job } = setUp([MAIN, door]);
    expect(await runJob(job, WISH)).toMatchObject({ judged: 1, failures: [] });
    const rows = repaired(warehouse).filter(({ measure }) => measure === "in");
    expect(datesIn(rows)).toEqual(datesOf(DEAD));
    expect(new Set(rows.map(({ deviceId }) => deviceId))).toEqual(new Set(["cam-side"]));
    const truth = shopRows([MAIN, SIDE], FROM, DAYS).filter(
      ({ targetId, businessDate }) => targetId === "side" && isDead(businessDate),
    );
    const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
    const really = sum(truth.map((row) => row.in));
    expect(Math.abs(sum(rows.map(({ clean }) => Number(clean))) - really)).toBeLessThan(0.12 * really);
    for (const { raw: was, lo80, clean, hi80 } of rows) {
      expect(was).toBe(raw);
      expect(Number(lo80)).toBeLessThanOrEqual(Number(clean));
      expect(Number(clean)).toBeLessThanOrEqual(Number(hi80));
    }
    // On these days alone it has a low score.
    const scores = (warehouse.derivedRows.get("quality_score") ?? []).filter(({ deviceId }) => deviceId === "cam-side");
    expect(scores).toHaveLength(DAYS);
    expect(datesIn(scores.filter(({ score }) => Number(score) < 0.9))).toEqual(datesOf(DEAD));
  });
});

test("a shop in order has no repaired hour, judged in a thread of its own", async () => {
  const { warehouse, job } = setUp([MAIN, SIDE], { judgeThread: createJudgeThread });
  await runJob(job, WISH);
  expect(repaired(warehouse)).toEqual([]);
});

test("works on dates that it was told of, and forgets them; today waits until it is over", async () => {
  const { warehouse, job, clock } = setUp([MAIN, DEAD_SIDE]);
  const today = addDays(LAST, 1);
  await warehouse.noteChanged(QUALITY, [{ store: tokyoStore, dates: [DEAD.to, today] }]);
  await runJob(job);
  expect(datesIn(repaired(warehouse))).toEqual(datesOf(DEAD));
  expect((await warehouse.changedDates(QUALITY, [tokyoStore])).work).toEqual([{ store: tokyoStore, dates: [today] }]);
  clock.advance(24 * 3_600);
  await runJob(job);
  expect((await warehouse.changedDates(QUALITY, [tokyoStore])).work).toEqual([]);
});

test("a store that cannot be read is told, is kept for the next run, and the others are judged", async () => {
  const other = { ...tokyoStore, store: "umeda" };
  const { warehouse, job } = setUp([MAIN, DEAD_SIDE], { stores: [tokyoStore, other] });
  const replace = warehouse.replaceDerived.bind(warehouse);
  warehouse.replaceDerived = async (table, work, rows) => {
    if (work[0]?.store.store === "ginza") throw new Error("disk full");
    return replace(table, work, rows);
  };
  const work = [tokyoStore, other].map((store) => ({ store, dates: [DEAD.to] }));
  await warehouse.noteChanged(QUALITY, work);
  const failures = [{ tenant: "acme", store: "ginza", reason: "disk full" }];
  expect(await runJob(job)).toMatchObject({ judged: 1, failures });
  expect(new Set(repaired(warehouse).map(({ store }) => store))).toEqual(new Set(["umeda"]));
  expect((await warehouse.changedDates(QUALITY, [tokyoStore, other])).work).toEqual(work);
});

test("what could not be read is kept for the next run", async () => {
  const { warehouse, job } = setUp([MAIN, DEAD_SIDE]);
  const work = [{ store: tokyoStore, dates: [DEAD.to] }];
  await warehouse.noteChanged(QUALITY, work);
  const traffic = warehouse.traffic.bind(warehouse);
  warehouse.traffic = async () => {
    throw new Error("no network");
  };
  expect(await runJob(job)).toMatchObject({ failures: [{ reason: "no network" }] });
  expect((await warehouse.changedDates(QUALITY, [tokyoStore])).work).toEqual(work);
  warehouse.traffic = traffic;
  await runJob(job);
  expect(datesIn(repaired(warehouse))).toEqual(datesOf(DEAD));
  expect((await warehouse.changedDates(QUALITY, [tokyoStore])).work).toEqual([]);
});

test("the same dates again give the same rows", async () => {
  const { warehouse, job } = setUp([MAIN, DEAD_SIDE]);
  await runJob(job, WISH);
  const first = new Map(warehouse.derivedRows);
  await runJob(job, WISH);
  expect(warehouse.derivedRows).toEqual(first);
});

/** A row of a person, as the warehouse keeps it. */
const sourced = (date: string, columns: StoredRow["columns"], over: Partial<StoredRow> = {}): StoredRow => ({
  ...{ tenant: "acme", store: "ginza", key: `${date} ${JSON.stringify(columns)}`, version: 1, date, by: "anna" },
  ...{ receipt: "r", receivedAt: "2026-09-02T00:00:00.000Z", columns, ...over },
});

describe("rows that no device sent", () => {
  test("a correction goes before what was counted, in its hour alone, and the later one holds", async () => {
    const { warehouse, job } = setUp([MAIN, DEAD_SIDE]);
    const about = { device: "cam-side", camera: "street", target: "side", measure: "in", hour: 12 };
    const [first] = shopRows([SIDE], FROM, 1);
    expect(first).toMatchObject({ deviceId: "cam-side", targetId: "side" });
    about.camera = String(first?.cameraId);
    warehouse.sourced.set("correction", [
      sourced("2026-07-01", { ...about, value: 77 }, { receivedAt: "2026-09-03T00:00:00.000Z" }),
      sourced("2026-07-01", { ...about, value: 5 }),
      sourced(DEAD.from, { ...about, value: 41 }),
      sourced(DEAD.from, { ...about, value: 9, device: "cam-none" }),
    ]);
    await runJob(job, WISH);
    const rows = repaired(warehouse).filter(({ rule }) => rule === "correction");
    expect(rows.map(({ localStart, clean, lo80, hi80, method }) => [localStart, clean, lo80, hi80, method])).toEqual([
      ["2026-07-01T12:00:00", 77, 77, 77, "person"],
      [`${DEAD.from}T12:00:00`, 41, 41, 41, "person"],
    ]);
    const noon = repaired(warehouse).filter(
      ({ localStart, measure }) => localStart === `${DEAD.from}T12:00:00` && measure === "in",
    );
    expect(noon).toHaveLength(1);
  });

  test("an overrule lets the count stand", async () => {
    const { warehouse, job } = setUp([MAIN, DEAD_SIDE]);
    const columns = { device: "cam-side", to: "2026-08-11", verdict: "overrule", note: "seen on film" };
    warehouse.sourced.set("overrule", [sourced(DEAD.from, columns)]);
    await runJob(job, WISH);
    expect(datesIn(repaired(warehouse))).toEqual(["2026-08-12"]);
  });

  test("a closed day by a calendar entry is no fault of a device", async () => {
    const closed = sourced(DEAD.from, { what: "closed", says: "works in the street" });
    const { warehouse, job } = setUp([{ ...DEAD_SIDE, id: "main", people: 120 }, DEAD_SIDE], {
      entries: datesOf(DEAD).map((date) => ({ ...closed, date, key: date })),
    });
    await runJob(job, WISH);
    expect(datesIn(repaired(warehouse))).toEqual([]);
    const open = setUp([{ ...DEAD_SIDE, id: "main", people: 120 }, DEAD_SIDE]);
    await runJob(open.job, WISH);
    expect(datesIn(repaired(open.warehouse))).toEqual(datesOf(DEAD));
  });
});

describe("the word of a person", () => {
  const word = (verdict: string, from: string, to: string, saidAt: string, over: object = {}) => ({
    ...{ tenant: "acme", store: "ginza", businessDate: from, deviceId: "cam-side", cameraId: "", targetKind: "" },
    ...{ targetId: "", measure: "", localFrom: `${from}T00:00:00`, localTo: `${addDays(to, 1)}T00:00:00` },
    ...{ verdict, saidBy: "anna", saidAt, note: "", ...over },
  });

  test("against a flag lets the count stand, for ever", async () => {
    const { warehouse, job } = setUp([MAIN, DEAD_SIDE]);
    await warehouse.addDerived("quality_word", [word("overrule", DEAD.from, DEAD.from, "2026-09-01T00:00:00.000Z")]);
    await runJob(job, WISH);
    await runJob(job, WISH);
    expect(datesIn(repaired(warehouse))).toEqual(["2026-08-11", "2026-08-12"]);
  });

  test("for a fault that no rule saw has it repaired; the latest word wins", async () => {
    const { warehouse, job } = setUp([MAIN, SIDE]);
    await warehouse.addDerived("quality_word", [
      word("confirm", "2026-07-01", "2026-07-03", "2026-09-02T00:00:00.000Z"),
      word("overrule", "2026-07-02", "2026-07-02", "2026-09-03T00:00:00.000Z"),
      word("overrule", "2026-07-01", "2026-07-03", "2026-09-01T00:00:00.000Z"),
      word("confirm", "2026-07-08", "2026-07-08", "2026-09-01T00:00:00.000Z", { store: "other" }),
    ]);
    await runJob(job, WISH);
    const rows = repaired(warehouse);
    expect(datesIn(rows)).toEqual(["2026-07-01", "2026-07-03"]);
    expect(new Set(rows.map(({ rule, confidence }) => `${rule} ${confidence}`))).toEqual(new Set(["person 1"]));
  });
});
