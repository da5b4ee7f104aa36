import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { addNumbersOf, SeqIndex, tidy } from "../../../cloud-ingest/warehouse/duckdb/seq-index.ts";
import { covers, merged } from "../../../cloud-ingest/warehouse/duckdb/seq-range.ts";
import { Session } from "../../../cloud-ingest/warehouse/duckdb/session.ts";
import { createTable, SEQ_RANGE_COLUMNS } from "../../../cloud-ingest/warehouse/duckdb/tables.ts";
import { numberOf } from "../../../cloud-ingest/warehouse/row.ts";
import { CAM, countsMessage, countsRow, dataRow } from "./rows.ts";

const NOON = "2026-03-02T03:00:00Z";
const LIMITS = { rangesPerBoot: 50, rangesPerDevice: 80, growthBetweenCounts: 40 };

let session: Session;

beforeEach(async () => {
  const instance = await DuckDBInstance.create(":memory:");
  session = new Session(await instance.connect());
  await session.run(createTable("seq_range", SEQ_RANGE_COLUMNS));
});

const rowsOf = (seqs: readonly number[]) => seqs.map((seq) => countsRow(seq, NOON));
const ranges = async () =>
  (await session.rows("SELECT first_seq, last_seq FROM seq_range ORDER BY first_seq")).map((row) => [
    numberOf(row, "first_seq"),
    numberOf(row, "last_seq"),
  ]);
const size = async () => (await ranges()).length;

describe("the index of numbers", () => {
  it("tells new from known as a set does, in as few ranges as there are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(60), { maxLength: 12 }), { maxLength: 12 }), async (batches) => {
        await session.run("DELETE FROM seq_range");
        const index = new SeqIndex();
        const known = new Set<number>();
        for (const seqs of batches) {
          const expected = [...new Set(seqs)].filter((seq) => !known.has(seq));
          const fresh = await index.take(session, rowsOf(seqs));
          expect(fresh.map((row) => row.message.seq)).toEqual(expected);
          for (const seq of seqs) known.add(seq);
        }
        const singles = [...known].map((seq) => ({ first: seq, last: seq }));
        expect(await ranges()).toEqual(merged(singles).map(({ first, last }) => [first, last]));
      }),
      { numRuns: 20 },
    );
  });

  it("keeps tenants, stores, devices and boots apart, up to the largest number", async () => {
    const index = new SeqIndex();
    const most = Number.MAX_SAFE_INTEGER;
    const owners = [CAM, { ...CAM, tenant: "bravo" }, { ...CAM, store: "ueno" }];
    const rows = owners.map((owner) => dataRow(countsMessage(most, NOON), owner));
    const others = [countsRow(most, NOON, { bootId: "boot-00000002" }), countsRow(most, NOON, { deviceId: "cam-2" })];
    expect(await index.take(session, [...rows, ...others])).toHaveLength(5);
    expect(await index.take(session, [...rows, ...others])).toHaveLength(0);
  });

  it("is the same when it is made from the rows, in pieces", async () => {
    for (const seqs of [
      [1, 2, 3, 9],
      [5, 4, 9, 10],
    ])
      await addNumbersOf(
        session,
        `SELECT 'acme' AS tenant, 'shibuya' AS store, 'cam-1' AS device_id, 'boot-00000001' AS boot_id, unnest([${seqs}]) AS seq`,
      );
    expect(await new SeqIndex().take(session, rowsOf([3, 6, 10]))).toHaveLength(1);
    await tidy(session);
    expect(await ranges()).toEqual([
      [1, 6],
      [9, 10],
    ]);
  });

  it("forgets the lowest ranges of a boot first, and keeps as many as it may", async () => {
    const index = new SeqIndex({ ...LIMITS, rangesPerBoot: 3 });
    await index.take(session, rowsOf([1, 3, 5]));
    expect(await size()).toBe(3);
    await index.take(session, rowsOf([7]));
    expect(await ranges()).toEqual([
      [3, 3],
      [5, 5],
      [7, 7],
    ]);
    expect((await index.take(session, rowsOf([1, 3, 7]))).map((row) => row.message.seq)).toEqual([1]);
  });

  it("forgets the longest untouched ranges of a device, once it has grown by so many", async () => {
    const index = new SeqIndex({ rangesPerBoot: 50, rangesPerDevice: 2, growthBetweenCounts: 4 });
    const boots = (...names: readonly string[]) => names.map((bootId) => countsRow(1, NOON, { bootId }));
    const left = async () => (await session.rows("SELECT boot_id FROM seq_range")).map((row) => row.boot_id).sort();
    await index.take(session, boots("a"));
    await index.take(session, boots("b"));
    await index.take(session, boots("c"));
    expect(await left()).toEqual(["a", "b", "c"]);
    await index.take(session, [countsRow(2, NOON, { bootId: "a" })]);
    expect(await left()).toEqual(["a", "b", "c"]);
    await index.take(session, boots("d"));
    expect(await left()).toEqual(["a", "d"]);
    await index.take(session, boots("e", "f", "g"));
    expect(await left()).toEqual(["a", "d", "e", "f", "g"]);
  });

  it("stays small whatever numbers and boots a device makes up, and forgets nobody else's", async () => {
    const index = new SeqIndex(LIMITS);
    const honest = dataRow(countsMessage(1, NOON, { deviceId: "cam-2" }), { ...CAM, device: "cam-2" });
    await index.take(session, [honest]);
    for (let round = 0; round < 20; round++) {
      await index.take(session, rowsOf(Array.from({ length: 20 }, (_, at) => 2 * (20 * round + at))));
      expect(await size()).toBeLessThanOrEqual(1 + LIMITS.rangesPerBoot);
    }
    for (let round = 0; round < 20; round++) {
      const boots = Array.from({ length: 20 }, (_, at) => `boot-${String(1000 + 20 * round + at).padStart(8, "0")}`);
      await index.take(
        session,
        boots.map((bootId) => countsRow(1, NOON, { bootId })),
      );
      expect(await size()).toBeLessThanOrEqual(1 + LIMITS.rangesPerDevice + LIMITS.growthBetweenCounts + 20);
    }
    expect(await index.take(session, [honest])).toEqual([]);
  });
});

