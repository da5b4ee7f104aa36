import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { registerJobsCommand } from "../../../deploy/cli/commands/jobs.ts";
import { batch, countsRow } from "../../cloud-ingest/warehouse/rows.ts";
import { aRun } from "../../support/job-run.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { PLACES, runCommand } from "./beside.ts";

const run = (...args: string[]) => runCommand([registerJobsCommand], ["jobs", ...args]);
const DAY = { from: "2026-03-02", to: "2026-03-02" };
const RANGE = ["--from", DAY.from, "--to", DAY.to];

afterEach(() => {
  process.exitCode = undefined;
});

/** A data folder with one count, and an archive run that failed. */
async function folder() {
  const dir = await tempDir();
  const config = join(dir, "cloud.yaml");
  const store = "{ tenant: acme, store: shibuya, name: Shibuya, timeZone: Asia/Tokyo }";
  const rare = "0 0 29 2 *";
  const jobs = `jobs: { rollUp: "${rare}", archive: "${rare}" }`;
  const rest = "broker: { port: 0 }\nhttp: { port: 0 }\nlogLevel: error\n";
  await writeFile(config, `stores:\n  - ${store}\n${jobs}\n${rest}`);
  const warehouse = await openDuckDbWarehouse(join(dir, "data", "warehouse"));
  await warehouse.store(batch(1, { data: [countsRow(1, "2026-03-02T03:00:00Z")] }));
  await warehouse.recordRun(aRun({ job: "archive", outcome: "failed", details: '{"error":"disk full"}' }));
  await warehouse.close();
  return config;
}

describe.each(PLACES)("the commands of jobs $name", ({ place }) => {
  it("list what there is, run it for some dates, and show what it did", async () => {
    const config = await folder();
    await place(config, async () => {
      expect(await run("list", "--config", config)).toMatch(/roll-up .*\n.*archive .*(.*\n)*.*archive .* failed/);
      expect(process.exitCode).toBe(1);
      process.exitCode = undefined;
      const done = JSON.parse(
        await run("run", "roll-up", "--config", config, ...RANGE, "--store", "shibuya", "--json"),
      );
      expect(done).toMatchObject({ outcome: "ok", parameters: JSON.stringify({ ...DAY, store: "shibuya" }) });
      expect(JSON.parse(done.details)).toMatchObject({ stores: 1, dates: 1, rows: 2 });
      expect(process.exitCode).toBeUndefined();
      const shown = await run("show", done.runId.slice(0, 8), "--config", config);
      expect(shown).toMatch(/roll-up .* ok (.*\n)*dates: 1\nrows: 2\nasked for: .*2026-03-02/);
      const [rollUp] = JSON.parse(await run("list", "--config", config, "--json"));
      expect(rollUp).toMatchObject({ name: "roll-up", runs: [{ runId: done.runId }] });
    });
  });

  it("say what is wrong with the command line", async () => {
    const config = await folder();
    await place(config, async () => {
      await expect(run("run", "forcast", "--config", config)).rejects.toMatchObject({
        ...{ code: "USAGE", hint: expect.stringContaining("Jobs: roll-up, archive, quality") },
      });
      await expect(run("show", "none", "--config", config)).rejects.toMatchObject({ code: "USAGE" });
      const elsewhere = run("run", "roll-up", "--config", config, "--tenant", "acme", "--store", "shibuja");
      await expect(elsewhere).rejects.toMatchObject({ code: "USAGE", message: "There is no store acme/shibuja" });
      const long = run("run", "quality", "--config", config, "--from", "2026-03-02", "--to", "6026-03-02");
      await expect(long).rejects.toMatchObject({
        code: "USAGE",
        message: expect.stringContaining("3700 is the most at once"),
      });
    });
    await expect(run("run", "roll-up", "--config", config, "--tenant", "A b")).rejects.toThrow("lower-case");
    await expect(run("show", "", "--config", config)).rejects.toThrow("Write an id");
    await expect(run("run", "roll-up", "--config", config, "--from", "2026-03-02")).rejects.toThrow("belong together");
    await expect(run("run", "roll-up", "--config", config, "--from", "2026-02-30")).rejects.toThrow("YYYY-MM-DD");
    await expect(
      run("run", "roll-up", "--config", config, "--from", "2026-03-02", "--to", "2026-03-01"),
    ).rejects.toThrow("2026-03-02 is after 2026-03-01");
  });
});

it("a run that was cut off is not shown as running", async () => {
  const config = await folder();
  const warehouse = await openDuckDbWarehouse(join(dirname(config), "data", "warehouse"));
  await warehouse.recordRun(aRun({ job: "roll-up", outcome: "running", finishedAt: null, runId: "cut-off-by-kill" }));
  await warehouse.close();
  expect(await run("list", "--config", config)).toMatch(/cut-off-.* roll-up .* stopped/);
  process.exitCode = undefined;
  expect(await run("show", "cut-off-by-kill", "--config", config)).toMatch(/roll-up .* stopped/);
});
