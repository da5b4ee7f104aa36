import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { expect, it } from "vitest";
import { registerModelsCommand } from "../../../deploy/cli/commands/models.ts";
import { giveBytes, serve } from "../../models/fetch/file-server.ts";
import { type RunnableYolox, runnableYolox } from "../../models/support/made-models.ts";
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
  await writeFile(file, runnableYolox());
  expect(await run(modelsDir, "list")).toMatch(/ssdlite-mobilenetv2-\d+x\d+.*Apache-2.0.*default/);
  const added = await run(modelsDir, "add", file, "--name", "mine", "--licence", "MIT");
  expect(added).toMatch(/mine.*boxes.*relative to their cells.*tried.*\d\.\d s; two drawn people are/s);
  expect(JSON.parse(await run(modelsDir, "list", "--json"))).toContainEqual(
    expect.objectContaining({ name: "mine", licence: "MIT", origin: "added" }),
  );
  expect(await run(modelsDir, "info", "mine")).toMatch(/output.*1, 126, 85/);
  expect(JSON.parse(await run(modelsDir, "info", file, "--json"))).toMatchObject({ family: "yolox", inputWidth: 96 });
});

it("adds a model by its numbers, tells as JSON what it found, and stores none that is refused", async () => {
  const modelsDir = await tempDir();
  const file = join(modelsDir, "source.onnx");
  const add = async (name: string, options: RunnableYolox, ...more: string[]) => {
    await writeFile(file, runnableYolox(options));
    return run(modelsDir, "add", file, "--name", name, "--licence", "MIT", "--json", ...more);
  };
  const decoded = JSON.parse(await add("decoded", { boxes: "pixels" }));
  expect(decoded).toMatchObject({ boxes: "pixels", probe: { boxes: "pixels", tookS: expect.any(Number) } });
  const free = { free: "batch and sides" } as const;
  expect(JSON.parse(await add("free", free, "--size", "96x64"))).toMatchObject({ inputWidth: 96, inputHeight: 64 });
  await expect(add("fixed", {}, "--size", "64x64")).rejects.toMatchObject({ code: "USAGE" });
  for (const options of [{ boxes: "parts" }, { scores: "logits" }, { blindInTheDark: true }] as const)
    await expect(add("bad", options)).rejects.toMatchObject({ code: "MODEL_INVALID" });
  const names = JSON.parse(await run(modelsDir, "list", "--json")).map(({ name }: { name: string }) => name);
  expect(names.slice(-2)).toEqual(["decoded", "free"]);
});

it("lists a model that a former version stored without trying it as not ready", async () => {
  const modelsDir = await tempDir();
  const file = join(modelsDir, "source.onnx");
  await writeFile(file, runnableYolox());
  await run(modelsDir, "add", file, "--name", "old", "--licence", "MIT");
  const { boxes, ...record } = JSON.parse(await readFile(join(modelsDir, "old.json"), "utf8"));
  expect(boxes).toBe("grid");
  await writeFile(join(modelsDir, "old.json"), JSON.stringify(record));
  expect(await run(modelsDir, "list")).toMatch(/old.*not tried: add it again/);
});

it("gives an example in the help of every command", () => {
  const program = new Command("kazoe");
  registerModelsCommand(program, { modelsDir: "", interactive: false, write: () => {}, note: () => {} });
  const commands = program.commands[0]!.commands;
  expect(commands.map((command) => command.name())).toEqual(["list", "build", "get", "add", "info", "bench", "eval"]);
  for (const command of commands) {
    let help = "";
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toContain(`$ kazoe models ${command.name()}`);
  }
});

it("shows what can be fetched, and fetches from an address that it never shows whole", async () => {
  const modelsDir = await tempDir();
  expect(await run(modelsDir, "list", "--available")).toMatch(
    /yolox-nano.*416 x 416.*3\.7.*Apache-2\.0.*small processors/,
  );
  const catalogue = JSON.parse(await run(modelsDir, "list", "--available", "--json"));
  expect(catalogue).toContainEqual(
    expect.objectContaining({ name: "yolox-s", address: expect.stringMatching(/^https:/) }),
  );
  const { origin } = await serve(giveBytes(runnableYolox()));
  const address = `${origin}/free.onnx?key=secret`;
  const added = await run(modelsDir, "add", address, "--name", "mine", "--licence", "MIT", "--json");
  expect(JSON.parse(added)).toMatchObject({ source: `${origin}/free.onnx`, probe: { boxes: "grid" } });
  const wrong = run(modelsDir, "get", "yolox-nano", "--mirror", origin);
  await expect(wrong).rejects.toMatchObject({ code: "MODEL_FETCH_FAILED" });
  const pinned = run(modelsDir, "add", address, "--name", "two", "--licence", "MIT", "--sha256", "0".repeat(64));
  await expect(pinned).rejects.toMatchObject({ code: "MODEL_FETCH_FAILED" });
});
