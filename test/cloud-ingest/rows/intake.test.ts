import { expect, it } from "vitest";
import { Permissions } from "../../../cloud-ingest/broker/permissions.ts";
import { MOST_ROWS, RowIntake, rowText } from "../../../cloud-ingest/rows/intake.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { instantRows } from "../../support/instant-rows.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { SHIBUYA } from "../warehouse/rows.ts";

const clock = new ManualClock("2026-11-27T00:00:00Z");
const STORES = [SHIBUYA];
const ROW = { table: "calendar", key: "k", version: 1, date: "2026-11-20", columns: { what: "none" } } as const;
const TEXT = rowText(SHIBUYA, ROW);
const BY = { by: "aya" };

const textOf = (over: object) => JSON.stringify({ tenant: "acme", store: "shibuya", ...ROW, ...over });

it("says waiting, and no more than that, while nobody stores what is safe", async () => {
  const warehouse = new FakeWarehouse();
  let published = 0;
  const publish = async () => {
    published += 1;
  };
  const signal = AbortSignal.timeout(300);
  const rows = new RowIntake({ writer: { publish }, warehouse, stores: STORES, clock });
  expect(await rows.add([TEXT, "nonsense"], BY, { signal })).toEqual([
    { row: 1, key: "k", outcome: "waiting" },
    { row: 2, key: "", outcome: "refused", reason: "not JSON" },
  ]);
  expect(published).toBe(2);
});

it("says waiting while the warehouse is away", async () => {
  const warehouse = new FakeWarehouse();
  const { rows } = instantRows(warehouse, STORES, clock);
  warehouse.rowVersions = async () => {
    throw new AppError("away", { code: "WAREHOUSE_UNREACHABLE", hint: "Wait." });
  };
  expect(await rows.add([TEXT], BY, { signal: AbortSignal.timeout(200) })).toMatchObject([{ outcome: "waiting" }]);
});

it("tells versions of one request apart, in any order", async () => {
  const { rows } = instantRows(new FakeWarehouse(), STORES, clock);
  const texts = [textOf({ version: 2 }), textOf({ version: 1 }), textOf({ version: 3 }), textOf({ version: 3 })];
  const closed = { columns: { what: "closed", says: "x" } };
  const dry = await rows.add([...texts, textOf({ version: 3, ...closed })], BY, { isDryRun: true });
  const done = await rows.add([...texts, textOf({ version: 3, ...closed })], BY);
  expect(done.map(({ outcome }) => outcome)).toEqual(["stored", "duplicate", "stored", "duplicate", "refused"]);
  expect(dry).toEqual(done);
});

it("refuses a row that is nested too deep, and takes those beside it", async () => {
  const deep = `${'{"columns":'.repeat(5_000)}1${"}".repeat(5_000)}`;
  const { rows } = instantRows(new FakeWarehouse(), STORES, clock);
  expect(await rows.add([TEXT, deep], BY)).toMatchObject([{ outcome: "stored" }, { outcome: "refused" }]);
});

it("knows a key again however its accents are written", async () => {
  const warehouse = new FakeWarehouse();
  const { rows } = instantRows(warehouse, STORES, clock);
  await rows.add([textOf({ key: "caf\u00e9 \u304c", columns: { what: "closed", says: "x" } })], BY);
  const back = await rows.add([textOf({ key: "cafe\u0301 \u304b\u3099", version: 2 })], BY);
  expect(back).toMatchObject([{ outcome: "stored", key: "caf\u00e9 \u304c" }]);
  const range = { from: "2026-11-20", to: "2026-11-20" };
  expect((await warehouse.sourceRows("calendar", range)).map(({ columns }) => columns)).toEqual([{ what: "none" }]);
});

it("takes back, and says again, by a later version", async () => {
  const warehouse = new FakeWarehouse();
  const { rows } = instantRows(warehouse, STORES, clock);
  await rows.add([textOf({ columns: { what: "closed", says: "x" } })], BY);
  expect(await rows.add([textOf({ version: 2 })], BY)).toMatchObject([{ outcome: "stored" }]);
  const range = { from: "2026-11-20", to: "2026-11-20" };
  expect((await warehouse.sourceRows("calendar", range)).map(({ columns }) => columns)).toEqual([{ what: "none" }]);
});

it("takes nobody's word for who says it, and no row for all stores by a slip in a store's name", async () => {
  const warehouse = new FakeWarehouse();
  const { rows, sent } = instantRows(warehouse, STORES, clock);
  const answers = await rows.add(
    [textOf({ by: "boss", receipt: "mine" }), textOf({ store: "*" }), textOf({ store: 7 })],
    BY,
  );
  expect(answers.map(({ outcome }) => outcome)).toEqual(["stored", "refused", "refused"]);
  expect((warehouse.sourced.get("calendar") ?? []).map(({ by }) => by)).toEqual(["aya"]);
  expect(sent.map(({ topic }) => topic)).toEqual([
    ...["kazoe/v1/acme/shibuya/-/rows", "kazoe/v1/-/-/-/rows", "kazoe/v1/-/-/-/rows"],
  ]);
});

it.each(["kazoe/v1/acme/shibuya/-/rows", "kazoe/v1/acme/-/-/rows", "kazoe/v1/-/-/-/rows"])(
  "no device may publish %s",
  (topic) => {
    const tokenSha256 = "0".repeat(64);
    const permissions = new Permissions([{ tenant: "acme", store: "shibuya", device: "cam-1", tokenSha256 }]);
    expect(permissions.mayPublish("acme/shibuya/cam-1", topic)).toBe(false);
  },
);

it("throws when the bus takes none, there is none, or there are too many rows", async () => {
  const warehouse = new FakeWarehouse();
  const full = new AppError("full", { code: "DISK_FULL", hint: "Make room." });
  const parts = { warehouse, stores: STORES, clock };
  const refusing = new RowIntake({ ...parts, writer: { publish: () => Promise.reject(full) } });
  await expect(refusing.add([TEXT], BY)).rejects.toBe(full);
  await expect(new RowIntake({ ...parts, writer: undefined }).add([TEXT], BY)).rejects.toMatchObject({ code: "USAGE" });
  const { rows } = instantRows(warehouse, STORES, clock);
  await expect(rows.add(Array(MOST_ROWS + 1).fill(TEXT), BY)).rejects.toMatchObject({ code: "USAGE" });
});
