import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openBigQueryWarehouse } from "../../../cloud-ingest/warehouse/bigquery/open.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { Warehouse } from "../../../cloud-ingest/warehouse/port.ts";
import type { Endpoints } from "../../cloud-ingest/warehouse/bigquery/bigquery-place.ts";
import { FakeBigQuery } from "../../cloud-ingest/warehouse/bigquery/fake-bigquery.ts";
import { batch, countsRow, SHIBUYA } from "../../cloud-ingest/warehouse/rows.ts";
import { everything, NOON } from "../../cloud-ingest/warehouse/transfer/transfer-suite.ts";
import { startKazoe } from "../../support/processes.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { bigQueryCloud, cloudFile, runWarehouse as run } from "./run-warehouse.ts";

const fake = new FakeBigQuery();
let endpoints: Endpoints;

beforeAll(async () => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  endpoints = await fake.start();
});

afterAll(() => fake.stop());

const dirOf = (file: string) => join(dirname(file), "data", "warehouse");
const duckDb = (file: string) => openDuckDbWarehouse(dirOf(file));

async function using<T>(opening: Promise<Warehouse>, use: (warehouse: Warehouse) => Promise<T>): Promise<T> {
  const warehouse = await opening;
  return use(warehouse).finally(() => warehouse.close());
}

/** An embedded warehouse with every kind of row, old days archived. */
async function filled(): Promise<string> {
  const file = await cloudFile({ broker: { port: 0 }, http: { port: 0 } });
  await using(duckDb(file), async (warehouse) => {
    await warehouse.store(everything());
    await warehouse.archive("2026-03-02");
  });
  return file;
}

const days = (warehouse: Warehouse) => warehouse.traffic(SHIBUYA, { from: "1998-01-01", to: "2026-12-31" }, "day");

/** Rows of a table of the fake, with those that came twice. */
const rowsIn = ({ project, dataset }: { project: string; dataset: string }, tableId: string) =>
  fake.store.find({ projectId: project, datasetId: dataset, tableId })?.rows.length ?? 0;

const copy = (from: string, to: string, ...more: string[]) =>
  run("copy", "--from", from, "--to", to, ...more, "--json").then(({ out, ...rest }) => {
    return { ...rest, report: JSON.parse(out) };
  });

const movedRows = (report: { tables: { table: string; movedRows: number }[] }) =>
  report.tables.map(({ movedRows: rows }) => rows);

