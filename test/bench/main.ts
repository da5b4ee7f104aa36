import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { createContext } from "../../deploy/cli/context.ts";
import { DEFAULT_MODEL, prepareModel } from "../../deploy/cli/model.ts";
import { prepareSample } from "../../deploy/cli/sample.ts";
import { ensureFfmpeg } from "../../deploy/setup/ffmpeg.ts";
import { runDurableAckBench } from "./durable-ack.ts";
import { runReplayBench } from "./replay.ts";
import type { BenchResult } from "./result.ts";

const HELP = `npm run bench [-- OPTIONS]
  --video FILE       in place of the sample video
  --model NAME|FILE  in place of the bundled model
  --threads N        of the model; 0 = all cores
  --every-frame      of the video; otherwise those that a camera at the default fps gives
  --json             print the results as JSON
Example: npm run bench -- --model yolox_nano.onnx --threads 2
`;

/** The default of `cameras[].fps`. */
const DEFAULT_FPS = 10;
const context = createContext(process.env);
const { values } = parseArgs({
  options: {
    video: { type: "string" },
    model: { type: "string" },
    threads: { type: "string", default: "0" },
    "every-frame": { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) context.write(HELP);
else await main();

async function main(): Promise<void> {
  await ensureFfmpeg(context.note);
  const video = values.video === undefined ? await prepareSample(context) : resolve(values.video);
  const model = await prepareModel(values.model ?? DEFAULT_MODEL, context);
  const fps = values["every-frame"] ? Number.POSITIVE_INFINITY : DEFAULT_FPS;
  const results = [
    await runReplayBench({ video, model, threads: Number(values.threads), fps }),
    await runDurableAckBench(),
  ];
  context.write(values.json ? `${JSON.stringify(results)}\n` : results.map(textOf).join("\n"));
}

function textOf({ name, lines }: BenchResult): string {
  return `${name}\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
