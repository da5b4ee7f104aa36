import { describe, expect, it } from "vitest";
import type { StoreInfo, Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import type { SourceRow, StoredRow } from "../../../cloud-ingest/warehouse/row-port.ts";
import { ALL_DATES } from "../../../cloud-ingest/warehouse/source-rows.ts";
import type { RowMessage } from "../../../firmware-config/contract/row.ts";
import { batch, SHIBUYA } from "./rows.ts";

const GINZA: StoreInfo = { ...SHIBUYA, store: "ginza", name: "Ginza" };
const OTHER: StoreInfo = { ...SHIBUYA, tenant: "globex", name: "Another's" };

/** A closed day of a store. */
export function closedRow(over: Partial<RowMessage> = {}, store: StoreInfo = SHIBUYA): SourceRow {
  const row: RowMessage = {
    ...{ v: 1, kind: "row", table: "calendar", key: "typhoon", version: 1, date: "2026-03-02", by: "aya" },
    ...{ receipt: "r-1", columns: { what: "closed", says: "typhoon" } },
    ...(over as object),
  };
  const { tenant, store: name } = store;
  return { tenant, store: name, stores: [store], receivedAt: "2026-03-02T03:00:00.000Z", row };
}

/** What every driver must do with rows that no device sent. */
export function rowSuite(now: () => Warehouse, reopen: () => Promise<void>): void {
  let number = 100;
  const next = () => {
    number += 1;
    return number;
  };
  const store = (...rows: SourceRow[]) => now().store(batch(next(), { rows }));
  const calendar = () => now().sourceRows("calendar", ALL_DATES);
  const versions = (rows: readonly StoredRow[]) => rows.map(({ key, version }) => `${key} ${version}`);

  describe("rows that no device sent", () => {
    it("keeps a row with who said it and when, over a restart", async () => {
      expect(await store(closedRow())).toMatchObject({ stored: 1, duplicate: 0, quarantined: 0 });
      await reopen();
      expect(await calendar()).toEqual([
        {
          ...{ tenant: "acme", store: "shibuya", key: "typhoon", version: 1, date: "2026-03-02", by: "aya" },
          ...{ receipt: "r-1", receivedAt: "2026-03-02T03:00:00.000Z", columns: { what: "closed", says: "typhoon" } },
        },
      ]);
    });

    it("lets the highest version of a key hold, and calls an equal or older one a duplicate", async () => {
      await store(closedRow({ version: 2 }));
      expect(await store(closedRow({ version: 2, receipt: "r-2", by: "ken" }))).toMatchObject({
        stored: 0,
        duplicate: 1,
      });
      expect(await store(closedRow({ version: 1, columns: { what: "event", says: "sale" } }))).toMatchObject({
        ...{ stored: 0, duplicate: 1 },
      });
      await store(closedRow({ version: 3, date: "2026-03-03" }));
      expect((await calendar()).map(({ version, date, by }) => `${version} ${date} ${by}`)).toEqual([
        "3 2026-03-03 aya",
      ]);
      expect(await now().sourceRows("calendar", { from: "2026-03-02", to: "2026-03-02" })).toEqual([]);
      expect(await now().rowVersions("calendar", [{ tenant: "acme", store: "shibuya", key: "typhoon" }])).toHaveLength(
        2,
      );
    });

    it("refuses the same version with other columns by their names, and stores nothing of its batch", async () => {
      await store(closedRow());
      const outcome = await store(closedRow({ key: "other" }), closedRow({ columns: { what: "event", says: "sale" } }));
      expect(outcome).toMatchObject({ stored: 0, duplicate: 0, quarantined: 0 });
      expect(outcome.refusedRows).toEqual([
        { index: 1, reason: "this version of the key is there and says otherwise of says, what" },
      ]);
      expect(versions(await calendar())).toEqual(["typhoon 1"]);
      const moved = await store(closedRow({ date: "2026-03-05" }));
      expect(moved.refusedRows?.map(({ reason }) => reason)).toEqual([
        "this version of the key is there and says otherwise of date",
      ]);
    });

    it("judges rows of one batch by each other", async () => {
      const outcome = await store(closedRow(), closedRow({ receipt: "r-2" }), closedRow({ version: 5 }));
      expect(outcome).toMatchObject({ stored: 2, duplicate: 1 });
      const both = await store(closedRow({ key: "k" }), closedRow({ key: "k", columns: { what: "none" } }));
      expect(both.refusedRows?.map(({ index }) => index)).toEqual([1]);
    });

    it("holds keys of stores, tenants and tables apart", async () => {
      await store(closedRow(), closedRow({}, GINZA), closedRow({}, OTHER));
      expect(await calendar()).toHaveLength(3);
      const own = await now().sourceRows("calendar", ALL_DATES, { tenant: "globex", store: "shibuya" });
      expect(own.map(({ tenant }) => tenant)).toEqual(["globex"]);
      const columns = { device: "cam-1", verdict: "overrule", note: "parade" } as const;
      await store(closedRow({ table: "overrule", columns }));
      expect((await now().sourceRows("overrule", ALL_DATES)).map((row) => row.columns)).toEqual([columns]);
      expect(await now().sourceRows("correction", ALL_DATES)).toEqual([]);
    });

    it("re-opens the dates of a row, those that it spoke of before, and no others", async () => {
      await store(closedRow());
      const first = await now().changedDates("quality", [SHIBUYA, GINZA]);
      expect(first.work).toEqual([{ store: SHIBUYA, dates: ["2026-03-02"] }]);
      await now().forgetChanged(first.notes);
      await store(closedRow({ receipt: "again" }));
      expect((await now().changedDates("quality", [SHIBUYA])).work).toEqual([]);
      await store(closedRow({ version: 2, date: "2026-03-09" }));
      expect((await now().changedDates("quality", [SHIBUYA])).work).toEqual([
        { store: SHIBUYA, dates: ["2026-03-02", "2026-03-09"] },
      ]);
      const tenantWide = { ...closedRow({ key: "all" }), store: "", stores: [SHIBUYA, GINZA] };
      await store(tenantWide);
      expect((await now().changedDates("quality", [GINZA])).work).toEqual([{ store: GINZA, dates: ["2026-03-02"] }]);
    });

    it("keeps a number beside the counts as it is, to the last digit, and re-opens nothing for it", async () => {
      const columns = { name: "rain", hour: 9, value: -0.1 - 1e-12, knownInAdvance: true };
      const rain = { ...closedRow({ table: "regressor", key: "rain 2026-03-02 09", columns }), store: "" };
      expect(await store(rain)).toMatchObject({ stored: 1 });
      await reopen();
      expect((await now().sourceRows("regressor", ALL_DATES)).map((row) => row.columns)).toEqual([columns]);
      expect(await store(rain)).toMatchObject({ stored: 0, duplicate: 1 });
      const dry = { ...columns, value: 0, knownInAdvance: false };
      const twice = { ...rain, row: { ...rain.row, columns: dry } } as SourceRow;
      expect((await store(twice)).refusedRows?.map(({ reason }) => reason)).toEqual([
        "this version of the key is there and says otherwise of knownInAdvance, value",
      ]);
      const unknown = { name: "rain", hour: 9, knownInAdvance: false };
      await store({ ...rain, row: { ...rain.row, version: 2, columns: unknown } } as SourceRow);
      expect((await now().sourceRows("regressor", ALL_DATES)).map((row) => row.columns)).toEqual([unknown]);
      expect((await now().changedDates("quality", [SHIBUYA])).work).toEqual([]);
    });

    it("takes what keys and texts may hold, as it is", async () => {
      const key = `=cmd|' /C calc'!A0 "'\`;--\\ /é漢🎌 ${"k".repeat(150)}`;
      const says = '=HYPERLINK("http://x","y"), <b>&\'';
      await store(closedRow({ key, version: Number.MAX_SAFE_INTEGER, columns: { what: "event", says } }));
      const [row] = await calendar();
      expect([row?.key, row?.version, row?.columns.says]).toEqual([key, Number.MAX_SAFE_INTEGER, says]);
      expect(await now().rowVersions("calendar", [{ tenant: "acme", store: "shibuya", key }])).toHaveLength(1);
    });

    it("brings a row back out of quarantine once, and refuses again what is refused", async () => {
      const quarantine = ["a", "b", "c"].map((name) => ({
        ...{ messageId: `inbox:${name}`, receivedAt: "2026-03-02T03:00:00Z", reason: "the tenant has no such store" },
        ...{ topic: "kazoe/v1/acme/shibuya/-/rows", payload: name },
      }));
      await now().store(batch(next(), { quarantine }));
      const rejudged = [
        { messageId: "inbox:a", row: closedRow() },
        { messageId: "inbox:b", row: closedRow({ receipt: "r-2" }) },
        { messageId: "inbox:c", row: closedRow({ columns: { what: "none" } }) },
      ];
      const done = await now().replay(rejudged, "2026-03-03T00:00:00Z");
      expect(done).toEqual({ stored: 1, duplicate: 1, quarantined: 1 });
      expect(versions(await calendar())).toEqual(["typhoon 1"]);
      const pending = await now().pendingMessages({}, "", 10);
      expect(pending.map(({ messageId, replay }) => [messageId, replay?.reason])).toEqual([
        ["inbox:c", "the warehouse refuses it: this version of the key is there and says otherwise of says, what"],
      ]);
      expect(await now().ledger()).toEqual({ stored: 1, duplicate: 1, quarantined: 1 });
    });
  });
}
