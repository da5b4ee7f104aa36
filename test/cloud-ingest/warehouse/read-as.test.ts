import { expect, test } from "vitest";
import { readAs } from "../../../cloud-ingest/warehouse/duckdb/read-as.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { openDatabase } from "./open-database.ts";

/** Takes far longer than the test may. */
const ENDLESS = "SELECT count(*) AS n FROM range(100000000000) WHERE hash(range) = 1";

test("a statement under way ends with the one who asked", async () => {
  const database = await openDatabase(await tempDir());
  const gone = new AbortController();
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const reading = readAs(database, { isExport: true, signal: gone.signal }, (session) => {
    begin();
    return session.rows(ENDLESS);
  });
  await begun;
  gone.abort(new Error("gone"));
  await expect(reading).rejects.toThrow("gone");
  const after = await readAs(database, { isExport: true }, (session) => session.rows("SELECT 1 AS one"));
  expect(after).toEqual([{ one: 1 }]);
  await database.close();
});

test("who has the answer already stops nobody else's statement", async () => {
  const database = await openDatabase(await tempDir());
  const gone = new AbortController();
  expect(await readAs(database, { signal: gone.signal }, (session) => session.rows("SELECT 1 AS one"))).toHaveLength(1);
  const next = readAs(database, {}, (session) => session.rows("SELECT sum(hash(range) % 7) AS n FROM range(30000000)"));
  gone.abort(new Error("gone"));
  expect(await next).toHaveLength(1);
  await database.close();
});

test("what waits for its lane is not begun for who has gone, and exports keep no page waiting", async () => {
  const database = await openDatabase(await tempDir());
  const gone = new AbortController();
  let finish = () => {};
  const long = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const order: string[] = [];
  const first = readAs(database, { isExport: true }, () => long.then(() => void order.push("export")));
  const second = readAs(database, { isExport: true, signal: gone.signal }, async () => void order.push("gone"));
  await readAs(database, {}, async () => void order.push("page"));
  gone.abort(new Error("nobody wants it"));
  finish();
  await first;
  await expect(second).rejects.toThrow("nobody wants it");
  expect(order).toEqual(["page", "export"]);
  await database.close();
});

test("what fails for another reason says that one", async () => {
  const database = await openDatabase(await tempDir());
  const { signal } = new AbortController();
  await expect(readAs(database, { signal }, (session) => session.rows("FROM nowhere"))).rejects.toMatchObject({
    ...{ name: "AppError", message: expect.stringContaining("nowhere") },
  });
  await database.close();
});
