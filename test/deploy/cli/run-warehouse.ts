import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { BigQueryClient } from "../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import { registerWarehouseCommand } from "../../../deploy/cli/commands/warehouse.ts";
import { createContext } from "../../../deploy/cli/context.ts";
import { configOf, type Endpoints } from "../../cloud-ingest/warehouse/bigquery/bigquery-place.ts";
import { tempDir } from "../../support/temp-dir.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
const STORE = { tenant: "acme", store: "shibuya", name: "Shibuya", timeZone: "Asia/Tokyo" };

/** Runs `kazoe warehouse ...` in this process: what it wrote, what it noted and its exit code. */
export async function runWarehouse(...args: string[]) {
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
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: (text) => void written.push(text) });
  process.exitCode = undefined;
  await withoutListeners(() => program.parseAsync(["warehouse", ...args], { from: "user" }));
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { out: written.join(""), notes: noted.join(""), code };
}

/** A command listens for signals until its process ends. */
async function withoutListeners(work: () => Promise<unknown>): Promise<void> {
  const before = SIGNALS.map((signal) => process.listeners(signal));
  try {
    await work();
  } finally {
    SIGNALS.forEach((signal, index) => {
      const added = process.listeners(signal).filter((listener) => !before[index]?.includes(listener));
      for (const listener of added) process.removeListener(signal, listener);
    });
  }
}

/** A cloud configuration with a warehouse on BigQuery, in a dataset that is there. */
export async function bigQueryCloud(endpoints: Endpoints, over: object = {}) {
  const warehouse = { ...configOf(endpoints), ...over };
  await new BigQueryClient(warehouse).client.createDataset(warehouse.dataset, { location: warehouse.location });
  return { file: await cloudFile({ warehouse }), warehouse };
}

/** A cloud configuration in a folder of its own, beside which its data lie. */
export async function cloudFile(settings: object = {}): Promise<string> {
  const file = join(await tempDir(), "cloud.yaml");
  await writeFile(file, JSON.stringify({ stores: [STORE], ...settings }));
  return file;
}