describe("kazoe warehouse copy", () => {
  it("brings everything to BigQuery and back, and the second time nothing", async () => {
    const source = await filled();
    const { file: cloud, warehouse: config } = await bigQueryCloud(endpoints);
    const there = await copy(source, cloud);
    expect(there).toMatchObject({ code: 0, report: { differences: [], missingBooks: { device: 0, ledger: 0 } } });
    expect(movedRows(there.report)).toEqual([5, 1, 1, 3, 0]);
    // What takes long is said too: how long that is, the machine decides.
    expect(there.notes).toMatch(/^(Copy opening\n)?Copy counting counts\n/);
    expect(rowsIn(config, "counts_1990s")).toBe(1);
    const again = await run("copy", "--from", source, "--to", cloud);
    expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/counts +.? +0 .* 5 .* 5 /) });
    expect(again.out).toContain("The target has all that the source has.");
    expect(rowsIn(config, "counts")).toBe(4);
    const back = await cloudFile();
    expect(await copy(cloud, back)).toMatchObject({ code: 0, report: { differences: [] } });
    const [before, after] = [
      await using(duckDb(source), async (one) => [await days(one), await one.ledger(), await one.devices(SHIBUYA)]),
      await using(duckDb(back), async (one) => [await days(one), await one.ledger(), await one.devices(SHIBUYA)]),
    ];
    expect(after).toEqual(before);
    await using(openBigQueryWarehouse(config), async (one) => expect(await days(one)).toEqual(before?.[0]));
  });

  it("moves the dates that are asked for, into a warehouse that has others and some of these", async () => {
    const source = await filled();
    const target = await cloudFile();
    await using(duckDb(target), (one) =>
      one.store(batch(1, { data: [countsRow(1, NOON, { in: 3 }), countsRow(70, NOON)] }, "own")),
    );
    const { code, report } = await copy(source, target, "--from-date", "2013-01-01", "--to-date", "2026-03-02");
    expect(code).toBe(0);
    expect(report.tables[0]).toMatchObject({ table: "counts", movedDates: 2, source: 3, target: 4 });
    const again = await copy(source, target, "--from-date", "2013-01-01", "--to-date", "2026-03-02");
    expect(movedRows(again.report)).toEqual([0, 0, 0, 0, 0]);
  });

  it("says what a damaged file hides, and ends with 1", async () => {
    const source = await filled();
    const [file = ""] = await readdir(join(dirOf(source), "counts", "date=1998-07-01"));
    const path = join(dirOf(source), "counts", "date=1998-07-01", file);
    await writeFile(path, (await readFile(path)).subarray(0, 100));
    const { code, report } = await copy(source, await cloudFile());
    expect({ code, differences: report.differences }).toMatchObject({
      code: 1,
      differences: [{ table: "counts", date: "1998-07-01", isWhole: false }],
    });
    expect((await run("copy", "--from", source, "--to", await cloudFile())).out).toContain("a damaged file hides");
  });

  it.each([
    { signal: "SIGKILL", code: null, hold: "the load is under way" },
    { signal: "SIGKILL", code: null, hold: "the load is done" },
    { signal: "SIGINT", code: 130, hold: "the load is done" },
  ] as const)(
    "goes on after $signal while $hold, and loads nothing twice",
    async ({ signal, code, hold }) => {
      const source = await filled();
      const { file: cloud, warehouse: config } = await bigQueryCloud(endpoints);
      await run("migrate", "--cloud", cloud);
      let release = () => {};
      const until = new Promise<void>((resolve) => {
        release = resolve;
      });
      const isUnderWay = hold === "the load is under way";
      const env = { METADATA_SERVER_DETECTION: "none", TMPDIR: await tempDir() };
      const kazoe = startKazoe(["warehouse", "copy", "--from", source, "--to", cloud], env);
      const notes = () => rowsIn(config, "stale_quarter");
      const reach = (condition: () => boolean) =>
        vi.waitFor(() => expect(condition(), kazoe.output()).toBe(true), { timeout: 20_000, interval: 1 });
      if (isUnderWay) {
        await reach(() => notes() > 0);
        fake.rest.faults.add("jobs.run", { kind: "late", until }, { times: 2 });
        const before = fake.rest.faults.calls("jobs.run");
        await reach(() => fake.rest.faults.calls("jobs.run") === before + 2);
      } else await reach(() => rowsIn(config, "counts") > 0);
      const [noted] = [notes()];
      kazoe.child.kill(signal);
      expect(await kazoe.exited).toBe(code);
      const second = copy(source, cloud);
      if (isUnderWay) await reach(() => notes() > noted);
      release();
      expect(await second).toMatchObject({ code: 0, report: { differences: [] } });
      expect([rowsIn(config, "counts"), rowsIn(config, "counts_1990s"), rowsIn(config, "events")]).toEqual([4, 1, 1]);
    },
    60_000,
  );

  it.each([
    { name: "the same warehouse", to: (source: string) => source, says: "same warehouse" },
    { name: "a file that is no cloud configuration", to: () => cloudFile({ stores: 1 }), code: "CONFIG_INVALID" },
    { name: "no file", to: () => "/nowhere/cloud.yaml", code: "CONFIG_NOT_FOUND" },
    { name: "dates that end before they begin", more: ["--from-date", "2026-02-02", "--to-date", "2026-02-01"] },
    { name: "a source without a warehouse", from: () => cloudFile(), says: "no warehouse" },
  ])("refuses $name", async ({ from = filled, to = () => cloudFile(), more = [], code = "USAGE", says = "" }) => {
    const source = await from();
    const target = await to(source);
    await expect(run("copy", "--from", source, "--to", target, ...more)).rejects.toMatchObject({
      ...{ code, fault: "config", message: expect.stringContaining(says) },
    });
  });

  it("refuses what is no date", async () => {
    const asked = run("copy", "--from", "a", "--to", "b", "--from-date", "2026-02-30");
    await expect(asked).rejects.toThrow(/YYYY-MM-DD/);
  });

  it("refuses an embedded warehouse that is in use", async () => {
    const source = await filled();
    const held = startKazoe(["cloud", "--config", source]);
    try {
      await vi.waitFor(() => expect(held.output()).toContain("the cloud half is ready"), 20_000);
      await expect(run("copy", "--from", source, "--to", await cloudFile())).rejects.toMatchObject({
        code: "STORE_LOCKED",
      });
    } finally {
      held.child.kill("SIGKILL");
      await held.exited;
    }
  });
});
