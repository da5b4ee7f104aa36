import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { BigQueryClient } from "../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import { registerWarehouseCommand } from "../../../deploy/cli/commands/warehouse.ts";
import { createContext } from "../../../deploy/cli/context.ts";
import { configOf, type Endpoints } from "../../cloud-ingest/warehouse/bigquery/bigquery-place.ts";
import { FakeBigQuery } from "../../cloud-ingest/warehouse/bigquery/fake-bigquery.ts";
import { tempDir } from "../../support/temp-dir.ts";

const STORE = { tenant: "acme", store: "shibuya", name: "Shibuya", timeZone: "Asia/Tokyo" };
const fake = new FakeBigQuery();
let endpoints: Endpoints;

beforeAll(async () => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  endpoints = await fake.start();
});

afterAll(() => fake.stop());

afterEach(() => {
  process.exitCode = undefined;
});

/** Runs `kazoe warehouse ...`: what it wrote, what it noted and its exit code. */
async function run(...args: string[]) {
  const [written, noted]: [string[], string[]] = [[], []];
  const context = {
    ...createContext({}),
    interactive: false,
    write: (text: string) => written.push(text),
    note: (text: string) => noted.push(text),
  };
  const program = new Command("kazoe").exitOverride();
  registerWarehouseCommand(program, context);
  for (const command of program.commands.flatMap((one) => [one, ...one.commands]))
    command.exitOverride().configureOutput({ writeErr: () => {} });
  process.exitCode = undefined;
  await program.parseAsync(["warehouse", ...args], { from: "user" });
  return { out: written.join(""), notes: noted.join(""), code: Number(process.exitCode ?? 0) };
}

/** A cloud configuration with a warehouse on BigQuery, in a dataset that is there. */
async function bigQueryCloud(over: object = {}): Promise<string> {
  const warehouse = { ...configOf(endpoints), ...over };
  await new BigQueryClient(warehouse).client.createDataset(warehouse.dataset, { location: warehouse.location });
  return cloudFile({ warehouse });
}

async function cloudFile(settings: object): Promise<string> {
  const file = join(await tempDir(), "cloud.yaml");
  await writeFile(file, JSON.stringify({ stores: [STORE], ...settings }));
  return file;
}

describe("kazoe warehouse plan and migrate", () => {
  it("print what is lacking, make it, and then there is nothing to do", async () => {
    const cloud = await bigQueryCloud({ migrate: "by-command" });
    const plan = await run("plan", "--cloud", cloud);
    expect(plan.code).toBe(3);
    expect(plan.out).toMatch(/^CREATE TABLE `counts` \(\n {2}`tenant` STRING/);
    expect(plan.out).toContain("PARTITION BY `date`");
    expect(plan.out).toContain("CREATE OR REPLACE VIEW `v_counts` AS\n");
    const migrated = await run("migrate", "--cloud", cloud);
    expect(migrated.code).toBe(0);
    expect(migrated.out.split("\n")).toContain("CREATE TABLE ledger_accepted");
    expect(migrated.out.split("\n")).toContain("CREATE OR REPLACE VIEW v_counts");
    expect(migrated.notes).toMatch(/^Migration 0% counts\n/);
    expect(await run("plan", "--cloud", cloud)).toEqual({ out: "", notes: "", code: 0 });
    expect(await run("migrate", "--cloud", cloud)).toMatchObject({ out: "Nothing was lacking.\n", code: 0 });
  });

  it("say the same as JSON", async () => {
    const cloud = await bigQueryCloud();
    const { steps } = JSON.parse((await run("plan", "--cloud", cloud, "--json")).out);
    expect(steps[0]).toMatchObject({ name: "counts", ddl: expect.stringContaining("CREATE TABLE `counts`") });
    expect(JSON.parse((await run("migrate", "--cloud", cloud, "--json")).out)).toEqual({ steps });
    expect(JSON.parse((await run("plan", "--cloud", cloud, "--json")).out)).toEqual({ steps: [] });
  });

  it("have nothing to do for the embedded warehouse", async () => {
    const cloud = await cloudFile({});
    expect(await run("plan", "--cloud", cloud)).toMatchObject({ out: "", code: 0 });
    expect(await run("migrate", "--cloud", cloud)).toMatchObject({ out: "Nothing was lacking.\n", code: 0 });
  });

  it.each([
    { name: "no dataset", settings: () => ({ warehouse: configOf(endpoints) }), code: "WAREHOUSE_REFUSED" },
    { name: "no cloud configuration", settings: () => ({ stores: "none" }), code: "CONFIG_INVALID" },
  ])("end with $code for $name", async ({ settings, code }) => {
    const cloud = await cloudFile(settings());
    await expect(run("plan", "--cloud", cloud)).rejects.toMatchObject({ code, fault: "config" });
  });
});