it("knows rows that stand in the table twice or overlap, and leaves one of each", async () => {
  await new SeqIndex().take(session, rowsOf([1, 2, 3, 9]));
  await session.run("INSERT INTO seq_range FROM seq_range");
  await session.run(
    "INSERT INTO seq_range SELECT * REPLACE (2 AS first_seq, 5 AS last_seq) FROM seq_range WHERE first_seq = 1 LIMIT 1",
  );
  const index = new SeqIndex();
  expect(await index.take(session, rowsOf([4, 9, 10]))).toHaveLength(1);
  expect(await new SeqIndex().take(session, rowsOf([1, 2, 3, 4, 5, 9, 10]))).toEqual([]);
});

it("a range covers what lies in it", () => {
  const some = [
    { first: 2, last: 4 },
    { first: 7, last: 7 },
  ];
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8].filter((seq) => covers(some, seq))).toEqual([2, 3, 4, 7]);
  expect(covers([], 1)).toBe(false);
  const many = Array.from({ length: 33 }, (_, nth) => ({ first: 3 * nth, last: 3 * nth + 1 }));
  expect(Array.from({ length: 101 }, (_, seq) => covers(many, seq))).toEqual(
    Array.from({ length: 101 }, (_, seq) => seq % 3 < 2 && seq < 98),
  );
});

it.each([
  { name: "nothing", in: [], out: [] },
  { name: "neighbours", in: ["1-2", "3-3"], out: ["1-3"] },
  { name: "a gap of one", in: ["1-2", "4-4"], out: ["1-2", "4-4"] },
  { name: "one within another", in: ["1-9", "3-4", "10-10"], out: ["1-10"] },
  { name: "some that overlap, in any order", in: ["7-9", "1-3", "8-12", "2-4"], out: ["1-4", "7-12"] },
  { name: "the same twice", in: ["5-5", "5-5"], out: ["5-5"] },
])("ranges are merged into the fewest: $name", ({ in: texts, out }) => {
  const ranges = texts.map((text) => text.split("-").map(Number)).map(([first = 0, last = 0]) => ({ first, last }));
  expect(merged(ranges).map(({ first, last }) => `${first}-${last}`)).toEqual(out);
});
