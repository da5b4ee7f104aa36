import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, expect, test } from "vitest";
import { stringify } from "yaml";
import { registerCheckConfigCommand } from "../../../deploy/cli/commands/check-config.ts";
import { createContext } from "../../../deploy/cli/context.ts";
import { onlineRig } from "../../cloud-ingest/online/online-rig.ts";
import { tempDir } from "../../support/temp-dir.ts";

afterEach(() => {
  process.exitCode = undefined;
});

async function check(config: object, ...args: string[]) {
  const file = join(await tempDir(), "cloud.yaml");
  const stores = [{ tenant: "acme", store: "shibuya", name: "Shibuya", timeZone: "Asia/Tokyo" }];
  await writeFile(file, stringify({ stores, ...config }));
  const written: string[] = [];
  const context = { ...createContext({}), write: (text: string) => written.push(text), note: () => {} };
  const program = new Command("kazoe").exitOverride();
  registerCheckConfigCommand(program, context);
  await program.parseAsync(["check-config", "--cloud", file, ...args], { from: "user" });
  return { code: process.exitCode ?? 0, output: written.join("") };
}

test("a configuration of this machine alone has nothing to ask", async () => {
  const { code, output } = await check({}, "--online");
  expect({ code, output }).toEqual({
    code: 0,
    output: "The configuration is valid.\nOnline there is nothing to ask: all that is needed is on this machine.\n",
  });
});

test("what is found is a line each with what to do, and the exit code is 0 or 2", async () => {
  const { bus, warehouse, pubsub } = await onlineRig();
  const well = await check({ bus, warehouse }, "--online");
  expect(well.code).toBe(0);
  expect(well.output).toContain("note  BigQuery's dataset");
  pubsub.denied.add("pubsub.topics.publish");
  const ill = await check({ bus, warehouse }, "--online");
  expect(ill.code).toBe(2);
  expect(ill.output).toMatch(/wrong {2}Pub\/Sub's topic .* lacks pubsub.topics.publish.*\n {7}-> /);
  process.exitCode = undefined;
  expect((await check({ bus, warehouse }, "--online", "--role", "ingest,jobs")).code).toBe(0);
});

test("JSON has the findings, the plan and whether all is well", async () => {
  const { bus, warehouse } = await onlineRig();
  const { output } = await check({ bus, warehouse }, "--online", "--json");
  const { online } = JSON.parse(output);
  expect(online.ok).toBe(true);
  expect(online.findings).toContainEqual({ verdict: "good", text: expect.stringContaining("topic traffic") });
  expect(online.plan[0]).toEqual({ name: "counts", ddl: expect.stringContaining("CREATE TABLE") });
});

test("nobody is asked without a cloud configuration, and no role that there is not", async () => {
  const program = new Command("kazoe").exitOverride();
  registerCheckConfigCommand(program, createContext({}));
  const run = (...args: string[]) => program.parseAsync(["check-config", ...args], { from: "user" });
  await expect(run("--device", "device.yaml", "--online")).rejects.toMatchObject({ code: "USAGE" });
  await expect(run("--cloud", "c.yaml", "--role", "brocker")).rejects.toMatchObject({ code: "USAGE" });
});
