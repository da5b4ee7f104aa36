import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { archivePartition } from "../../../../cloud-ingest/warehouse/duckdb/archive.ts";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import { openDuckDbTransfer } from "../../../../cloud-ingest/warehouse/duckdb/open-transfer.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { openDatabase } from "../open-database.ts";
import { batch, countsRow } from "../rows.ts";
import { duckDbPlace } from "./transfer-places.ts";
import { transferSuite } from "./transfer-suite.ts";

const DATE = "2026-03-02";
const RANGE = { from: DATE, to: DATE };

describe("DuckDB as an end of a copy", () => {
  transferSuite(duckDbPlace);

  it("moves a date whose late rows lie in files of their own whole", async () => {
    const dir = await tempDir();
    const from = join(dir, "from");
    for (const seq of [1, 2, 3]) {
      const warehouse = await openDuckDbWarehouse(from);
      await warehouse.store(batch(seq, { data: [countsRow(seq, `${DATE}T03:0${seq}:00Z`)] }));
      await warehouse.close();
      const database = await openDatabase(from);
      await archivePartition(database, { table: "counts", date: DATE }, { mostFiles: 9, largeRows: 1 });
      await database.close();
    }
    const [one, other] = [
      await openDuckDbTransfer(from, { hotDays: 3 }),
      await openDuckDbTransfer(join(dir, "to"), { hotDays: 3 }),
    ];
    const sums = await one.sums("counts", RANGE);
    expect(sums).toMatchObject([{ date: DATE, rows: 3, isWhole: true }]);
    const portion = { table: "counts", sums } as const;
    await one.read(portion, join(dir, "counts.parquet"));
    await other.write(portion, join(dir, "counts.parquet"));
    expect(await other.sums("counts", RANGE)).toEqual(sums);
    await one.close();
    await other.close();
  });
});
