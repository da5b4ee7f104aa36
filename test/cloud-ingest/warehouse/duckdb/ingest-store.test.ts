import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "../../../../cloud-ingest/warehouse/duckdb/database.ts";
import { DuckDbIngestStore } from "../../../../cloud-ingest/warehouse/duckdb/ingest-store.ts";
import { DuckDbIntakeHistory } from "../../../../cloud-ingest/warehouse/duckdb/intake-history.ts";
import { DuckDbLedgerStore } from "../../../../cloud-ingest/warehouse/duckdb/ledger-store.ts";
import { DuckDbQuarantine } from "../../../../cloud-ingest/warehouse/duckdb/quarantine-store.ts";
import { Session } from "../../../../cloud-ingest/warehouse/duckdb/session.ts";
import { DuckDbTrafficStore } from "../../../../cloud-ingest/warehouse/duckdb/traffic-store.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { careOf, openDatabase } from "../open-database.ts";
import { batch, countsRow, presenceRow, quarantineRow, SHIBUYA, stateMessage } from "../rows.ts";

const NOON = "2026-03-02T03:00:00.000Z";
const NOON_MS = Date.parse(NOON);
const MB = 1024 * 1024;

let database: Database;
let store: DuckDbIngestStore;

beforeEach(async () => {
  database = await openDatabase(await tempDir());
  store = new DuckDbIngestStore(database, careOf(database));
});

afterEach(() => database.close());

const bulky = (number: number, characters: number) => ({
  ...{ ...quarantineRow(number, NOON), payload: "x".repeat(characters) },
});

describe("a batch", () => {
  it("of large payloads goes in by pieces of about a megabyte, every message once", async () => {
    const run = vi.spyOn(Session.prototype, "run");
    const quarantine = [1, 2, 3, 4, 5].map((number) => bulky(number, 0.6 * MB));
    expect(await store.store(batch(5, { quarantine }))).toEqual({ stored: 0, duplicate: 0, quarantined: 5 });
    const inserts = run.mock.calls.filter(([sql]) => sql.includes("INSERT INTO quarantine "));
    run.mockRestore();
    expect(inserts).toHaveLength(3);
    const sizes = await database.read((session) =>
      session.rows("SELECT message_id, length(payload) AS n FROM quarantine"),
    );
    expect(sizes).toHaveLength(5);
    expect(new Set(sizes.map(({ n }) => n))).toEqual(new Set([String(Math.floor(0.6 * MB))]));
  });

  it("moves the mark of our clock on, and one without leaves it", async () => {
    const mark = async () => (await new DuckDbIntakeHistory(database).intakeBetween(NOON, NOON)).clockMark;
    const data = [countsRow(1, NOON)];
    await store.store(batch(1, { data }));
    expect(await mark()).toBe(NOON);
    for (const [number, markMs] of [
      [2, NOON_MS + 5],
      [3, NOON_MS + 7],
    ] as const) {
      await store.store(batch(number, { clock: { nowMs: NOON_MS, markMs } }));
      await store.store(batch(number, { clock: { nowMs: NOON_MS, markMs: 0 } }));
      expect(await mark()).toBe(new Date(markMs).toISOString());
    }
    await store.store(batch(4, {}));
    expect(await mark()).toBe("2026-03-02T03:00:00.007Z");
  });

  it("takes times of receipt that are to come for now, when it has a clock", async () => {
    const data = [{ ...countsRow(1, NOON), receivedAt: "2100-01-01T00:00:00.000Z" }];
    await store.store(batch(1, { data, clock: { nowMs: NOON_MS, markMs: NOON_MS } }));
    expect(await new DuckDbTrafficStore(database).devices(SHIBUYA)).toMatchObject([{ lastSeenAt: NOON }]);
  });

  it("that was stored before changes nothing, nor does one before it", async () => {
    await store.store(
      batch(7, { data: [countsRow(1, NOON)], presence: [presenceRow(stateMessage("online", "b", NOON))] }),
    );
    for (const number of [7, 6])
      expect(await store.store(batch(number, { data: [countsRow(2, NOON)] }))).toEqual({
        ...{ stored: 0, duplicate: 0, quarantined: 0 },
      });
    expect([await store.lastStored("inbox"), await store.ledger()]).toEqual([
      7,
      { stored: 2, duplicate: 0, quarantined: 0 },
    ]);
  });

  it("sees what somebody else has written since the last one", async () => {
    await store.store(batch(1, { data: [countsRow(1, NOON)] }));
    await database.write(async (session) => {
      for (const table of ["seq_range", "device", "stale_quarter", "counts"]) await session.run(`DELETE FROM ${table}`);
      await session.run("UPDATE ledger SET last_number = 0");
    });
    await store.store(batch(0, { data: [countsRow(5, NOON)] }));
    expect(await store.store(batch(1, { data: [countsRow(1, NOON)] }))).toMatchObject({ stored: 1, duplicate: 0 });
    const traffic = new DuckDbTrafficStore(database);
    expect(await traffic.staleDates([SHIBUYA])).toMatchObject([{ dates: ["2026-03-02"] }]);
    expect(await traffic.devices(SHIBUYA)).toHaveLength(1);
  });

  it("forgets what it meant to write when it failed", async () => {
    await store.store(batch(1, { data: [countsRow(1, NOON)] }));
    await database.write((session) => session.run("ALTER TABLE ledger RENAME TO elsewhere"));
    const next = batch(2, { data: [countsRow(2, "2026-03-03T03:00:00Z")] });
    for (const _ of [1, 2]) await expect(store.store(next)).rejects.toThrow();
    await database.write((session) => session.run("ALTER TABLE elsewhere RENAME TO ledger"));
    expect(await store.store(next)).toEqual({ stored: 1, duplicate: 0, quarantined: 0 });
    const [stale] = await new DuckDbTrafficStore(database).staleDates([SHIBUYA]);
    expect(stale?.dates).toEqual(["2026-03-02", "2026-03-03"]);
  });

  it("knows its own as long as nobody else writes: numbers, devices and marks are not asked for again", async () => {
    await store.store(batch(1, { data: [countsRow(1, NOON)] }));
    const rows = vi.spyOn(Session.prototype, "rows");
    const data = [countsRow(1, NOON), countsRow(2, NOON)];
    expect(await store.store(batch(2, { data }))).toEqual({ stored: 1, duplicate: 1, quarantined: 0 });
    expect(rows).not.toHaveBeenCalled();
    rows.mockRestore();
  });
});

