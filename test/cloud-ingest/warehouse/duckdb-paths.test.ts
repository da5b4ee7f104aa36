import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { batch, countsRow, SHIBUYA } from "./rows.ts";

const NOON = "2026-03-02T03:00:00Z";
const RANGE = { from: "2026-03-02", to: "2026-03-02" };

/** Stores, archives, stores a late row, archives again: the database, its log, Parquet files, COPY. */
async function seqsAfterAllThatIsDone(dir: string): Promise<readonly number[]> {
  const warehouse = await openDuckDbWarehouse(dir);
  await warehouse.store(batch(1, { data: [countsRow(1, NOON, { in: 1 })] }));
  await warehouse.archive("2026-12-31");
  await warehouse.store(batch(2, { data: [countsRow(1, NOON), countsRow(2, NOON, { in: 2 })] }));
  await warehouse.archive("2026-12-31");
  await warehouse.close();
  const again = await openDuckDbWarehouse(dir);
  const seqs = (await again.traffic(SHIBUYA, RANGE, "window")).map((row) => row.in).sort();
  await again.close();
  return seqs;
}

describe("the path of the warehouse", () => {
  it.each([
    ...["#", "%41", "a%2Fb", "trailing ", "trailing.", " leading", "quo'te", 'quo"te', "semi;colon", "back\\slash"],
    ...["new\nline", "~", ":memory:", "file:", "s3:", "a{b,c}", "a]b", "$1", "--", "date=2026-01-01", "数え", "x.gz"],
    "y".repeat(255),
  ])("works with %j", async (name) => {
    const root = await tempDir();
    const dir = join(root, name);
    await mkdir(dir);
    expect(await seqsAfterAllThatIsDone(dir)).toEqual([1, 2]);
    expect(await readdir(root)).toEqual([name]);
  });

  it("works when it is long", async () => {
    const dir = join(
      await tempDir(),
      ..."z"
        .repeat(14)
        .split("")
        .map((letter) => letter.repeat(250)),
    );
    expect(await seqsAfterAllThatIsDone(dir)).toEqual([1, 2]);
  });

  it.each(["da?ta", "?", "d*", "**", "a[X]b", "nul\0", "not \ud800 text", "n".repeat(256), "l/".repeat(2000)])(
    "is refused by name when DuckDB takes it for another: %j",
    async (name) => {
      const root = await tempDir();
      await expect(openDuckDbWarehouse(`${root}/${name}`)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
      expect(await readdir(root)).toEqual([]);
    },
  );
});
