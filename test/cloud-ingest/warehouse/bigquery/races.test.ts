import { describe, expect, it, vi } from "vitest";
import type { Warehouse } from "../../../../cloud-ingest/warehouse/port.ts";
import { closedRow } from "../row-suite.ts";
import { batch, birthMessage, countsRow, presenceRow, SHIBUYA, stateMessage } from "../rows.ts";
import { ALL, counted, expectOnce, faultRig, gate } from "./fault-rig.ts";

const WAIT = { timeout: 20_000, interval: 5 };
/** Google's client tries other statuses of the kind again by itself, for seconds. */
const CUT_OFF = 501;
/** Statements of a roll-up of one day: what was noted, hours, days, what is done with. */
const ROLL_UP = 4;

describe("a roll-up", () => {
  it.each(Array.from({ length: ROLL_UP }, (_, i) => i))(
    "clears only what it has seen, when counts come in before its statement %i",
    async (before) => {
      const { fake, warehouse } = await faultRig();
      await warehouse.store(batch(1, { data: [counted(1), counted(700)] }));
      const work = await warehouse.staleDates([SHIBUYA]);
      const { faults } = fake.rest;
      const late = gate();
      const begun = faults.calls("jobs.run");
      faults.add("jobs.run", { kind: "late", until: late.opened }, { after: before });
      const rolling = warehouse.rollUp(work);
      await vi.waitFor(() => expect(faults.calls("jobs.run")).toBe(begun + before + 1), WAIT);
      await warehouse.store(batch(2, { data: [counted(2), counted(701)] }));
      late.open();
      await rolling;
      await expectOnce(warehouse, [1, 2, 700, 701]);
    },
  );

  it.each(Array.from({ length: ROLL_UP }, (_, i) => i))(
    "that is cut off at its statement %i is done again",
    async (at) => {
      const { fake, open, warehouse } = await faultRig();
      await warehouse.store(batch(1, { data: [counted(1), counted(700)] }));
      const work = await warehouse.staleDates([SHIBUYA]);
      fake.rest.faults.add("jobs.run", { kind: at % 2 === 0 ? "fail" : "lose", code: CUT_OFF }, { after: at });
      await expect(warehouse.rollUp(work)).rejects.toMatchObject({ retryable: true });
      await expectOnce(await open(), [1, 700]);
    },
  );

  it("is not fooled by a replay that has its number before a batch and its rows after it", async () => {
    const { fake, warehouse } = await faultRig();
    await warehouse.store(batch(1, { data: [counted(1)] }));
    const { faults } = fake.rest;
    const late = gate();
    const begun = faults.calls("jobs.run");
    // After the questions what was replayed and what is known: the load of the old day.
    faults.add("jobs.run", { kind: "late", until: late.opened }, { after: 2 });
    const old = counted(7, "2005-07-01");
    const replaying = warehouse.replay([{ messageId: "inbox:9", data: old }], "2026-03-02T04:00:00Z");
    await vi.waitFor(() => expect(faults.calls("jobs.run")).toBe(begun + 3), WAIT);
    const storing = warehouse.store(batch(2, { data: [counted(2)] }));
    for (let look = 0; look < 3; look++) await warehouse.ledger();
    const clearing = gate();
    const rest = faults.calls("jobs.run");
    faults.add("jobs.run", { kind: "late", until: clearing.opened }, { after: ROLL_UP - 1 });
    const rolling = warehouse.rollUp([{ store: SHIBUYA, dates: ["2005-07-01", "2026-03-02"] }]);
    await vi.waitFor(() => expect(faults.calls("jobs.run")).toBe(rest + ROLL_UP), WAIT);
    late.open();
    await replaying;
    clearing.open();
    await Promise.all([rolling, storing]);
    await expectOnce(warehouse, [1, 2, 7]);
  });

  it("of one process goes with the counts of others", async () => {
    const { open, warehouse } = await faultRig();
    const others = await Promise.all([open(), open()]);
    const data = (seq: number) => ({ data: [counted(seq)], presence: [], quarantine: [] });
    const storing = others.map(async (one, i) => {
      for (let n = 0; n < 8; n++) await one.store(data(100 * i + n + 1));
    });
    const done = Promise.all(storing);
    let isDone = false;
    void done.then(() => {
      isDone = true;
    });
    while (!isDone) await warehouse.rollUp(await warehouse.staleDates([SHIBUYA]));
    await done;
    await expectOnce(
      warehouse,
      [0, 100].flatMap((from) => Array.from({ length: 8 }, (_, n) => from + n + 1)),
    );
  });
});

