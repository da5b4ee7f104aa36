import { expect, it } from "vitest";
import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { expiredRows, firstWholeDate } from "../../../../cloud-ingest/warehouse/bigquery/expiry.ts";
import type { Warehouse } from "../../../../cloud-ingest/warehouse/port.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { batch, quarantineRow, SHIBUYA } from "../rows.ts";
import { ALL, counted, faultRig, gate } from "./fault-rig.ts";

const DAY = "2026-03-02";
const KEEP_DAYS = 60;
const NOON = "T12:00:00Z";

/** A dataset that keeps counts for sixty days, whose clock is ours, with a day that is rolled up. */
async function rolledUp() {
  const clock = new ManualClock(`${DAY}${NOON}`);
  const rig = await faultRig({ clock }, { keepDays: KEEP_DAYS }, clock);
  await rig.warehouse.store(batch(1, { data: [counted(1, DAY), counted(2, DAY)] }));
  await rig.warehouse.rollUp(await rig.warehouse.staleDates([SHIBUYA]));
  return { ...rig, clock };
}

async function sums(warehouse: Warehouse) {
  const of = async (span: "hour" | "day") =>
    (await warehouse.traffic(SHIBUYA, ALL, span)).reduce((sum, row) => sum + row.in, 0);
  return [await of("hour"), await of("day")];
}

it.each([KEEP_DAYS - 3, KEEP_DAYS + 1])(
  "hours and days outlive their counts, %i days later, whatever comes late and whoever asks for a roll-up",
  async (days) => {
    const { warehouse, clock } = await rolledUp();
    clock.set(`${addDays(DAY, days)}${NOON}`);
    const late = [counted(3, DAY), counted(4, addDays(DAY, days))];
    const { refused = [] } = await warehouse.store(batch(2, { data: late }));
    expect(refused).toMatchObject([{ index: 0, reason: expect.stringContaining("keepDays") }]);
    await warehouse.store(batch(2, { data: late.slice(1), quarantine: [quarantineRow(3, `${DAY}${NOON}`)] }));
    await warehouse.rollUp([{ store: SHIBUYA, dates: [addDays(DAY, -1), DAY, addDays(DAY, 1)] }]);
    await warehouse.rollUp(await warehouse.staleDates([SHIBUYA]));
    expect(await sums(warehouse)).toEqual([7, 7]);
  },
);

it("what is out of quarantine too late to be kept stays there", async () => {
  const { warehouse, clock } = await rolledUp();
  clock.set(`${addDays(DAY, KEEP_DAYS + 1)}${NOON}`);
  const replayed = await warehouse.replay([{ messageId: "inbox:9", data: counted(9, DAY) }], `${DAY}${NOON}`);
  expect(replayed).toEqual({ stored: 0, duplicate: 0, quarantined: 1 });
});

it("a date that was noted and not rolled up before it expired keeps its hours, and is noted no longer", async () => {
  const { warehouse, clock } = await rolledUp();
  await warehouse.store(batch(2, { data: [counted(3, DAY)] }));
  clock.set(`${addDays(DAY, KEEP_DAYS + 1)}${NOON}`);
  expect(await sums(warehouse)).toEqual([3, 3]);
  await warehouse.rollUp(await warehouse.staleDates([SHIBUYA]));
  expect(await sums(warehouse)).toEqual([3, 3]);
  expect(await warehouse.staleDates([SHIBUYA])).toEqual([]);
});

it("hours and days outlive their counts where our clock is far behind BigQuery's", async () => {
  const theirs = new ManualClock(`${DAY}${NOON}`);
  const { warehouse } = await faultRig({ clock: new ManualClock(`${DAY}${NOON}`) }, { keepDays: KEEP_DAYS }, theirs);
  await warehouse.store(batch(1, { data: [counted(1, DAY)] }));
  await warehouse.rollUp(await warehouse.staleDates([SHIBUYA]));
  theirs.set(`${addDays(DAY, KEEP_DAYS + 1)}${NOON}`);
  await warehouse.rollUp([{ store: SHIBUYA, dates: [DAY] }]);
  expect(await sums(warehouse)).toEqual([1, 1]);
});

it("a roll-up leaves out nothing where our clock is far ahead of BigQuery's", async () => {
  const { warehouse, open } = await rolledUp();
  await warehouse.store(batch(2, { data: [counted(3, DAY)] }));
  const ahead = await open({ clock: new ManualClock(`${addDays(DAY, KEEP_DAYS + 1)}${NOON}`) });
  await ahead.rollUp(await ahead.staleDates([SHIBUYA]));
  expect(await sums(warehouse)).toEqual([6, 6]);
});

it("hours and days outlive counts that expire while a roll-up runs", async () => {
  const { fake, warehouse, clock } = await rolledUp();
  clock.set(`${addDays(DAY, KEEP_DAYS - 4)}T23:59:59Z`);
  const late = gate();
  const begun = fake.rest.faults.calls("jobs.run");
  fake.rest.faults.add("jobs.run", { kind: "late", until: late.opened }, { after: 2 });
  const rolling = warehouse.rollUp([{ store: SHIBUYA, dates: [DAY] }]);
  await expect.poll(() => fake.rest.faults.calls("jobs.run"), { timeout: 20_000 }).toBeGreaterThan(begun);
  clock.advance(20 * 3_600);
  late.open();
  await rolling;
  expect(await sums(warehouse)).toEqual([3, 3]);
});

it("a date is whole for four days less than counts are kept, and taken for three less than that", () => {
  const nowMs = Date.parse(`${DAY}${NOON}`);
  expect(firstWholeDate({ keepDays: KEEP_DAYS }, nowMs)).toBe(addDays(DAY, 4 - KEEP_DAYS));
  const oldest = addDays(DAY, 7 - KEEP_DAYS);
  const rows = [counted(1, oldest), counted(2, addDays(oldest, -1))];
  expect(expiredRows(rows, { keepDays: KEEP_DAYS }, nowMs).map(({ index }) => index)).toEqual([1]);
});
