import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ALERT_TABLES, type AlertRows, EVER } from "../../../../cloud-ingest/warehouse/alert-port.ts";
import type { IngestBatch, Warehouse } from "../../../../cloud-ingest/warehouse/port.ts";
import { ALL_DATES } from "../../../../cloud-ingest/warehouse/source-rows.ts";
import { bookSizes, newerBooks } from "../../../../cloud-ingest/warehouse/transfer/books.ts";
import { ParquetDesk } from "../../../../cloud-ingest/warehouse/transfer/parquet-desk.ts";
import { MOVED_TABLES, type MovedTable, type TransferEnd } from "../../../../cloud-ingest/warehouse/transfer/port.ts";
import type { EventMessage } from "../../../../firmware-config/contract/events.ts";
import { aRun } from "../../../support/job-run.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { closedRow } from "../row-suite.ts";
import {
  batch,
  birthMessage,
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
} from "../rows.ts";

/** A place that can be opened as a warehouse, and then as an end of a copy. */
export interface TransferPlace {
  openWarehouse(): Promise<Warehouse>;
  /** `dir` is for files. */
  openEnd(dir: string): Promise<TransferEnd>;
  clean(): Promise<void>;
}

export const NOON = "2026-03-02T03:00:00Z";
export const ALWAYS = { from: "0001-01-01", to: "9999-12-31" };
const WORD = {
  ...{ tenant: "acme", store: "shibuya", businessDate: "2026-03-01", measure: "in", verdict: "overrule" },
  ...{ deviceId: "cam-1", cameraId: "street", targetKind: "line", targetId: "door", note: "a parade" },
  ...{ localFrom: "2026-03-01T00:00:00", localTo: "2026-03-02T00:00:00" },
  ...{ saidBy: "anna", saidAt: "2026-03-05T01:02:03.456Z" },
};
const NO_BOOKS = {
  device: 0,
  job_run: 0,
  ledger: 0,
  ledger_accepted: 0,
  quality_word: 0,
  clock_mark: 0,
  alert: 0,
  alert_delivery: 0,
  alert_word: 0,
  row_calendar: 0,
  row_correction: 0,
  row_overrule: 0,
  row_regressor: 0,
};

const CAM = { tenant: "acme", store: "shibuya", device: "cam-1" };
const BEGUN = {
  ...{ eventId: "event-1", number: 1, at: "2026-03-02T03:00:00.000Z", ...CAM, rule: "", ruleVersion: "", was: "ok" },
  ...{ state: "firing", since: "2026-03-02T02:59:00.000Z", until: null, alertId: "alert-1", notify: "firing" },
  details: '{"severity":"warning"}',
};
const ALERTS: AlertRows = {
  alert: [BEGUN, { ...BEGUN, eventId: "event-2", number: 2, was: "firing", state: "ok", notify: "resolved" }],
  alert_delivery: [
    {
      ...{ deliveryId: "d-1", notificationId: "event-1", number: 1, sink: "ops", at: "2026-03-02T03:00:01.000Z" },
      ...{ outcome: "taken", details: "" },
    },
  ],
  alert_word: [
    {
      ...{ wordId: "word-1", saidAt: "2026-03-02T03:05:00.000Z", ...CAM, alertId: "alert-1", word: "ack" },
      ...{ fromAt: null, untilAt: null, saidBy: "anna", note: "I drive there" },
    },
  ],
};

/** Every kind of row, on dates of four decades. */
export function everything(): IngestBatch {
  const { deviceId, bootId, v, monotonicMs, clockSynced, historical } = countsMessage(1, NOON);
  const crossing: EventMessage = {
    ...{ v, deviceId, bootId, seq: 8, ts: NOON, monotonicMs, clockSynced, historical },
    ...{ kind: "events", cameraId: "front", eventKind: "crossing", targetId: "door", direction: "in" },
  };
  return batch(20, {
    data: [
      countsRow(1, NOON, { in: 3, occupancyMean: 0.1, dwellS: 1 / 3 }),
      countsRow(1, NOON, { in: 3 }),
      countsRow(2, "2026-03-02T03:01:00.250Z", { targetId: "日本 'x'\n" }),
      countsRow(3, "2026-03-03T03:00:00Z"),
      countsRow(4, "1998-07-01T10:00:00Z"),
      countsRow(5, "2013-07-01T10:00:00Z"),
      dataRow(healthMessage(6, NOON)),
      dataRow(crossing),
    ],
    presence: [
      presenceRow(birthMessage("2026-03-02T02:00:00Z")),
      presenceRow(stateMessage("online", "boot-00000001", NOON)),
    ],
    quarantine: [
      quarantineRow(9, NOON),
      { ...quarantineRow(9, NOON), payload: "another of that name" },
      { ...quarantineRow(10, "2026-03-04T00:00:00Z"), payload: "\ufffd", payloadBase64: "/w==" },
    ],
    clock: { nowMs: Date.parse("2026-03-05T00:00:00Z"), markMs: Date.parse("2026-03-04T00:00:00Z") },
  });
}

