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