describe("settling what was heard of devices", () => {
  const AT = "2026-03-02T03:00:00.000Z";
  const LATER = "2026-03-02T04:00:00.000Z";
  const LATEST = "2026-03-02T05:00:00.000Z";

  async function heard(warehouse: Warehouse): Promise<void> {
    await warehouse.store(
      batch(1, {
        data: [countsRow(1, AT)],
        presence: [presenceRow(stateMessage("online", "boot-00000001", AT)), presenceRow(birthMessage(AT))],
      }),
    );
  }

  it.each([0, 1, 2, 3, 4])("loses and doubles nothing when it is cut off at its statement %i", async (at) => {
    const { fake, open, warehouse } = await faultRig();
    await heard(warehouse);
    const before = [await warehouse.devices(SHIBUYA), await warehouse.lastSeen()];
    fake.rest.faults.add("jobs.run", { kind: "fail", code: CUT_OFF }, { after: at });
    await expect(warehouse.settle()).rejects.toMatchObject({ retryable: true });
    expect([await warehouse.devices(SHIBUYA), await warehouse.lastSeen()]).toEqual(before);
    await warehouse.store(batch(2, { presence: [presenceRow(birthMessage(AT), LATER)] }));
    const after = await open();
    await after.settle();
    expect(await after.devices(SHIBUYA)).toMatchObject([{ lastSeenAt: LATER, online: true, agentVersion: "0.1.0" }]);
    const [row] = await after.traffic(SHIBUYA, ALL, "window");
    expect(row?.targetName).toBe("Entrance");
  });

  it.each([0, 1, 2, 3, 4])("keeps what is heard before its statement %i and not read yet", async (before) => {
    const { fake, warehouse } = await faultRig();
    await heard(warehouse);
    const { faults } = fake.rest;
    const late = gate();
    const begun = faults.calls("jobs.run");
    faults.add("jobs.run", { kind: "late", until: late.opened }, { after: before });
    const settling = warehouse.settle();
    await vi.waitFor(() => expect(faults.calls("jobs.run")).toBeGreaterThan(begun + before), WAIT);
    await warehouse.store(batch(2, { presence: [presenceRow(birthMessage(AT, { agentVersion: "0.2.0" }), LATER)] }));
    late.open();
    await settling;
    expect(await warehouse.devices(SHIBUYA)).toMatchObject([{ lastSeenAt: LATER, agentVersion: "0.2.0" }]);
  });

  it.each([1, 2, 3, 4])("of a second leader that hangs at its statement %i takes back nothing", async (before) => {
    const { fake, open, warehouse } = await faultRig();
    const other = await open();
    await heard(warehouse);
    const { faults } = fake.rest;
    const late = gate();
    const begun = faults.calls("jobs.run");
    faults.add("jobs.run", { kind: "late", until: late.opened }, { after: before });
    const settling = other.settle();
    await vi.waitFor(() => expect(faults.calls("jobs.run")).toBeGreaterThan(begun + before), WAIT);
    await warehouse.settle();
    await warehouse.store(batch(2, { presence: [presenceRow(birthMessage(LATER, { agentVersion: "0.2.0" }), LATER)] }));
    await warehouse.settle();
    await warehouse.store(batch(3, { data: [countsRow(2, LATEST)] }));
    late.open();
    await settling;
    const expected = [{ lastSeenAt: LATEST, agentVersion: "0.2.0" }];
    expect(await warehouse.devices(SHIBUYA)).toMatchObject(expected);
    await warehouse.settle();
    expect(await warehouse.devices(SHIBUYA)).toMatchObject(expected);
  });

  it("is seen whole by who reads meanwhile", async () => {
    const { fake, warehouse } = await faultRig();
    await heard(warehouse);
    const before = await warehouse.devices(SHIBUYA);
    const { faults } = fake.rest;
    const late = gate();
    const begun = faults.calls("jobs.run");
    faults.add("jobs.run", { kind: "late", until: late.opened }, { after: 1 });
    const reading = warehouse.devices(SHIBUYA);
    await vi.waitFor(() => expect(faults.calls("jobs.run")).toBe(begun + 2), WAIT);
    await warehouse.settle();
    late.open();
    expect(await reading).toEqual(before);
    expect(await warehouse.devices(SHIBUYA)).toEqual(before);
  });
});

it("a version of a row that two workers take at once is the one received first, and the other is refused", async () => {
  const { fake, open, warehouse } = await faultRig();
  const other = await open();
  const receivedAt = (second: number) => `2026-03-02T03:00:0${second}.000Z`;
  const closed = { columns: { what: "closed", says: "typhoon" }, receipt: "r-0" } as const;
  const first = { ...closedRow(closed), receivedAt: receivedAt(0) };
  const sale = { columns: { what: "event", says: "typhoon" }, receipt: "r-1" } as const;
  const second = { ...closedRow(sale), receivedAt: receivedAt(1) };
  const late = gate();
  // The second has seen that the key is free, and its append waits for the first's.
  fake.storage.faults.add("AppendRows", { kind: "late", until: late.opened });
  const begun = fake.storage.faults.calls("AppendRows");
  const storing = other.store({ ...batch(1, { rows: [second] }), position: { stream: "b", number: 1 } });
  await vi.waitFor(() => expect(fake.storage.faults.calls("AppendRows")).toBe(begun + 1), WAIT);
  expect(await warehouse.store(batch(1, { rows: [first] }))).toMatchObject({ stored: 1 });
  late.open();
  expect((await storing).refusedRows).toMatchObject([
    { index: 0, reason: expect.stringContaining("otherwise of what") },
  ]);
  expect(await warehouse.sourceRows("calendar", ALL)).toMatchObject([{ receipt: "r-0", columns: { what: "closed" } }]);
});

it("a lease that two have seen free has one holder, whoever comes last", async () => {
  const { fake, open, warehouse } = await faultRig();
  const other = await open();
  const { faults } = fake.rest;
  const late = gate();
  const begun = faults.calls("jobs.run");
  // After the question who holds it.
  faults.add("jobs.run", { kind: "late", until: late.opened }, { after: 1 });
  const second = other.lease?.("roll-up", "second", 60);
  await vi.waitFor(() => expect(faults.calls("jobs.run")).toBe(begun + 2), WAIT);
  expect(await warehouse.lease?.("roll-up", "first", 60)).toBe(true);
  late.open();
  expect(await second).toBe(false);
  expect(await warehouse.lease?.("roll-up", "first", 60)).toBe(true);
});
