import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { datesOf } from "../../../cloud-ingest/calendar.ts";
import type {
  JobRun,
  Ledger,
  QuarantineRow,
  StoreInfo,
  StoreOutcome,
  Warehouse,
} from "../../../cloud-ingest/warehouse/port.ts";
import type { QuarantineFilter } from "../../../cloud-ingest/warehouse/quarantine-port.ts";
import type { EventMessage } from "../../../firmware-config/contract/events.ts";
import { aRun } from "../../support/job-run.ts";
import { alertSuite } from "./alert-suite.ts";
import { rowSuite } from "./row-suite.ts";
import {
  BOOT,
  batch,
  birthMessage,
  CAM,
  countsMessage,
  countsRow,
  dataRow,
  healthMessage,
  presenceRow,
  quarantineRow,
  rollUp,
  SHIBUYA,
  staleDates,
  stateMessage,
} from "./rows.ts";

/** A place that a warehouse can be opened at again and again. */
export interface WarehousePlace {
  open(): Promise<Warehouse>;
  clean(): Promise<void>;
}

/** What drivers may do in either way. */
export interface WarehouseTraits {
  /** False: what came again counts as stored, and is left out when somebody reads. */
  readonly knowsDuplicates: boolean;
  /** False: old days stay where they are. */
  readonly movesOldDays: boolean;
}

const EMBEDDED: WarehouseTraits = { knowsDuplicates: true, movesOldDays: true };

const NOON = "2026-03-02T03:00:00Z";
/** More than the 4,000 partitions that one statement may touch; thirty years of them where time is no matter. */
const DAYS = Number(process.env.KAZOE_DAYS ?? (process.env.KAZOE_TEST_LONG === "1" ? 10_957 : 4_100));

const NOTHING_MOVED = { partitions: 0, rows: 0 };

const totalOf = ({ stored, duplicate, quarantined }: Ledger) => stored + duplicate + quarantined;

