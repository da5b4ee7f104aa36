import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { expect, it } from "vitest";
import { registerModelsCommand } from "../../../deploy/cli/commands/models.ts";
import { madeYolox } from "../../models/support/made-models.ts";
import { tempDir } from "../../support/temp-dir.ts";

async function run(modelsDir: string, ...args: string[]): Promise<string> {
  const written: string[] = [];
  const program = new Command("kazoe").exitOverride();
  registerModelsCommand(program, {
    modelsDir,
    interactive: false,
    write: (text) => written.push(text),
    note: () => {},
  });
  await program.parseAsync(["models", ...args], { from: "user" });
  return written.join("");
}

it("lists, adds and shows models as tables and as JSON", async () => {
  const modelsDir = await tempDir();
  const file = join(modelsDir, "source.onnx");
  await writeFile(file, madeYolox());
  expect(await run(modelsDir, "list")).toMatch(/ssdlite-mobilenetv2-\d+x\d+.*Apache-2.0.*default/);
  expect(await run(modelsDir, "add", file, "--name", "mine", "--licence", "MIT")).toContain("mine");
  expect(JSON.parse(await run(modelsDir, "list", "--json"))).toContainEqual(
    expect.objectContaining({ name: "mine", licence: "MIT", origin: "added" }),
  );
  expect(await run(modelsDir, "info", "mine")).toMatch(/output.*1, 126, 85/);
  expect(JSON.parse(await run(modelsDir, "info", file, "--json"))).toMatchObject({ family: "yolox", inputWidth: 96 });
});

it("gives an example in the help of every command", () => {
  const program = new Command("kazoe");
  registerModelsCommand(program, { modelsDir: "", interactive: false, write: () => {}, note: () => {} });
  const commands = program.commands[0]!.commands;
  expect(commands.map((command) => command.name())).toEqual(["list", "build", "add", "info"]);
  for (const command of commands) {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toContain(`$ kazoe models ${command.name()}`);
  }
});
