import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { registerWarehouseCommand } from "../../../deploy/cli/commands/warehouse.ts";
import { createContext } from "../../../deploy/cli/context.ts";
import { configOf, type Endpoints } from "../../cloud-ingest/warehouse/bigquery/bigquery-place.ts";
import { FakeBigQuery } from "../../cloud-ingest/warehouse/bigquery/fake-bigquery.ts";
import { bigQueryCloud, cloudFile, runWarehouse as run } from "./run-warehouse.ts";

const fake = new FakeBigQuery();
let endpoints: Endpoints;

beforeAll(async () => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  endpoints = await fake.start();
});

afterAll(() => fake.stop());

describe("kazoe warehouse plan and migrate", () => {
  it("print what is lacking, make it, and then there is nothing to do", async () => {
    const { file: cloud } = await bigQueryCloud(endpoints, { migrate: "by-command" });
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
    const { file: cloud } = await bigQueryCloud(endpoints);
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

it("gives an example in the help of every command", () => {
  const program = new Command("kazoe");
  registerWarehouseCommand(program, createContext({}));
  const commands = program.commands.flatMap((one) => one.commands);
  expect(commands.map((command) => command.name())).toEqual(["plan", "migrate", "copy"]);
  for (const command of commands) {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toContain(`$ kazoe warehouse ${command.name()}`);
  }
});
