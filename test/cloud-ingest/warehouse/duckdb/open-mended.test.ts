import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from "vitest";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import { canSeeOpenFiles, openFilesIn } from "../../../support/open-files.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { batch, countsRow, SHIBUYA } from "../rows.ts";

const NOON = "2026-03-02T03:00:00Z";
const RANGE = { from: "2026-03-01", to: "2026-03-09" };
const LOG = "hot.duckdb.wal";

let base: string;
let dir: string;
const path = (name: string) => join(dir, name);

/** One row in the database file and one in its log alone. */
beforeAll(async () => {
  base = join(tmpdir(), `kazoe-mended-${process.pid}`);
  const first = await openDuckDbWarehouse(join(base, "source"));
  await first.store(batch(1, { data: [countsRow(1, NOON, { in: 1 })] }));
  await first.close();
  const second = await openDuckDbWarehouse(join(base, "source"));
  await second.store(batch(2, { data: [countsRow(2, NOON, { in: 2 })] }));
  await cp(join(base, "source"), join(base, "copy"), { recursive: true });
  await second.close();
});

afterAll(() => rm(base, { recursive: true, force: true }));

beforeEach(async () => {
  dir = join(await tempDir(), "warehouse");
  await cp(join(base, "copy"), dir, { recursive: true });
});

/** Opens it, and gives what was said and what it holds. */
async function opened() {
  const said: unknown[] = [];
  const raise = (...words: readonly unknown[]) => void said.push(words);
  const warehouse = await openDuckDbWarehouse(dir, { troubles: { raise, clear: () => {} } });
  const rows = (await warehouse.traffic(SHIBUYA, RANGE, "window")).map((row) => row.in).sort();
  await warehouse.close();
  if (canSeeOpenFiles) expect(await openFilesIn(dir)).toEqual([]);
  return { said, rows };
}

const cut = (lost: number, good: number, ...kept: readonly string[]) => [
  "warehouse-log-cut",
  `${lost} bytes of the database's log behind the first ${good} were damaged or unfinished, as after a power cut; they are kept in ` +
    `${kept.map((name) => `warehouse/damaged/${name}.1`).join(", ")}. The inbox serves again what it still holds of them.`,
];

it("takes a whole log and says nothing", async () => {
  expect(await opened()).toEqual({ said: [], rows: [1, 2] });
});

it("cuts the end off a torn log, and says how much and where it is", async () => {
  const { length } = await readFile(path(LOG));
  await appendFile(path(LOG), Buffer.alloc(16));
  expect(await opened()).toEqual({ said: [cut(16, length, LOG)], rows: [1, 2] });
  expect(await readdir(path("damaged"))).toEqual([`${LOG}.1`]);
});

it("goes back to the database file without a log that nothing of is good, and what goes on behind it", async () => {
  await writeFile(path(LOG), "garbage");
  await writeFile(path(`${LOG}.recovery`), "more");
  expect(await opened()).toEqual({ said: [cut(7, 0, LOG, `${LOG}.recovery`)], rows: [1] });
});

it("gives a log to no other database than its own", async () => {
  const { length } = await readFile(path(LOG));
  await rm(path("hot.duckdb"));
  expect(await opened()).toEqual({ said: [cut(length, 0, LOG)], rows: [] });
});

it("drops a log that is whole and that DuckDB does not take, such as a later one's", async () => {
  const log = await readFile(path(LOG));
  const later = Buffer.concat([log.subarray(0, 5), Buffer.from("0366000177ffff", "hex"), log.subarray(8)]);
  await writeFile(path(LOG), later);
  expect(await opened()).toEqual({ said: [cut(later.length, 0, LOG)], rows: [1] });
});

it("mends and rescues nothing while another process has the database open", async () => {
  await writeFile(path(LOG), "garbage");
  const script = `import { DuckDBInstance } from "@duckdb/node-api";
    const instance = await DuckDBInstance.create(process.argv[1]);
    console.log("open"); setInterval(() => instance, 1e6);`;
  await cp(path(LOG), path("log"));
  await rm(path(LOG));
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, path("hot.duckdb")]);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  await cp(path("log"), path(LOG));
  for (const isWanted of [false, true]) {
    if (isWanted) await writeFile(path("rescue-wanted"), "");
    await expect(openDuckDbWarehouse(dir)).rejects.toMatchObject({ code: "STORE_LOCKED" });
    expect(await readFile(path(LOG), "utf8")).toBe("garbage");
  }
});

it("says at each start which damaged databases are kept, until they are removed", async () => {
  await writeFile(path("hot.duckdb"), "not a database".repeat(1000));
  const first = await opened();
  expect(first.said).toHaveLength(1);
  const subject = "warehouse/damaged/hot.duckdb.1";
  const text = `a damaged database of before is kept as ${subject}; remove it when it is no longer needed`;
  expect((await opened()).said).toEqual([["warehouse-damaged", text, subject]]);
  await rm(path("damaged"), { recursive: true });
  expect((await opened()).said).toEqual([]);
});
