import { Command } from "commander";
import { Cloud, type CloudReady } from "../../../cloud-ingest/cloud.ts";
import { loadCloudConfig } from "../../../cloud-ingest/load-cloud.ts";
import { type CliContext, createContext } from "../../../deploy/cli/context.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";

type Register = (program: Command, context: CliContext) => void;
type Use = (ready?: CloudReady) => Promise<void>;

/** Runs a command line in this process; gives what it wrote. Throws what the command throws. */
export async function runCommand(registers: readonly Register[], args: readonly string[]): Promise<string> {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  const context = { ...createContext({}), interactive: false, write, note: () => {} };
  const program = new Command("kazoe").exitOverride();
  for (const register of registers) register(program, context);
  for (const command of program.commands.flatMap((one) => [one, ...one.commands]))
    command.exitOverride().configureOutput({ writeErr: () => {} });
  await program.parseAsync(args, { from: "user" });
  return written.join("");
}

/** Does something beside a running cloud half of this configuration. */
export async function beside(config: string, use: Use): Promise<void> {
  const stop = new AbortController();
  const cloud = new Cloud({ config: await loadCloudConfig(config), clock: systemClock, log: silentLog });
  let running = Promise.resolve();
  const ready = await new Promise<CloudReady>((resolve, reject) => {
    running = cloud.run(stop.signal, resolve);
    running.catch(reject);
  });
  try {
    await use(ready);
  } finally {
    stop.abort();
    await running;
  }
}

/** An operator's commands do the same in both. */
export const PLACES = [
  { name: "beside a running cloud half", place: beside },
  { name: "without one", place: (_: string, use: Use) => use() },
];