/** What every driver must do as an end of a copy. */
export function transferSuite(makePlace: () => Promise<TransferPlace>): void {
  let places: readonly [TransferPlace, TransferPlace];
  let dir: string;

  beforeEach(async () => {
    places = [await makePlace(), await makePlace()];
    dir = await tempDir();
  });

  afterEach(async () => {
    for (const place of places) await place.clean();
  });

  const onWarehouse = async <T>(place: TransferPlace, use: (warehouse: Warehouse) => Promise<T>): Promise<T> => {
    const warehouse = await place.openWarehouse();
    return use(warehouse).finally(() => warehouse.close());
  };

  const onEnd = async <T>(place: TransferPlace, use: (end: TransferEnd) => Promise<T>): Promise<T> => {
    const end = await place.openEnd(dir);
    return use(end).finally(() => end.close());
  };

  const fill = (place: TransferPlace) =>
    onWarehouse(place, async (warehouse) => {
      await warehouse.store(everything());
      await warehouse.recordRun(aRun({ job: "a", startedAt: NOON, finishedAt: NOON }));
      await warehouse.acceptDifference({ stream: "inbox", difference: 2, acceptedAt: NOON, note: "known" });
      await warehouse.addDerived("quality_word", [WORD]);
      for (const table of ALERT_TABLES) await warehouse.addAlerts(table, ALERTS[table]);
    });

  const sumsOf = async (end: TransferEnd) => {
    const all = await Promise.all(MOVED_TABLES.map(async (table) => [table, await end.sums(table, ALWAYS)] as const));
    return Object.fromEntries(all);
  };

  const read = async (end: TransferEnd, table: MovedTable, file: string) => {
    await end.read({ table, sums: await end.sums(table, ALWAYS) }, file);
  };

  /** Moves every row from the first place to the second. */
  const moveAll = async () => {
    const files = await onEnd(places[0], async (end) => {
      const moved = [];
      for (const table of MOVED_TABLES) {
        const sums = await end.sums(table, ALWAYS);
        if (sums.length === 0) continue;
        const file = join(dir, `${table}.parquet`);
        await end.read({ table, sums }, file);
        moved.push({ portion: { table, sums }, file });
      }
      return moved;
    });
    await onEnd(places[1], async (end) => {
      for (const { portion, file } of files) await end.write(portion, file);
    });
    return files;
  };

  describe("rows", () => {
    it("has nothing where nothing is", async () => {
      await onWarehouse(places[0], async () => {});
      await onEnd(places[0], async (end) => {
        for (const sums of Object.values(await sumsOf(end))) expect(sums).toEqual([]);
        expect(bookSizes(await end.books())).toEqual(NO_BOOKS);
      });
    });

    it("are counted by date, each once, in the range that is asked for", async () => {
      await fill(places[0]);
      await onEnd(places[0], async (end) => {
        const counts = await end.sums("counts", ALWAYS);
        expect(counts.map(({ date, rows, isWhole }) => [date, rows, isWhole])).toEqual([
          ["1998-07-01", 1, true],
          ["2013-07-01", 1, true],
          ["2026-03-02", 2, true],
          ["2026-03-03", 1, true],
        ]);
        expect(await end.sums("counts", { from: "2013-07-01", to: "2026-03-02" })).toEqual(counts.slice(1, 3));
        expect((await end.sums("quarantine", ALWAYS)).map(({ date, rows }) => [date, rows])).toEqual([
          ["2026-03-02", 2],
          ["2026-03-04", 1],
        ]);
      });
    });

    it("come out as they went in, whatever their date", async () => {
      await fill(places[0]);
      await moveAll();
      const desk = await ParquetDesk.open(dir);
      for (const table of MOVED_TABLES) {
        const [one, other] = [join(dir, `1-${table}`), join(dir, `2-${table}`)];
        await onEnd(places[0], (end) => read(end, table, one));
        await onEnd(places[1], (end) => read(end, table, other));
        for (const pair of [
          [one, other],
          [other, one],
        ]) {
          const left = await desk.rows("SELECT * FROM read_parquet($1) EXCEPT SELECT * FROM read_parquet($2)", pair);
          expect(left).toEqual([]);
        }
      }
      desk.close();
      expect(await onEnd(places[1], sumsOf)).toEqual(await onEnd(places[0], sumsOf));
    });

    it("change nothing when they come again", async () => {
      await fill(places[0]);
      const files = await moveAll();
      const before = await onEnd(places[1], sumsOf);
      await onEnd(places[1], async (end) => {
        for (const { portion, file } of files) await end.write(portion, file);
        expect(await sumsOf(end)).toEqual(before);
      });
      await onWarehouse(places[1], async (warehouse) => {
        const windows = await warehouse.traffic(SHIBUYA, { from: "2026-03-02", to: "2026-03-02" }, "window");
        expect(windows).toHaveLength(2);
      });
    });

    it("settle beside those that are there, and are known when a device sends them again", async () => {
      await fill(places[0]);
      await onWarehouse(places[1], (warehouse) =>
        warehouse.store(batch(1, { data: [countsRow(1, NOON, { in: 3 }), countsRow(77, NOON)] }, "other")),
      );
      await moveAll();
      await onWarehouse(places[1], (warehouse) =>
        warehouse.store(batch(2, { data: [countsRow(3, "2026-03-03T03:00:00Z")] }, "other")),
      );
      await onEnd(places[1], async (end) => {
        const counts = await end.sums("counts", ALWAYS);
        expect(counts.map(({ rows }) => rows)).toEqual([1, 1, 3, 1]);
      });
    });

    it("are noted for the roll-up", async () => {
      await fill(places[0]);
      await moveAll();
      const dates = ["1998-07-01", "2013-07-01", "2026-03-02", "2026-03-03"];
      await onWarehouse(places[1], async (warehouse) => {
        expect(await staleDates(warehouse, SHIBUYA)).toEqual(dates);
        await rollUp(warehouse, SHIBUYA, dates);
        expect(await staleDates(warehouse, SHIBUYA)).toEqual([]);
        const days = await warehouse.traffic(SHIBUYA, { from: "1998-01-01", to: "2026-12-31" }, "day");
        expect(days.map(({ businessDate, in: entries }) => [businessDate, entries])).toEqual([
          ["1998-07-01", 1],
          ["2013-07-01", 1],
          ["2026-03-02", 3],
          ["2026-03-02", 1],
          ["2026-03-03", 1],
        ]);
      });
    });

    it("of the quarantine keep what a replay made of them; that a message was stored is not forgotten", async () => {
      await fill(places[0]);
      const later = "2026-03-03T00:00:00.000Z";
      await onWarehouse(places[0], async (warehouse) => {
        await warehouse.replay([{ messageId: "inbox:9", data: countsRow(50, NOON) }], NOON);
        await warehouse.replay([{ messageId: "inbox:10", reason: "still bad" }], NOON);
      });
      await onWarehouse(places[1], async (warehouse) => {
        await warehouse.store(batch(10, { quarantine: [quarantineRow(9, NOON), quarantineRow(10, NOON)] }, "inbox"));
        await warehouse.replay([{ messageId: "inbox:9", reason: "bad" }], later);
        await warehouse.replay([{ messageId: "inbox:10", data: countsRow(51, NOON) }], later);
      });
      await moveAll();
      await onWarehouse(places[1], async (warehouse) => {
        expect(await warehouse.quarantinedMessage("inbox:9")).toMatchObject({ replay: { outcome: "stored" } });
        expect(await warehouse.quarantinedMessage("inbox:10")).toMatchObject({ replay: { outcome: "stored" } });
      });
    });
  });

  describe("books", () => {
    const copyBooks = async () => {
      const source = await onEnd(places[0], (end) => end.books());
      await onEnd(places[1], async (end) => end.putBooks(newerBooks(source, await end.books())));
      const left = newerBooks(source, await onEnd(places[1], (end) => end.books()));
      expect(bookSizes(left)).toEqual(NO_BOOKS);
    };

    it("go over as they are, once", async () => {
      await fill(places[0]);
      await copyBooks();
      await copyBooks();
      await onWarehouse(places[1], async (warehouse) => {
        expect(await warehouse.lastStored("inbox")).toBe(20);
        const ledger = await onWarehouse(places[0], (other) => other.ledger());
        expect(await warehouse.ledger()).toEqual(ledger);
        expect(await warehouse.runs(5)).toMatchObject([{ job: "a", startedAt: "2026-03-02T03:00:00.000Z" }]);
        expect(await warehouse.acceptedDifferences()).toMatchObject([{ difference: 2, note: "known" }]);
        const day = { from: WORD.businessDate, to: WORD.businessDate };
        expect(await warehouse.derived("quality_word", SHIBUYA, day)).toEqual([WORD]);
        for (const table of ALERT_TABLES) expect(await warehouse.alerts(table, EVER)).toEqual(ALERTS[table]);
        expect(await warehouse.devices(SHIBUYA)).toMatchObject([{ deviceId: "cam-1", online: true, modelName: "ssd" }]);
        expect((await warehouse.intakeBetween(NOON, NOON)).clockMark).toBe("2026-03-04T00:00:00.000Z");
      });
    });

    it("never go back: who has read further, or heard of a device later, keeps what it knows", async () => {
      await fill(places[0]);
      const later = "2026-03-06T00:00:00.000Z";
      await onWarehouse(places[1], async (warehouse) => {
        await warehouse.store(batch(30, { data: [countsRow(90, later)] }, "inbox"));
        await warehouse.store({ data: [countsRow(91, later)], presence: [], quarantine: [] });
      });
      await copyBooks();
      await onWarehouse(places[1], async (warehouse) => {
        expect(await warehouse.lastStored("inbox")).toBe(30);
        expect(await warehouse.ledger()).toMatchObject({ stored: 2 });
        expect(await warehouse.devices(SHIBUYA)).toMatchObject([{ lastSeenAt: later }]);
      });
    });

    it("take rows that no device sent along, every version once", async () => {
      const parts = { data: [], presence: [], quarantine: [] };
      const correction = {
        device: "cam-1",
        camera: "front",
        target: "door",
        measure: "in",
        hour: 3,
        value: 7,
      } as const;
      const rows = [closedRow(), closedRow({ version: 2, date: "2026-03-09" })];
      await onWarehouse(places[0], (warehouse) => warehouse.store({ ...parts, rows }));
      await onWarehouse(places[0], (warehouse) =>
        warehouse.store({ ...parts, rows: [closedRow({ table: "correction", columns: correction })] }),
      );
      await onWarehouse(places[1], (warehouse) => warehouse.store({ ...parts, rows: rows.slice(0, 1) }));
      await copyBooks();
      await copyBooks();
      await onWarehouse(places[1], async (warehouse) => {
        const [key] = await warehouse.sourceRows("calendar", ALL_DATES);
        expect(key).toMatchObject({ version: 2, date: "2026-03-09", receivedAt: "2026-03-02T03:00:00.000Z" });
        expect(await warehouse.rowVersions("calendar", key ? [key] : [])).toHaveLength(2);
        expect((await warehouse.sourceRows("correction", ALL_DATES)).map(({ columns }) => columns)).toEqual([
          correction,
        ]);
      });
    });

    it("go on with a bus without order", async () => {
      const parts = { presence: [], quarantine: [] };
      await onWarehouse(places[0], (warehouse) =>
        warehouse.store({ ...parts, data: [1, 2].map((seq) => countsRow(seq, NOON)) }),
      );
      await onWarehouse(places[1], (warehouse) => warehouse.store({ ...parts, data: [countsRow(1, NOON)] }));
      await copyBooks();
      expect(await onWarehouse(places[1], (warehouse) => warehouse.ledger())).toMatchObject({ stored: 2 });
      await onWarehouse(places[0], (warehouse) => warehouse.store({ ...parts, data: [countsRow(3, NOON)] }));
      await copyBooks();
      await onWarehouse(places[1], async (warehouse) => {
        await warehouse.store({ ...parts, data: [countsRow(4, NOON)] });
        expect(await warehouse.ledger()).toMatchObject({ stored: 4 });
      });
    });
  });
}
