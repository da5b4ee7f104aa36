import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { registerCheckConfigCommand } from "../../../deploy/cli/commands/check-config.ts";
import { createContext } from "../../../deploy/cli/context.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** What check-config says of a camera with these rows more; with the bundled model, not built: its frame is known by its name. */
export async function checkRows(rows: string, ...args: string[]): Promise<string> {
  const dir = await tempDir();
  const file = join(dir, "device.yaml");
  const line = "    lines: [{ id: way, from: [0.1, 0.5], to: [0.9, 0.5] }]";
  await writeFile(
    file,
    `tenant: t\nstore: s\ndevice: d\ncameras:\n  - id: door\n    source: a.mp4\n${line}\n${rows}\n`,
  );
  const written: string[] = [];
  const context = { ...createContext({}), modelsDir: join(dir, "models"), write: (text: string) => written.push(text) };
  const program = new Command("kazoe").exitOverride();
  registerCheckConfigCommand(program, context);
  await program.parseAsync(["check-config", "--device", file, ...args], { from: "user" });
  return written.join("");
}