describe("a replay", () => {
  it("refuses what no column can hold, says why, and takes the rest", async () => {
    await store.store(batch(2, { quarantine: [quarantineRow(1, NOON), quarantineRow(2, NOON)] }));
    const bad = countsRow(1, NOON, { dwellS: Number.NaN });
    const messages = [
      { messageId: "inbox:1", data: bad },
      { messageId: "inbox:2", data: countsRow(2, NOON) },
    ];
    expect(await store.replay(messages, NOON)).toEqual({ stored: 1, duplicate: 0, quarantined: 1 });
    expect((await new DuckDbQuarantine(database).quarantinedMessage("inbox:1"))?.replay).toEqual({
      ...{ replayedAt: NOON, outcome: "refused" },
      reason: "the warehouse refuses it: dwellS does not fit a column of type number",
    });
  });

  it("hears of devices when they were received, and never later than it is made", async () => {
    await store.store(batch(1, { quarantine: [quarantineRow(1, NOON)] }));
    const data = { ...countsRow(1, NOON), receivedAt: "2100-01-01T00:00:00.000Z" };
    await store.replay([{ messageId: "inbox:1", data }], NOON);
    expect(await new DuckDbTrafficStore(database).devices(SHIBUYA)).toMatchObject([{ lastSeenAt: NOON }]);
  });

  it("moves in the ledger of the message's stream, or of a bus without order, what that has in quarantine", async () => {
    const streams = ["", "a:b", "c"];
    const ledgers = async () =>
      Promise.all(
        streams.map(async (stream) => Object.values(await new DuckDbLedgerStore(database).streamLedger([stream]))),
      );
    const quarantine = (...names: readonly string[]) =>
      names.map((messageId) => ({ ...quarantineRow(0, NOON), messageId, payload: messageId }));
    await store.store({ data: [], presence: [], quarantine: quarantine("8f2a", "c:7", "c:8") });
    await store.store(batch(4, { quarantine: quarantine("a:b:3", "a:b:4") }, "a:b"));
    await store.store(batch(1, {}, "c"));
    const rejudged = ["8f2a", "a:b:3", "c:7"].map((messageId, seq) => ({ messageId, data: countsRow(seq, NOON) }));
    expect(await store.replay(rejudged, NOON)).toEqual({ stored: 3, duplicate: 0, quarantined: 0 });
    expect(await ledgers()).toEqual([
      [2, 0, 1],
      [1, 0, 1],
      [0, 0, 0],
    ]);
    await database.write((session) => session.run("UPDATE ledger SET quarantined = 0"));
    await store.replay([{ messageId: "c:8", data: countsRow(0, NOON) }], NOON);
    expect(await ledgers()).toEqual([
      [2, 0, 0],
      [1, 0, 0],
      [0, 0, 0],
    ]);
  });

  it("of nothing does nothing", async () => {
    expect(await store.replay([], NOON)).toEqual({ stored: 0, duplicate: 0, quarantined: 0 });
  });
});