/** What every driver of the warehouse port must do. */
export function warehouseSuite(makePlace: () => Promise<WarehousePlace>, traits = EMBEDDED): void {
  let place: WarehousePlace;
  let warehouse: Warehouse;

  beforeEach(async () => {
    place = await makePlace();
    warehouse = await place.open();
  });

  afterEach(async () => {
    await warehouse.close();
    await place.clean();
  });

  const reopen = async () => {
    await warehouse.close();
    warehouse = await place.open();
  };

  const windows = async (date: string, store: StoreInfo = SHIBUYA) =>
    (await warehouse.traffic(store, { from: date, to: date }, "window")).map((row) => row.localStart.slice(11));

  /** The ledger of a driver that knows duplicates when they come, or what it must come to in all. */
  const expectLedger = (actual: StoreOutcome, expected: Ledger) => {
    if (traits.knowsDuplicates) expect(actual).toEqual(expected);
    else expect(totalOf(actual)).toBe(totalOf(expected));
  };

  describe("ingest", () => {
    it("starts empty", async () => {
      expect(await warehouse.lastStored("inbox")).toBe(0);
      expect(await warehouse.ledger()).toEqual({ stored: 0, duplicate: 0, quarantined: 0 });
      expect(await warehouse.devices(SHIBUYA)).toEqual([]);
      expect(await warehouse.runs(10)).toEqual([]);
      expect(await warehouse.traffic(SHIBUYA, { from: "2026-01-01", to: "2026-12-31" }, "window")).toEqual([]);
    });

    it("counts a repeated event once: in the batch, across batches and after a restart", async () => {
      const row = countsRow(1, NOON);
      const first = await warehouse.store(batch(2, { data: [row, row] }));
      expectLedger(first, { stored: 1, duplicate: 1, quarantined: 0 });
      await reopen();
      const second = await warehouse.store(batch(4, { data: [row, countsRow(2, NOON)] }));
      expectLedger(second, { stored: 1, duplicate: 1, quarantined: 0 });
      expectLedger(await warehouse.ledger(), { stored: 2, duplicate: 2, quarantined: 0 });
      expect(await windows("2026-03-02")).toEqual(["12:00:00", "12:00:00"]);
    });

    it("keeps its place in each stream, and a batch stored before changes nothing", async () => {
      const parts = { data: [countsRow(1, NOON)], quarantine: [quarantineRow(2, NOON)] };
      await warehouse.store(batch(7, { ...parts }, "a"));
      expect(await warehouse.store(batch(7, { ...parts }, "a"))).toEqual({
        ...{ stored: 0, duplicate: 0, quarantined: 0 },
      });
      await reopen();
      expect([await warehouse.lastStored("a"), await warehouse.lastStored("b")]).toEqual([7, 0]);
      await warehouse.store(batch(1, { data: [countsRow(9, NOON)] }, "b"));
      expect([await warehouse.lastStored("a"), await warehouse.lastStored("b")]).toEqual([7, 1]);
      expect(await warehouse.ledger()).toEqual({ stored: 2, duplicate: 0, quarantined: 1 });
    });

    it("takes batches of a bus without order, told apart by their events alone", async () => {
      const parts = { data: [countsRow(1, NOON)], presence: [], quarantine: [] };
      expect(await warehouse.store(parts)).toEqual({ stored: 1, duplicate: 0, quarantined: 0 });
      expectLedger(await warehouse.store(parts), { stored: 0, duplicate: 1, quarantined: 0 });
      expectLedger(await warehouse.ledger(), { stored: 1, duplicate: 1, quarantined: 0 });
    });

    it("quarantines a message of such a bus once, however often it comes", async () => {
      const parts = { data: [], presence: [], quarantine: [quarantineRow(1, NOON), quarantineRow(1, NOON)] };
      expectLedger(await warehouse.store(parts), { stored: 0, duplicate: 1, quarantined: 1 });
      const more = { ...parts, quarantine: [quarantineRow(1, NOON), quarantineRow(2, NOON)] };
      expectLedger(await warehouse.store(more), { stored: 0, duplicate: 1, quarantined: 1 });
      expect(await warehouse.quarantineGroups({}, 10)).toMatchObject([{ messages: 2 }]);
    });

    it("quarantines once what comes again from another bus, with a position, and keeps the ledger's sum", async () => {
      const quarantine = [quarantineRow(1, NOON), quarantineRow(2, NOON)];
      await warehouse.store({ data: [], presence: [], quarantine });
      const third = batch(3, { quarantine: [...quarantine, quarantineRow(3, NOON)] });
      expectLedger(await warehouse.store(third), { stored: 0, duplicate: 2, quarantined: 1 });
      expect(await warehouse.quarantineGroups({}, 10)).toMatchObject([{ messages: 3 }]);
      expectLedger(await warehouse.streamLedger(["inbox"]), { stored: 0, duplicate: 2, quarantined: 1 });
    });

    it("keeps each of the messages that somebody gave one name, once, under names that tell them apart", async () => {
      const ours = quarantineRow(1, NOON);
      const other = { ...ours, payload: "other" };
      const exact = { ...ours, payloadBase64: "e/8=" };
      const parts = { data: [], presence: [], quarantine: [ours, other, exact] };
      expectLedger(await warehouse.store(parts), { stored: 0, duplicate: 0, quarantined: 3 });
      expectLedger(await warehouse.store(parts), { stored: 0, duplicate: 3, quarantined: 0 });
      const names = (await warehouse.pendingMessages({}, "", 10)).map(({ messageId }) => messageId);
      expect(names).toHaveLength(3);
      expect(new Set(names).size).toBe(3);
      expect(names).toContain("inbox:1");
    });

    it.each([
      { name: "a number too large", over: { frames: 1e300 }, field: "frames" },
      { name: "a number that is none", over: { dwellS: Number.NaN }, field: "dwellS" },
      { name: "a time that is none", over: { windowStart: "never" }, field: "windowStart" },
      { name: "half a character", over: { cameraId: "\ud800" }, field: "cameraId" },
    ])("names the rows with $name and stores nothing of their batch", async ({ over, field }) => {
      const data = [countsRow(1, NOON), countsRow(2, NOON, over), countsRow(3, NOON)];
      expect(await warehouse.store(batch(2, { data }))).toEqual({
        ...{ stored: 0, duplicate: 0, quarantined: 0 },
        refused: [{ index: 1, reason: expect.stringContaining(field) }],
      });
      expect(await warehouse.lastStored("inbox")).toBe(0);
      expect(await windows("2026-03-02")).toEqual([]);
      expect(await warehouse.store(batch(2, { data: [countsRow(1, NOON)] }))).toMatchObject({ stored: 1 });
    });

    it("stores nothing of a batch when it fails in the middle", async () => {
      const parts = { data: [countsRow(1, NOON)], quarantine: [{ ...quarantineRow(2, NOON), receivedAt: "never" }] };
      await expect(warehouse.store(batch(2, parts))).rejects.toThrow();
      expect(await warehouse.lastStored("inbox")).toBe(0);
      expect(await windows("2026-03-02")).toEqual([]);
      expect(await warehouse.store(batch(2, { data: [countsRow(1, NOON)] }))).toMatchObject({ stored: 1 });
    });

    it("takes every kind of message and any text", async () => {
      const name = "O'Brien\"; DROP TABLE counts; -- \u0001 日本";
      const { v, deviceId, bootId, monotonicMs, clockSynced, historical } = healthMessage(3, NOON);
      const event: EventMessage = {
        ...{ v, deviceId, bootId, seq: 3, ts: NOON, monotonicMs, clockSynced, historical },
        ...{ kind: "events", cameraId: "front", eventKind: "crossing", targetId: "door", direction: "in" },
      };
      const outcome = await warehouse.store(
        batch(5, {
          data: [countsRow(1, NOON), dataRow(healthMessage(2, NOON)), dataRow(event)],
          presence: [presenceRow(birthMessage(NOON, { agentVersion: name }))],
          quarantine: [quarantineRow(5, NOON)],
        }),
      );
      expect(outcome).toEqual({ stored: 4, duplicate: 0, quarantined: 1 });
      expect((await warehouse.devices(SHIBUYA))[0]?.agentVersion).toBe(name);
    });

    it("reads times with an offset as the instant that they are", async () => {
      await warehouse.store(batch(1, { data: [countsRow(1, "2026-03-02T23:30:00+09:00")] }));
      expect(await windows("2026-03-02")).toEqual(["23:30:00"]);
    });

    it("keeps the same event of two tenants apart", async () => {
      const other = dataRow(countsMessage(1, NOON), { ...CAM, tenant: "bravo" });
      await warehouse.store(batch(1, { data: [countsRow(1, NOON)] }));
      expect(await warehouse.store(batch(2, { data: [other] }))).toMatchObject({ stored: 1, duplicate: 0 });
      const bravo = { ...SHIBUYA, tenant: "bravo" };
      expect([await windows("2026-03-02"), await windows("2026-03-02", bravo)]).toEqual([["12:00:00"], ["12:00:00"]]);
      await rollUp(warehouse, bravo, ["2026-03-02"]);
      const [day, ...more] = await warehouse.traffic(SHIBUYA, { from: "2026-03-02", to: "2026-03-02" }, "day");
      expect([day?.in, more]).toEqual([1, []]);
      expect([await staleDates(warehouse, SHIBUYA), await staleDates(warehouse, bravo)]).toEqual([["2026-03-02"], []]);
      expect(await warehouse.devices({ ...SHIBUYA, store: "ueno" })).toEqual([]);
    });
  });

  describe("traffic", () => {
    it("adds up hours and days of the store's own date", async () => {
      const zone = { targetKind: "zone", targetId: "shelf", in: 0 } as const;
      const data = [
        countsRow(1, "2026-03-01T14:59:00Z", { in: 5 }),
        countsRow(2, "2026-03-01T15:00:00Z", { in: 7, out: 1 }),
        countsRow(3, "2026-03-01T15:01:00Z", { in: 2 }),
        countsRow(4, "2026-03-02T14:59:00Z", { in: 1 }),
        countsRow(5, "2026-03-02T03:00:00Z", {
          ...zone,
          occupancyMean: 2,
          occupancyMax: 3,
          observedS: 60,
          dwellS: 1.5,
        }),
        countsRow(6, "2026-03-02T03:01:00Z", { ...zone, occupancyMean: 5, occupancyMax: 9, observedS: 30, visits: 4 }),
      ];
      await warehouse.store(batch(6, { data, presence: [presenceRow(birthMessage(NOON))] }));
      expect(await staleDates(warehouse, SHIBUYA)).toEqual(["2026-03-01", "2026-03-02"]);
      expect(await rollUp(warehouse, SHIBUYA, await staleDates(warehouse, SHIBUYA))).toBe(4 + 3);
      expect(await staleDates(warehouse, SHIBUYA)).toEqual([]);
      const range = { from: "2026-03-02", to: "2026-03-02" };
      const days = await warehouse.traffic(SHIBUYA, range, "day");
      expect(days).toEqual([
        {
          ...{ deviceId: "cam-1", cameraId: "front", targetKind: "line", targetId: "door", targetName: "Entrance" },
          ...{ businessDate: "2026-03-02", localStart: "2026-03-02T00:00:00", spanS: 86400 },
          ...{ in: 10, out: 1, visits: 0, stops: 0, passersBy: 0, dwellS: 0 },
          ...{ occupancyMean: 0, occupancyMax: 0, observedS: 180 },
        },
        {
          ...{ deviceId: "cam-1", cameraId: "front", targetKind: "zone", targetId: "shelf", targetName: "shelf" },
          ...{ businessDate: "2026-03-02", localStart: "2026-03-02T00:00:00", spanS: 86400 },
          ...{ in: 0, out: 0, visits: 4, stops: 0, passersBy: 0, dwellS: 1.5 },
          ...{ occupancyMean: 3, occupancyMax: 9, observedS: 90 },
        },
      ]);
      const hours = await warehouse.traffic(SHIBUYA, range, "hour");
      expect(hours.map((row) => [row.localStart, row.targetId, row.in, row.spanS])).toEqual([
        ["2026-03-02T00:00:00", "door", 9, 3600],
        ["2026-03-02T12:00:00", "shelf", 0, 3600],
        ["2026-03-02T23:00:00", "door", 1, 3600],
      ]);
      const windows = await warehouse.traffic(SHIBUYA, range, "window");
      expect(windows.map((row) => [row.localStart, row.spanS, row.in])).toContainEqual(["2026-03-02T00:00:00", 60, 7]);
    });

    it("rolls up again to the same rows, and a late count re-opens its day only", async () => {
      const data = [countsRow(1, "2026-03-01T03:00:00Z"), countsRow(2, NOON)];
      await warehouse.store(batch(2, { data }));
      await rollUp(warehouse, SHIBUYA, ["2026-03-01", "2026-03-02"]);
      const range = { from: "2026-03-01", to: "2026-03-02" };
      const before = await warehouse.traffic(SHIBUYA, range, "day");
      await rollUp(warehouse, SHIBUYA, ["2026-03-02", "2026-03-02"]);
      expect(await warehouse.traffic(SHIBUYA, range, "day")).toEqual(before);
      await warehouse.store(batch(3, { data: [countsRow(2, NOON)] }));
      expect(await staleDates(warehouse, SHIBUYA)).toEqual(traits.knowsDuplicates ? [] : ["2026-03-02"]);
      await rollUp(warehouse, SHIBUYA, ["2026-03-02"]);
      await warehouse.store(batch(4, { data: [countsRow(3, "2026-03-01T03:01:00Z")] }));
      expect(await staleDates(warehouse, SHIBUYA)).toEqual(["2026-03-01"]);
      await rollUp(warehouse, SHIBUYA, ["2026-03-01"]);
      expect((await warehouse.traffic(SHIBUYA, range, "day")).map((row) => row.in)).toEqual([2, 1]);
      expect(await rollUp(warehouse, SHIBUYA, [])).toBe(0);
    });

    it.each([
      { zone: "America/New_York", date: "2026-03-08", from: "2026-03-08T05:00:00Z", hours: 23, longest: 3600 },
      { zone: "America/New_York", date: "2026-11-01", from: "2026-11-01T04:00:00Z", hours: 25, longest: 7200 },
      { zone: "Europe/Berlin", date: "2026-10-25", from: "2026-10-24T22:00:00Z", hours: 25, longest: 7200 },
      { zone: "America/Havana", date: "2025-11-02", from: "2025-11-02T04:00:00Z", hours: 25, longest: 7200 },
      { zone: "Australia/Lord_Howe", date: "2026-04-05", from: "2026-04-04T13:00:00Z", hours: 24.5, longest: 5400 },
      { zone: "Australia/Lord_Howe", date: "2025-10-05", from: "2025-10-04T13:30:00Z", hours: 23.5, longest: 3600 },
      { zone: "Pacific/Chatham", date: "2026-04-05", from: "2026-04-04T10:15:00Z", hours: 25, longest: 6300 },
      { zone: "Asia/Kathmandu", date: "2026-05-05", from: "2026-05-04T18:15:00Z", hours: 24, longest: 3600 },
      { zone: "Asia/Beirut", date: "2026-03-29", from: "2026-03-28T22:00:00Z", hours: 23, longest: 3600 },
    ])("knows that $date in $zone has $hours hours", async ({ zone, date, from, hours, longest }) => {
      const store = { ...SHIBUYA, timeZone: zone };
      const quarters = hours * 4;
      const startMs = Date.parse(from);
      const data = Array.from({ length: quarters + 2 }, (_, index) =>
        countsRow(index, new Date(startMs + (index - 1) * 900_000).toISOString(), { windowS: 900, observedS: 900 }),
      );
      await warehouse.store(batch(1, { data }));
      expect(await staleDates(warehouse, store)).toHaveLength(3);
      const both = async () => [
        await warehouse.traffic(store, { from: date, to: date }, "day"),
        await warehouse.traffic(store, { from: date, to: date }, "hour"),
      ];
      const [[day] = [], hourly = []] = await both();
      expect(day).toMatchObject({ businessDate: date, spanS: hours * 3600, in: quarters, observedS: hours * 3600 });
      expect(hourly.map((row) => row.observedS)).toEqual(hourly.map((row) => row.spanS));
      expect(Math.max(...hourly.map((row) => row.spanS))).toBe(longest);
      await rollUp(warehouse, store, await staleDates(warehouse, store));
      expect(await both()).toEqual([[day], hourly]);
    });

    it("says how many windows there are and until when was watched", async () => {
      const day = { from: "2026-03-02", to: "2026-03-02" };
      expect(await warehouse.windowsSum(SHIBUYA, day)).toEqual({ windows: 0 });
      const data = [
        countsRow(1, NOON),
        countsRow(2, "2026-03-02T03:01:00Z", { windowS: 10 }),
        countsRow(3, "2026-03-02T05:00:00Z", { in: 0, observedS: 0 }),
        countsRow(4, "2026-03-02T16:00:00Z"),
      ];
      await warehouse.store(batch(4, { data }));
      expect(await warehouse.windowsSum(SHIBUYA, day)).toEqual({ windows: 3, seenUntil: "2026-03-02T12:01:10" });
    });

    it("answers for many stores at once what it answers for each, settled or not", async () => {
      const soho = { ...SHIBUYA, store: "soho", timeZone: "America/New_York" };
      const of = (store: string, row: ReturnType<typeof countsRow>) => ({
        ...row,
        identity: { ...row.identity, store },
      });
      const early = [
        countsRow(1, NOON),
        countsRow(2, "2026-03-04T05:00:00Z"),
        of("soho", countsRow(3, "2026-03-08T16:00:00Z")),
        of("ginza", countsRow(4, NOON)),
      ];
      await warehouse.store(batch(4, { data: early }));
      await warehouse.rollUp(await warehouse.staleDates([SHIBUYA, soho]));
      const late = [
        countsRow(5, "2026-03-02T03:01:00Z"),
        countsRow(6, "2026-03-03T04:00:00Z"),
        of("soho", countsRow(7, "2026-04-01T05:30:00Z")),
      ];
      await warehouse.store(batch(7, { data: late }));
      const empty = { ...SHIBUYA, store: "nobody" };
      const months = { from: "2026-03-02", to: "2026-04-01" };
      for (const span of ["hour", "day"] as const) {
        const work = [SHIBUYA, soho, empty].map((store) => ({ store, dates: datesOf(months) }));
        const expected = [];
        for (const store of [SHIBUYA, soho])
          expected.push({ store, rows: await warehouse.traffic(store, months, span) });
        const ids = expected.map(({ store, rows }) => ({
          store,
          rows: rows.map((row) => ({ ...row, targetName: row.targetId })),
        }));
        expect(ids.flatMap(({ rows }) => rows).length).toBeGreaterThanOrEqual(5);
        expect(await warehouse.trafficOfStores(work, span)).toEqual(ids);
        const [one] = await warehouse.trafficOfStores([{ store: SHIBUYA, dates: ["2026-03-02", "2026-03-04"] }], span);
        expect(new Set(one?.rows.map(({ businessDate }) => businessDate))).toEqual(
          new Set(["2026-03-02", "2026-03-04"]),
        );
        expect(await warehouse.trafficOfStores([], span)).toEqual([]);
      }
    });

    it("has been watched while somebody counted, for an hour of a window at most", async () => {
      const day = { from: "2026-03-02", to: "2026-03-02" };
      const quiet = { in: 0, observedS: 0 };
      const data = [
        countsRow(1, "2026-03-02T03:00:00Z", { ...quiet, visits: 1, windowS: 60 }),
        countsRow(2, "2026-03-02T02:00:00Z", { windowS: 86_400 }),
        countsRow(3, "2026-03-02T03:30:00Z", quiet),
      ];
      await warehouse.store(batch(3, { data: data.slice(1) }));
      expect(await warehouse.windowsSum(SHIBUYA, day)).toEqual({ windows: 2, seenUntil: "2026-03-02T12:00:00" });
      await warehouse.store(batch(4, { data: data.slice(0, 1) }));
      expect(await warehouse.windowsSum(SHIBUYA, day)).toEqual({ windows: 3, seenUntil: "2026-03-02T12:01:00" });
    });

    it("calls lines and zones what the birth of their own device calls them, in the order of time, device and target", async () => {
      const cameras = [
        { id: "front", lines: [{ id: "door", name: "Entrance" }], zones: [{ id: "door", name: "Carpet" }] },
        { id: "back", lines: [{ id: "door", name: "Exit" }, { id: "side" }], zones: [] },
      ];
      const on = (cameraId: string, targetKind: "line" | "zone", targetId: string) => ({
        cameraId,
        targetKind,
        targetId,
      });
      const data = [
        countsRow(1, NOON, on("front", "zone", "door")),
        countsRow(2, NOON, on("front", "line", "door")),
        countsRow(3, NOON, on("back", "line", "side")),
        countsRow(4, NOON, on("back", "line", "door")),
        countsRow(5, NOON, { ...on("front", "line", "door"), deviceId: "cam-2" }),
        countsRow(6, "2026-03-02T02:59:00Z", { ...on("front", "line", "door"), deviceId: "cam-2" }),
      ];
      await warehouse.store(batch(6, { data, presence: [presenceRow(birthMessage(NOON, { cameras }))] }));
      const rows = await warehouse.traffic(SHIBUYA, { from: "2026-03-02", to: "2026-03-02" }, "window");
      expect(rows.map((row) => [row.deviceId, row.cameraId, row.targetKind, row.targetId, row.targetName])).toEqual([
        ["cam-2", "front", "line", "door", "door"],
        ["cam-1", "back", "line", "door", "Exit"],
        ["cam-1", "back", "line", "side", "side"],
        ["cam-1", "front", "line", "door", "Entrance"],
        ["cam-1", "front", "zone", "door", "Carpet"],
        ["cam-2", "front", "line", "door", "door"],
      ]);
    });

    it.each([
      { timeZone: "Etc/GMT+12", windowStart: "2026-03-06T11:59:00Z", ts: "2026-03-07T11:59:00Z" },
      { timeZone: "Pacific/Kiritimati", windowStart: "2026-03-04T10:00:00Z", ts: "2026-03-03T10:00:00Z" },
    ])(
      "finds the windows of a date that were sent a day off, in $timeZone, archived or not",
      async ({ timeZone, ...times }) => {
        const store = { ...SHIBUYA, timeZone };
        const day = { from: "2026-03-05", to: "2026-03-05" };
        await warehouse.store(batch(1, { data: [countsRow(1, times.ts, { windowStart: times.windowStart })] }));
        const found = async () => ({
          dates: await warehouse.windowDates(store, day),
          windows: (await warehouse.windowsSum(store, day)).windows,
          spans: [
            (await warehouse.traffic(store, day, "window")).length,
            (await warehouse.traffic(store, day, "hour")).length,
            (await warehouse.traffic(store, day, "day")).length,
          ],
        });
        const all = { dates: [day.from], windows: 1, spans: [1, 1, 1] };
        expect(await found()).toEqual(all);
        await warehouse.archive("2026-12-31");
        expect(await found()).toEqual(all);
        expect(await rollUp(warehouse, store, [day.from])).toBe(2);
        expect(await found()).toEqual(all);
      },
    );

    it("answers by hour and day with all that is stored, rolled up or not", async () => {
      const data = Array.from({ length: 48 }, (_, hour) =>
        countsRow(hour, new Date(Date.parse("2026-02-28T15:30:00Z") + hour * 3_600_000).toISOString()),
      );
      await warehouse.store(batch(1, { data: data.slice(0, 30) }));
      const range = { from: "2026-03-01", to: "2026-03-02" };
      const days = async () => (await warehouse.traffic(SHIBUYA, range, "day")).map((row) => row.in);
      const hours = async () => (await warehouse.traffic(SHIBUYA, range, "hour")).length;
      expect([await days(), await hours()]).toEqual([[24, 6], 30]);
      await rollUp(warehouse, SHIBUYA, ["2026-03-01"]);
      expect([await days(), await hours()]).toEqual([[24, 6], 30]);
      await rollUp(warehouse, SHIBUYA, ["2026-03-02"]);
      await warehouse.archive("2026-03-05");
      await warehouse.store(batch(2, { data: [...data.slice(30), countsRow(99, "2026-03-01T01:00:00Z")] }));
      expect([await days(), await hours()]).toEqual([[25, 24], 48]);
      expect(await staleDates(warehouse, SHIBUYA)).toEqual(["2026-03-01", "2026-03-02"]);
    });

    it("rolls up many stores in one call, each by its own clock", async () => {
      const stores = ["Asia/Tokyo", "America/New_York", "Australia/Lord_Howe"].map((timeZone, index) => {
        return { ...SHIBUYA, store: `shop-${index}`, timeZone };
      });
      const data = stores.flatMap(({ store }) =>
        Array.from({ length: 48 }, (_, hour) =>
          dataRow(countsMessage(hour, new Date(Date.parse("2026-11-01T00:30:00Z") + hour * 3_600_000).toISOString()), {
            ...CAM,
            store,
          }),
        ),
      );
      await warehouse.store(batch(1, { data }));
      const range = { from: "2026-10-30", to: "2026-11-05" };
      const read = async () => {
        const answers = [];
        for (const store of stores)
          for (const span of ["hour", "day"] as const) answers.push(await warehouse.traffic(store, range, span));
        return answers;
      };
      const before = await read();
      const work = await warehouse.staleDates(stores);
      expect(work.map(({ store, dates }) => [store.store, dates])).toEqual([
        ["shop-0", ["2026-11-01", "2026-11-02", "2026-11-03"]],
        ["shop-1", ["2026-10-31", "2026-11-01", "2026-11-02"]],
        ["shop-2", ["2026-11-01", "2026-11-02", "2026-11-03"]],
      ]);
      const lengths = before.filter((_, index) => index % 2 === 1).map((days) => days[1]?.spanS);
      expect(lengths).toEqual([86_400, 90_000, 86_400]);
      await warehouse.rollUp(work);
      expect(await warehouse.staleDates(stores)).toEqual([]);
      expect(await read()).toEqual(before);
    });

    it("has nothing on a date that the calendar of the place skipped", async () => {
      const store = { ...SHIBUYA, timeZone: "Pacific/Apia" };
      await warehouse.store(
        batch(2, { data: [countsRow(1, "2011-12-30T09:59:00Z"), countsRow(2, "2011-12-30T10:00:00Z")] }),
      );
      expect(await staleDates(warehouse, store)).toEqual(["2011-12-29", "2011-12-31"]);
      await rollUp(warehouse, store, ["2011-12-29", "2011-12-30", "2011-12-31"]);
      const days = await warehouse.traffic(store, { from: "2011-12-29", to: "2011-12-31" }, "day");
      expect(days.map((day) => [day.businessDate, day.in, day.spanS])).toEqual([
        ["2011-12-29", 1, 86_400],
        ["2011-12-31", 1, 86_400],
      ]);
      expect(await warehouse.traffic(store, { from: "2011-12-30", to: "2011-12-30" }, "window")).toEqual([]);
      expect(await staleDates(warehouse, store)).toEqual([]);
    });

    it.each([
      { turn: "of a year", zone: "Asia/Tokyo", at: "2025-12-31T15:00:00Z", eve: "2025-12-31", day: "2026-01-01" },
      {
        turn: "of a year",
        zone: "America/Los_Angeles",
        at: "2026-01-01T08:00:00Z",
        eve: "2025-12-31",
        day: "2026-01-01",
      },
      {
        turn: "of a year",
        zone: "Pacific/Kiritimati",
        at: "2025-12-31T10:00:00Z",
        eve: "2025-12-31",
        day: "2026-01-01",
      },
      {
        turn: "of a decade",
        zone: "Australia/Sydney",
        at: "2009-12-31T13:00:00Z",
        eve: "2009-12-31",
        day: "2010-01-01",
      },
      { turn: "of a century", zone: "UTC", at: "2000-01-01T00:00:00Z", eve: "1999-12-31", day: "2000-01-01" },
      {
        turn: "that skips New Year's Eve",
        zone: "Pacific/Kiritimati",
        at: "1994-12-31T10:00:00Z",
        eve: "1994-12-30",
        day: "1995-01-01",
      },
      {
        turn: "into a leap day",
        zone: "Asia/Kathmandu",
        at: "2024-02-28T18:15:00Z",
        eve: "2024-02-28",
        day: "2024-02-29",
      },
      {
        turn: "out of a leap day",
        zone: "America/St_Johns",
        at: "2024-03-01T03:30:00Z",
        eve: "2024-02-29",
        day: "2024-03-01",
      },
      {
        turn: "with no leap day",
        zone: "Europe/London",
        at: "2100-03-01T00:00:00Z",
        eve: "2100-02-28",
        day: "2100-03-01",
      },
    ])("counts either side of a turn $turn on its own date, in $zone", async ({ zone, at, eve, day }) => {
      const store = { ...SHIBUYA, timeZone: zone };
      const minute = (n: number) => new Date(Date.parse(at) + n * 60_000).toISOString();
      const data = [countsRow(1, minute(-1)), countsRow(2, minute(0)), countsRow(3, minute(1))];
      await warehouse.store(batch(3, { data }));
      expect(await staleDates(warehouse, store)).toEqual([eve, day]);
      const range = { from: eve, to: day };
      const both = async () => [
        (await warehouse.traffic(store, range, "day")).map((row) => [row.businessDate, row.in, row.spanS]),
        (await warehouse.traffic(store, range, "hour")).map((row) => [row.localStart, row.in, row.spanS]),
      ];
      const expected = [
        [
          [eve, 1, 86_400],
          [day, 2, 86_400],
        ],
        [
          [`${eve}T23:00:00`, 1, 3600],
          [`${day}T00:00:00`, 2, 3600],
        ],
      ];
      expect(await both()).toEqual(expected);
      expect(await windows(eve, store)).toEqual(["23:59:00"]);
      expect(await windows(day, store)).toEqual(["00:00:00", "00:01:00"]);
      await rollUp(warehouse, store, [eve, day]);
      expect(await both()).toEqual(expected);
      expect(await staleDates(warehouse, store)).toEqual([]);
    });

    it("knows both dates of a quarter of an hour in which midnight falls", async () => {
      const store = { ...SHIBUYA, timeZone: "Africa/Monrovia" };
      const data = [countsRow(1, "1971-03-02T00:44:29Z"), countsRow(2, "1971-03-02T00:44:30Z")];
      await warehouse.store(batch(2, { data }));
      expect(await staleDates(warehouse, store)).toEqual(["1971-03-01", "1971-03-02"]);
      await rollUp(warehouse, store, ["1971-03-01"]);
      expect(await staleDates(warehouse, store)).toEqual(["1971-03-01", "1971-03-02"]);
      await rollUp(warehouse, store, ["1971-03-01", "1971-03-02"]);
      expect(await staleDates(warehouse, store)).toEqual([]);
      const days = await warehouse.traffic(store, { from: "1971-03-01", to: "1971-03-02" }, "day");
      expect(days.map((day) => [day.businessDate, day.in])).toEqual([
        ["1971-03-01", 1],
        ["1971-03-02", 1],
      ]);
    });

    it.each(["Asia/Tokyo", "UTC", "America/Los_Angeles", "Pacific/Kiritimati"])(
      "has nothing at the end of the calendar, and says so, in %s",
      async (timeZone) => {
        const store = { ...SHIBUYA, timeZone };
        await warehouse.store(batch(1, { data: [countsRow(1, NOON)] }));
        const end = { from: "9999-12-01", to: "9999-12-31" };
        for (const span of ["hour", "day", "window"] as const)
          expect(await warehouse.traffic(store, end, span)).toEqual([]);
        expect(await warehouse.windowDates(store, end)).toEqual([]);
        expect(await warehouse.windowsSum(store, end)).toEqual({ windows: 0 });
        expect(await rollUp(warehouse, store, ["9999-12-31"])).toBe(0);
      },
    );

    it.each(["Asia/Tokyo", "UTC", "America/Los_Angeles"])(
      "bears counts from either end of time in %s",
      async (timeZone) => {
        const store = { ...SHIBUYA, timeZone };
        const ends = [
          "0001-01-01T00:00:00Z",
          "1970-01-01T00:00:00Z",
          NOON,
          "9999-12-31T12:00:00Z",
          "9999-12-31T23:59:00Z",
        ];
        const data = ends.map((start, seq) => countsRow(seq, start));
        const { refused = [] } = await warehouse.store(batch(1, { data }));
        const left = data.filter((_, index) => !refused.some((one) => one.index === index));
        if (refused.length > 0) expect((await warehouse.store(batch(1, { data: left }))).refused).toBeUndefined();
        const ranges = [
          { from: "1969-12-31", to: "1970-01-01" },
          { from: "2026-03-01", to: "2026-03-02" },
          { from: "9999-12-30", to: "9999-12-31" },
        ];
        const days = async () => {
          const rows = [];
          for (const range of ranges) rows.push(...(await warehouse.traffic(store, range, "day")));
          return rows.reduce((sum, row) => sum + row.in, 0);
        };
        const before = await days();
        expect(before).toBeGreaterThanOrEqual(3);
        await rollUp(warehouse, store, await staleDates(warehouse, store));
        expect(await days()).toBe(before);
      },
    );

    it("says which store has a time zone that does not exist", async () => {
      await warehouse.store(batch(1, { data: [countsRow(1, NOON)] }));
      await expect(warehouse.staleDates([{ ...SHIBUYA, timeZone: "Asia/Tokio" }])).rejects.toMatchObject({
        code: "CONFIG_INVALID",
        message: expect.stringContaining("Asia/Tokio"),
      });
    });

    it(`holds ${DAYS} days of one store`, async () => {
      const startMs = Date.UTC(1996, 0, 1, 3);
      const data = Array.from({ length: DAYS }, (_, day) =>
        countsRow(day, new Date(startMs + day * 86_400_000).toISOString()),
      );
      for (let at = 0; at < DAYS; at += 1000) {
        await warehouse.store(batch(at + 1, { data: data.slice(at, at + 1000) }));
      }
      const dates = await staleDates(warehouse, SHIBUYA);
      expect(dates).toHaveLength(DAYS);
      expect(await rollUp(warehouse, SHIBUYA, dates)).toBe(2 * DAYS);
      const range = { from: "1996-01-01", to: dates.at(-1) ?? "" };
      const rows = await warehouse.traffic(SHIBUYA, range, "day");
      expect(rows.map((row) => row.businessDate)).toEqual(dates);
    }, 180_000);
  });

  describe("devices", () => {
    const status = async () => (await warehouse.devices(SHIBUYA))[0];
    const hear = (id: number, ...presence: Parameters<typeof presenceRow>[]) =>
      warehouse.store(batch(id, { presence: presence.map((row) => presenceRow(...row)) }));

    it("shows what the last birth said and when the device was last heard of", async () => {
      await hear(1, [stateMessage("online", BOOT, "2026-03-02T01:00:00Z")], [birthMessage("2026-03-02T01:00:01Z")]);
      const data = [{ ...countsRow(1, "2026-03-02T01:01:00Z"), receivedAt: "2026-03-02T05:00:00.250Z" }];
      await warehouse.store(batch(2, { data }));
      const expected = { deviceId: "cam-1", online: true, stopped: false, agentVersion: "0.1.0", modelName: "ssd" };
      expect(await status()).toEqual({ ...expected, lastSeenAt: "2026-03-02T05:00:00.250Z" });
    });

    it("stays what it was when what was heard is put in order, and hears what comes after", async () => {
      const online = stateMessage("online", "boot-aaaa", "2026-03-02T01:00:00Z");
      await hear(1, [online], [birthMessage("2026-03-02T01:00:01Z", { bootId: "boot-aaaa" })]);
      await warehouse.store(batch(2, { data: [{ ...countsRow(1, NOON), receivedAt: "2026-03-02T05:00:00.250Z" }] }));
      const [before, seen] = [await status(), await warehouse.lastSeen()];
      for (let round = 0; round < 2; round += 1) {
        await warehouse.settle();
        expect([await status(), await warehouse.lastSeen()]).toEqual([before, seen]);
      }
      await hear(3, [stateMessage("offline", "boot-aaaa", "2026-03-02T01:00:00Z"), "2026-03-02T06:00:00Z"]);
      expect(await status()).toMatchObject({ online: false, agentVersion: "0.1.0" });
      await warehouse.settle();
      await reopen();
      expect(await status()).toMatchObject({ online: false, lastSeenAt: "2026-03-02T06:00:00.000Z" });
      const [row] = await warehouse.traffic(SHIBUYA, { from: "2026-03-02", to: "2026-03-02" }, "window");
      expect(row?.targetName).toBe("Entrance");
    });

    it("marks a device offline by the will of its newest boot", async () => {
      await hear(1, [stateMessage("online", "boot-aaaa", "2026-03-02T01:00:00Z")]);
      await hear(2, [stateMessage("offline", "boot-aaaa", "2026-03-02T01:00:00Z"), "2026-03-02T02:00:00Z"]);
      expect((await status())?.online).toBe(false);
    });

    it("tells a goodbye from a will", async () => {
      const goodbye = { ...stateMessage("offline", BOOT, "2026-03-02T01:00:00Z"), reason: "stop" as const };
      await hear(1, [stateMessage("online", BOOT, "2026-03-02T01:00:00Z")], [goodbye]);
      await reopen();
      expect(await status()).toMatchObject({ online: false, stopped: true });
      await hear(2, [stateMessage("online", BOOT, "2026-03-02T02:00:00Z")]);
      expect(await status()).toMatchObject({ online: true, stopped: false });
    });

    it("is not fooled by the late will of an older boot, in one batch or across batches and restarts", async () => {
      const late = stateMessage("offline", "boot-aaaa", "2026-03-02T01:00:00Z");
      const newer = stateMessage("online", "boot-bbbb", "2026-03-02T02:00:00Z");
      await hear(
        1,
        [stateMessage("online", "boot-aaaa", "2026-03-02T01:00:00Z")],
        [newer],
        [late, "2026-03-02T02:01:00Z"],
      );
      expect((await status())?.online).toBe(true);
      await reopen();
      await hear(2, [late, "2026-03-02T02:02:00Z"]);
      await hear(3, [stateMessage("online", "boot-aaaa", "2026-03-02T01:00:00Z"), "2026-03-02T02:03:00Z"]);
      await hear(4, [late, "2026-03-02T02:04:00Z"]);
      expect(await status()).toMatchObject({ online: true, lastSeenAt: "2026-03-02T02:04:00.000Z" });
      await hear(5, [stateMessage("offline", "boot-bbbb", "2026-03-02T02:00:00Z"), "2026-03-02T03:00:00Z"]);
      expect((await status())?.online).toBe(false);
    });
  });

  describe("quarantine", () => {
    const at = (minute: number) => `2026-03-02T03:${String(minute).padStart(2, "0")}:00.000Z`;
    const row = (number: number, over: Partial<QuarantineRow> = {}) => ({
      ...quarantineRow(number, at(number)),
      ...over,
    });
    const ids = async (filter: QuarantineFilter = {}) =>
      (await warehouse.pendingMessages(filter, "", 100)).map(({ messageId }) => messageId);

    it("lists by reason with counts and times, hot and archived days together", async () => {
      const clock = { reason: "ts is more than a day in the future" };
      const late = { receivedAt: "2026-03-04T05:00:00.250Z" };
      await warehouse.store(batch(3, { quarantine: [row(1), row(2, clock), row(3, { ...clock, ...late })] }));
      await warehouse.archive("2026-03-03");
      await reopen();
      expect(await warehouse.quarantineGroups({}, 10)).toEqual([
        { ...clock, messages: 2, pending: 2, firstAt: at(2), lastAt: late.receivedAt },
        { reason: "not JSON", messages: 1, pending: 1, firstAt: at(1), lastAt: at(1) },
      ]);
      expect(await warehouse.quarantineGroups({}, 1)).toHaveLength(1);
    });

    it("lists reasons that are as frequent in the order of their names, from either end of time", async () => {
      const ends = ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"];
      const rows = ["b", "a", "c"].flatMap((reason, nth) =>
        ends.map((receivedAt, end) => row(10 * nth + end, { reason, receivedAt })),
      );
      await warehouse.store(batch(30, { quarantine: rows }));
      expect(await warehouse.quarantineGroups({}, 10)).toEqual(
        ["a", "b", "c"].map((reason) => ({ reason, messages: 2, pending: 2, firstAt: ends[0], lastAt: ends[1] })),
      );
    });

    it("chooses by tenant, store, reason, date and name", async () => {
      const topic = "kazoe/v1/bravo/ueno/cam-1/counts";
      const rows = [row(1), row(2, { topic, reason: "100% O'Brien_" }), row(3, { receivedAt: "2026-03-05T00:00:00Z" })];
      await warehouse.store(batch(3, { quarantine: rows }));
      expect(await ids()).toEqual(["inbox:1", "inbox:2", "inbox:3"]);
      expect(await ids({ tenant: "bravo" })).toEqual(["inbox:2"]);
      expect(await ids({ tenant: "acme", store: "ueno" })).toEqual([]);
      expect(await ids({ reason: "% O'Brien_" })).toEqual(["inbox:2"]);
      expect(await ids({ reason: "JSO_" })).toEqual([]);
      expect(await ids({ from: "2026-03-05" })).toEqual(["inbox:3"]);
      expect(await ids({ to: "2026-03-02" })).toEqual(["inbox:1", "inbox:2"]);
      expect(await ids({ messageIds: ["inbox:3", "inbox:9"] })).toEqual(["inbox:3"]);
      expect(await ids({ messageIds: [] })).toEqual([]);
      expect(await warehouse.quarantineGroups({ messageIds: [] }, 10)).toEqual([]);
      expect((await warehouse.pendingMessages({}, "inbox:1", 1)).map((one) => one.messageId)).toEqual(["inbox:2"]);
    });

    it("keeps the exact bytes of a payload", async () => {
      const bytes = Buffer.from([0x7b, 0x00, 0xff, 0x80, 0x7d]);
      const exact = { payload: "{???}", payloadBase64: bytes.toString("base64") };
      await warehouse.store(batch(2, { quarantine: [row(1, exact), row(2, { payload: "日本" })] }));
      await warehouse.archive("2026-03-05");
      const found = await warehouse.quarantinedMessage("inbox:1");
      expect(found).toMatchObject({ messageId: "inbox:1", receivedAt: at(1), topic: row(1).topic, reason: "not JSON" });
      expect([...(found?.payload ?? [])]).toEqual([...bytes]);
      expect(Buffer.from((await warehouse.quarantinedMessage("inbox:2"))?.payload ?? "").toString()).toBe("日本");
      expect(await warehouse.quarantinedMessage("inbox:3")).toBeUndefined();
    });

    it("stores what a replay can use once, marks it, and keeps the ledger's sum", async () => {
      await warehouse.store(batch(1, { data: [countsRow(1, NOON)] }));
      await warehouse.store(batch(6, { quarantine: [2, 3, 4, 5, 6].map((number) => row(number)) }));
      await warehouse.archive("2026-03-05");
      const rejudged = [
        { messageId: "inbox:2", data: countsRow(2, NOON) },
        { messageId: "inbox:3", data: countsRow(2, NOON) },
        { messageId: "inbox:4", data: countsRow(1, NOON) },
        { messageId: "inbox:5", presence: presenceRow(stateMessage("online", BOOT, NOON)) },
        { messageId: "inbox:6", reason: "still not JSON" },
      ];
      const outcome = { stored: 2, duplicate: 2, quarantined: 1 };
      expect(await warehouse.replay(rejudged, at(59))).toEqual(outcome);
      expect(await warehouse.streamLedger(["inbox"])).toEqual({ stored: 3, duplicate: 2, quarantined: 1 });
      await reopen();
      expect(await warehouse.replay(rejudged, at(59))).toEqual({ stored: 0, duplicate: 0, quarantined: 1 });
      expect(await warehouse.ledger()).toEqual({ stored: 3, duplicate: 2, quarantined: 1 });
      expect(await windows("2026-03-02")).toEqual(["12:00:00", "12:00:00"]);
      expect(await staleDates(warehouse, SHIBUYA)).toEqual(["2026-03-02"]);
      expect(await ids()).toEqual(["inbox:6"]);
      const marks = { replayedAt: at(59), reason: "" };
      expect((await warehouse.quarantinedMessage("inbox:3"))?.replay).toEqual({ ...marks, outcome: "duplicate" });
      expect((await warehouse.quarantinedMessage("inbox:6"))?.replay).toEqual({
        ...{ ...marks, outcome: "refused", reason: "still not JSON" },
      });
      expect(await warehouse.quarantineGroups({}, 10)).toMatchObject([{ messages: 5, pending: 1 }]);
    });

    it("keeps the ledger's sum of a bus without order too", async () => {
      const parts = { data: [], presence: [], quarantine: [row(1, { messageId: "8f2a:not-a-number" })] };
      await warehouse.store(parts);
      await warehouse.replay([{ messageId: "8f2a:not-a-number", data: countsRow(1, NOON) }], at(59));
      expect(await warehouse.streamLedger([""])).toEqual({ stored: 1, duplicate: 0, quarantined: 0 });
    });

    it("undoes a replay that fails half way", async () => {
      await warehouse.store(batch(2, { quarantine: [row(1), row(2)] }));
      const bad = { messageId: "inbox:2", data: { ...countsRow(2, NOON), date: "never" } };
      await expect(
        warehouse.replay([{ messageId: "inbox:1", data: countsRow(1, NOON) }, bad], at(59)),
      ).rejects.toThrow();
      expect(await ids()).toEqual(["inbox:1", "inbox:2"]);
      expect(await warehouse.streamLedger(["inbox"])).toEqual({ stored: 0, duplicate: 0, quarantined: 2 });
    });

    it("tells what came lately", async () => {
      expect(await warehouse.intakeBetween(at(0), at(20))).toEqual({
        clockMark: undefined,
        stored: 0,
        refused: [],
      });
      const data = [1, 9].map((minute) => ({ ...countsRow(minute, NOON), receivedAt: at(minute) }));
      await warehouse.store(
        batch(12, { data, quarantine: [row(2), row(10), row(11), row(12, { reason: "x" }), row(30)] }),
      );
      const { refused, ...intake } = await warehouse.intakeBetween(at(5), at(20));
      expect(intake).toEqual({ clockMark: at(9), stored: 1 });
      expect([...refused].sort((a, b) => b.messages - a.messages)).toEqual([
        { reason: "not JSON", messages: 2 },
        { reason: "x", messages: 1 },
      ]);
    });
  });

  describe("ledger", () => {
    it("is kept for each stream, with the differences that were accepted", async () => {
      await warehouse.store(batch(1, { data: [countsRow(1, NOON)] }, "a"));
      await warehouse.store(batch(1, { data: [countsRow(1, NOON)] }, "b"));
      expectLedger(await warehouse.streamLedger(["b"]), { stored: 0, duplicate: 1, quarantined: 0 });
      expectLedger(await warehouse.streamLedger(["a", "b"]), { stored: 1, duplicate: 1, quarantined: 0 });
      expect(await warehouse.streamLedger([])).toEqual({ stored: 0, duplicate: 0, quarantined: 0 });
      expect(await warehouse.streamLedger(["c"])).toEqual({ stored: 0, duplicate: 0, quarantined: 0 });
      expect(await warehouse.strayMessages(["a", "b"])).toBe(0);
      await warehouse.store(batch(1, { data: [countsRow(70, NOON)] }, "a.lost"));
      expect([await warehouse.strayMessages(["a"]), await warehouse.strayMessages(["a", "a.lost"])]).toEqual([1, 0]);
      expect([await warehouse.strayMessages(["b"]), await warehouse.strayMessages([])]).toEqual([0, 0]);
      const known = { stream: "a", difference: -3, acceptedAt: "2026-03-02T03:00:00.500Z", note: "O'Brien: 日本" };
      await warehouse.acceptDifference(known);
      await warehouse.acceptDifference({ ...known, difference: 2, acceptedAt: "2026-03-01T03:00:00.000Z" });
      await reopen();
      expect((await warehouse.acceptedDifferences()).map((one) => one.difference)).toEqual([2, -3]);
      expect((await warehouse.acceptedDifferences())[1]).toEqual(known);
    });
  });

  describe("devices with a counter of their boots", () => {
    it("are what their newest boot said though its clock is years behind, across restarts", async () => {
      const older = { bootNumber: 3, stateSeq: 3 };
      const newer = { bootNumber: 4, stateSeq: 3 };
      const hear = async (number: number, message: Parameters<typeof presenceRow>[0], receivedAt: string) => {
        await warehouse.store(batch(number, { presence: [presenceRow(message, receivedAt)] }));
        await reopen();
        return (await warehouse.devices(SHIBUYA))[0];
      };
      const ahead = "2031-01-01T00:00:00Z";
      await hear(1, { ...stateMessage("online", "boot-aaaa", ahead), ...older }, "2026-03-02T01:00:00Z");
      const birth = birthMessage("2019-01-01T00:00:00Z", { bootId: "boot-bbbb", bootNumber: 4, agentVersion: "2" });
      await hear(2, birth, "2026-03-02T02:00:00Z");
      await hear(
        3,
        { ...stateMessage("online", "boot-bbbb", "2019-01-01T00:00:00Z"), ...newer },
        "2026-03-02T02:00:00Z",
      );
      const lateWill = { ...stateMessage("offline", "boot-aaaa", ahead), bootNumber: 3, stateSeq: 4 };
      const status = await hear(4, lateWill, "2026-03-02T02:00:10Z");
      expect(status).toMatchObject({ online: true, agentVersion: "2" });
      const will = { ...stateMessage("offline", "boot-bbbb", "2019-01-01T00:00:00Z"), bootNumber: 4, stateSeq: 4 };
      expect(await hear(5, will, "2026-03-02T03:00:00Z")).toMatchObject({ online: false });
      expect(await hear(6, { ...will, state: "online", stateSeq: 3 }, "2026-03-02T02:59:00Z")).toMatchObject({
        online: false,
      });
      await warehouse.store(batch(7, { data: [{ ...countsRow(1, NOON), receivedAt: "2026-03-02T03:01:00Z" }] }));
      expect((await warehouse.devices(SHIBUYA))[0]).toMatchObject({ online: true });
    });
  });

  describe("reading", () => {
    const WEEK = { from: "2026-03-01", to: "2026-03-07" };

    it("knows the dates with windows, hot and archived, by the store's own calendar", async () => {
      const starts = ["2026-03-01T23:30:00Z", NOON, "2026-03-05T14:59:00Z", "2026-03-09T03:00:00Z"];
      await warehouse.store(batch(4, { data: starts.map((start, seq) => countsRow(seq, start)) }));
      expect(await warehouse.windowDates(SHIBUYA, WEEK)).toEqual(["2026-03-02", "2026-03-05"]);
      await warehouse.archive("2026-03-04");
      expect(await warehouse.windowDates(SHIBUYA, WEEK)).toEqual(["2026-03-02", "2026-03-05"]);
      expect(await warehouse.windowDates({ ...SHIBUYA, store: "ueno" }, WEEK)).toEqual([]);
    });

    it("knows when each store was last heard of", async () => {
      expect(await warehouse.lastSeen()).toEqual([]);
      const other = dataRow(countsMessage(1, NOON), { ...CAM, tenant: "bravo" });
      await warehouse.store(batch(2, { data: [countsRow(1, NOON), other] }));
      const [acme, bravo] = [...(await warehouse.lastSeen())].sort((a, b) => a.tenant.localeCompare(b.tenant));
      expect(acme).toEqual({
        ...{ tenant: "acme", store: "shibuya" },
        lastSeenAt: (await warehouse.devices(SHIBUYA))[0]?.lastSeenAt,
      });
      expect(bravo?.tenant).toBe("bravo");
    });

    it.each([true, false])(
      "for an export (%s): who has gone is not read for, and the next reader is",
      async (isExport) => {
        await warehouse.store(batch(1, { data: [countsRow(1, NOON)] }));
        const gone = new AbortController();
        const wish = { isExport, signal: gone.signal };
        const reads = [
          warehouse.traffic(SHIBUYA, WEEK, "window", wish),
          warehouse.windowDates(SHIBUYA, WEEK, wish),
          warehouse.windowsSum(SHIBUYA, WEEK, wish),
          warehouse.staleDates([SHIBUYA], wish),
          warehouse.devices(SHIBUYA, wish),
        ];
        gone.abort(new Error("nobody wants it"));
        for (const read of await Promise.allSettled(reads))
          expect(read).toMatchObject({ status: "rejected", reason: { message: "nobody wants it" } });
        expect(await warehouse.traffic(SHIBUYA, WEEK, "window", { isExport })).toHaveLength(1);
      },
    );
  });

  describe("jobs", () => {
    it("keeps the last runs of every job, the last recorded first, whatever their times say", async () => {
      const run = (job: string, minute: number) =>
        aRun({
          ...{ runId: `${job} ${minute}`, job, details: `{"minute":${minute}}` },
          startedAt: `2026-03-02T01:0${minute}:00.000Z`,
          finishedAt: `2026-03-02T01:0${minute}:30.500Z`,
        });
      for (const minute of [1, 3, 2]) await warehouse.recordRun(run("roll-up", minute));
      await warehouse.recordRun({ ...run("archive", 0), outcome: "failed" });
      await reopen();
      expect(await warehouse.runs(2)).toEqual([
        { ...run("archive", 0), outcome: "failed" },
        run("roll-up", 2),
        run("roll-up", 3),
      ]);
    });

    it("has one entry for each run, and its last word counts, whatever the times say", async () => {
      const opened = aRun({ runId: "r", finishedAt: null, outcome: "running", parameters: '{"from":"2026-03-01"}' });
      const other = aRun({ runId: "s", startedAt: "2026-03-02T00:00:00.000Z" });
      await warehouse.recordRun(opened);
      await warehouse.recordRun(other);
      expect(await warehouse.runs(5)).toEqual([other, opened]);
      const ended: JobRun = { ...opened, finishedAt: "2026-03-01T00:00:00.000Z", outcome: "failed" };
      await warehouse.recordRun(ended);
      await reopen();
      expect((await warehouse.runs(5)).find(({ runId }) => runId === "r")).toEqual(ended);
      expect(await warehouse.runs(5)).toHaveLength(2);
    });

    it("knows what a run has done until it has ended well", async () => {
      const step = (runId: string, minute: number) => ({
        ...{ runId, step: `step ${minute}`, details: `{"counts":{"rows":${minute}}}` },
        finishedAt: `2026-03-02T01:0${minute}:00.000Z`,
      });
      for (const minute of [1, 2]) await warehouse.recordCheckpoint(step("r", minute));
      await warehouse.recordCheckpoint(step("s", 1));
      await reopen();
      expect(await warehouse.checkpoints("r")).toEqual([step("r", 1), step("r", 2)]);
      await warehouse.recordRun(aRun({ runId: "r" }));
      await warehouse.archive("2026-03-02");
      expect(await warehouse.checkpoints("r")).toEqual([]);
      expect(await warehouse.checkpoints("s")).toEqual([step("s", 1)]);
    });

    it("lets one holder do what only one may do", async () => {
      const lease = warehouse.lease?.bind(warehouse);
      if (!lease) return;
      expect(await lease("job a", "me", 60)).toBe(true);
      expect(await lease("job a", "you", 60)).toBe(false);
      expect(await lease("job b", "you", 60)).toBe(true);
      expect(await lease("job a", "me", 60)).toBe(true);
      await lease("job a", "me", 0);
      const both = await Promise.all([lease("job a", "you", 60), lease("job a", "they", 60)]);
      expect(both.filter(Boolean).length).toBeLessThanOrEqual(1);
    });

    describe("rows that jobs make of counts", () => {
      const WORDS = { deviceId: "cam-1", cameraId: "street", targetKind: "line", targetId: "door", measure: "in" };
      const hour = (day: number, raw: number | null, over: object = {}) => ({
        ...{ tenant: "acme", store: "shibuya", businessDate: `2026-03-0${day}`, ...WORDS },
        ...{ localStart: `2026-03-0${day}T10:00:00`, raw, clean: 7.25, lo80: 5, hi80: 9, kind: "device" },
        ...{ rule: "dead", ruleVersion: 1, confidence: 0.9, method: "siblings", ...over },
      });
      const work = (...days: number[]) => [{ store: SHIBUYA, dates: days.map((day) => `2026-03-0${day}`) }];

      it("are replaced by date and store, with missing numbers and any text, and others stay", async () => {
        const other = hour(1, 3, { tenant: "other" });
        await warehouse.addDerived("quality_hour", [other]);
        await warehouse.replaceDerived("quality_hour", work(1, 2, 3), [hour(1, 1), hour(2, null), hour(3, 3)]);
        const odd = hour(2, 0, { method: "\"'`\\\n{東京}", localStart: "2026-03-02T00:00:00" });
        await warehouse.replaceDerived("quality_hour", work(2, 3), [odd, hour(2, 5)]);
        await reopen();
        const read = (from: number, to: number, store = SHIBUYA) =>
          warehouse.derived("quality_hour", store, { from: `2026-03-0${from}`, to: `2026-03-0${to}` });
        expect(await read(1, 4)).toEqual([hour(1, 1), odd, hour(2, 5)]);
        expect(await read(2, 2)).toHaveLength(2);
        expect(await read(1, 1, { ...SHIBUYA, tenant: "other" })).toEqual([other]);
        await warehouse.replaceDerived("quality_hour", work(1, 2, 3), []);
        expect(await read(1, 4)).toEqual([]);
      });

      it("are read of some dates of many stores at once", async () => {
        const ginza = hour(1, 4, { store: "ginza" });
        await warehouse.addDerived("quality_hour", [
          hour(1, 1),
          hour(2, 2),
          hour(3, 3),
          ginza,
          hour(1, 9, { tenant: "other" }),
        ]);
        const asked = [...work(1, 3), { store: { ...SHIBUYA, store: "ginza" }, dates: ["2026-03-01", "2026-03-02"] }];
        const found = await warehouse.derivedOfStores("quality_hour", asked);
        expect(found).toEqual([ginza, hour(1, 1), hour(3, 3)]);
        expect(await warehouse.derivedOfStores("quality_hour", [])).toEqual([]);
      });

      it("may be many", async () => {
        const days = Array.from({ length: 9 }, (_, index) => index + 1);
        const rows = days.flatMap((day) =>
          Array.from({ length: 700 }, (_, index) => hour(day, index, { targetId: `door-${index}` })),
        );
        await warehouse.replaceDerived("quality_hour", work(...days), rows);
        const range = { from: "2026-03-01", to: "2026-03-09" };
        expect(await warehouse.derived("quality_hour", SHIBUYA, range)).toHaveLength(6_300);
      });

      it("include what people said, with its time", async () => {
        const word = {
          ...{ tenant: "acme", store: "shibuya", businessDate: "2026-03-01", ...WORDS },
          ...{ localFrom: "2026-03-01T00:00:00", localTo: "2026-03-02T00:00:00", verdict: "overrule" },
          ...{ saidBy: "anna", saidAt: "2026-03-05T01:02:03.456Z", note: "there was a parade" },
        };
        await warehouse.addDerived("quality_word", [word]);
        await reopen();
        expect(await warehouse.derived("quality_word", SHIBUYA, { from: "2026-03-01", to: "2026-03-01" })).toEqual([
          word,
        ]);
      });

      it("include what is expected and who is alike, of a tenant too", async () => {
        const key = { tenant: "acme", store: "shibuya", businessDate: "2026-03-01", place: "" };
        const forecast = {
          ...{
            ...key,
            store: "",
            step: "hour",
            localStart: "2026-03-01T10:00:00",
            model: "level-shape",
            artefact: "a1",
          },
          ...{ yhat: 7.25, lo80: 5, hi80: 9, lo95: 4, hi95: 12, madeAt: "2026-02-28T01:02:03.456Z", parts: "{}" },
        };
        const cluster = {
          ...{
            ...key,
            level: "door",
            place: "north",
            cluster: 2,
            nameEn: "night",
            nameJa: "夜型",
            clusters: 3,
            silhouette: 0.4,
            distance: 0.1,
          },
          ...{ isOdd: 0, splitHalf: null, movedFrom: 1 },
        };
        await warehouse.replaceDerived(
          "forecast",
          [{ store: { ...SHIBUYA, store: "" }, dates: ["2026-03-01"] }],
          [forecast],
        );
        await warehouse.replaceDerived("cluster", work(1), [cluster]);
        await reopen();
        const range = { from: "2026-03-01", to: "2026-03-01" };
        expect(await warehouse.derived("forecast", { ...SHIBUYA, store: "" }, range)).toEqual([forecast]);
        expect(await warehouse.derived("cluster", SHIBUYA, range)).toEqual([cluster]);
      });

      it("include the kind of each day, all of a store's replaced at once", async () => {
        const dayKind = (businessDate: string, kind: number) => ({
          ...{ tenant: "acme", store: "shibuya", businessDate, kind, nameEn: "Sat, Sun", nameJa: "土・日", kinds: 2 },
          ...{ silhouette: 0.41, distance: 0.1, isOdd: 1, splitHalf: 0.95, profile: "[0,1.5]", runDate: "2026-03-02" },
        });
        const range = { from: "2026-01-01", to: "2026-12-31" };
        const old = ["2026-02-27", "2026-02-28", "2026-03-01"].map((date) => dayKind(date, 1));
        await warehouse.replaceDerived(
          "day_kind",
          [{ store: SHIBUYA, dates: old.map((row) => row.businessDate) }],
          old,
        );
        const rows = [{ ...dayKind("2026-03-01", 2), isOdd: 0, splitHalf: null }, dayKind("2026-03-02", 1)];
        const dates = ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"];
        for (const _ of ["once", "again"])
          await warehouse.replaceDerived("day_kind", [{ store: SHIBUYA, dates }], rows);
        await reopen();
        expect(await warehouse.derived("day_kind", SHIBUYA, range)).toEqual(rows);
      });

      it("know which dates changed until that is forgotten, each reader by itself", async () => {
        const other = { ...SHIBUYA, store: "umeda" };
        await warehouse.noteChanged("quality", [...work(2, 1), { store: other, dates: ["2026-03-01"] }]);
        await warehouse.noteChanged("forecast", work(3));
        await warehouse.noteChanged("quality", work(2));
        const seen = await warehouse.changedDates("quality", [SHIBUYA]);
        expect(seen.work).toEqual(work(1, 2));
        await warehouse.noteChanged("quality", work(1));
        await warehouse.forgetChanged(seen.notes);
        await reopen();
        expect((await warehouse.changedDates("quality", [SHIBUYA])).work).toEqual(work(1));
        expect((await warehouse.changedDates("forecast", [SHIBUYA, other])).work).toEqual(work(3));
      });
    });

    alertSuite({ store: () => warehouse, reopen });
    rowSuite(() => warehouse, reopen);

    it("archives closed days only and reads them as before", async () => {
      const data = [1, 2, 3].map((day) => countsRow(day, `2026-03-0${day}T03:00:00Z`));
      const quarantine = [quarantineRow(4, "2026-03-01T09:00:00Z")];
      await warehouse.store(batch(4, { data: [...data, dataRow(healthMessage(9, NOON))], quarantine }));
      const range = { from: "2026-03-01", to: "2026-03-03" };
      const before = await warehouse.traffic(SHIBUYA, range, "window");
      expect(await warehouse.archive("2026-03-02")).toEqual(
        traits.movesOldDays ? { partitions: 4, rows: 4 } : NOTHING_MOVED,
      );
      expect(await warehouse.archive("2026-03-02")).toEqual({ partitions: 0, rows: 0 });
      await reopen();
      expect(await warehouse.traffic(SHIBUYA, range, "window")).toEqual(before);
      await rollUp(warehouse, SHIBUYA, ["2026-03-01", "2026-03-02", "2026-03-03"]);
      expect((await warehouse.traffic(SHIBUYA, range, "day")).map((row) => row.in)).toEqual([1, 1, 1]);
    });

    it("takes a late row for an archived day, once, and archives it too", async () => {
      await warehouse.store(batch(1, { data: [countsRow(1, NOON)] }));
      await rollUp(warehouse, SHIBUYA, ["2026-03-02"]);
      await warehouse.archive("2026-03-05");
      const late = countsRow(2, "2026-03-02T03:01:00Z");
      const outcome = await warehouse.store(batch(3, { data: [countsRow(1, NOON), late] }));
      expectLedger(outcome, { stored: 1, duplicate: 1, quarantined: 0 });
      expect(await staleDates(warehouse, SHIBUYA)).toEqual(["2026-03-02"]);
      expect(await windows("2026-03-02")).toEqual(["12:00:00", "12:01:00"]);
      expect(await warehouse.archive("2026-03-05")).toEqual(
        traits.movesOldDays ? { partitions: 1, rows: 1 } : NOTHING_MOVED,
      );
      expect(await windows("2026-03-02")).toEqual(["12:00:00", "12:01:00"]);
      const repeated = await warehouse.store(batch(5, { data: [countsRow(1, NOON), late] }));
      expectLedger(repeated, { stored: 0, duplicate: 2, quarantined: 0 });
      await rollUp(warehouse, SHIBUYA, ["2026-03-02"]);
      const [day] = await warehouse.traffic(SHIBUYA, { from: "2026-03-02", to: "2026-03-02" }, "day");
      expect(day?.in).toBe(2);
    });

    it("answers while it stores, rolls up and archives", async () => {
      const work = Array.from({ length: 20 }, async (_, index) => {
        const at = new Date(Date.parse(NOON) + index * 3_600_000).toISOString();
        await warehouse.store(batch(index + 1, { data: [countsRow(index, at)] }));
        const [rows] = await Promise.all([
          warehouse.traffic(SHIBUYA, { from: "2026-03-01", to: "2026-03-04" }, "window"),
          warehouse.archive("2026-03-02"),
          rollUp(warehouse, SHIBUYA, ["2026-03-02"]),
        ]);
        return rows.length;
      });
      const lengths = await Promise.all(work);
      expect(Math.max(...lengths)).toBe(20);
      expect(await warehouse.ledger()).toEqual({ stored: 20, duplicate: 0, quarantined: 0 });
    });
  });
}
