// Frames per second of camera -> detector (-> tracker when given) against the bare session, in one process.
// The two take turns in short rounds, so that what else runs on the machine slows both alike.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";

const DIST = new URL("../../dist/", import.meta.url);
const SHARED = new URL("../../../shared/data/", import.meta.url);
const ROUND_FRAMES = 100;
const BARE_ROUND_S = 0.5;

const text = (fallback) => ({ type: "string", default: String(fallback) });
const { values: options } = parseArgs({
  options: {
    video: text(new URL("video/vtest.avi", SHARED).pathname),
    model: text(new URL("model/yolox_nano.onnx", SHARED).pathname),
    family: text("yolox"),
    width: text(416),
    height: text(416),
    threads: text(0),
    "min-score": text(0.1),
    "in-turn": { type: "boolean", default: false },
    detections: { type: "string" },
  },
});

const load = (path) => import(new URL(path, DIST).href);

async function createStages() {
  const { createDetector } = await load("edge-agent/detector/onnx-detector.js");
  const { FfmpegCamera } = await load("edge-agent/camera/ffmpeg-camera.js");
  const { systemClock } = await load("firmware-config/kit/clock.js");
  const { createLog } = await load("firmware-config/kit/log.js");
  const size = { inputWidth: Number(options.width), inputHeight: Number(options.height) };
  const settings = { threads: Number(options.threads), minScore: Number(options["min-score"]), nmsIou: 0.6 };
  const detector = await createDetector({ path: options.model, family: options.family, ...size }, settings);
  const camera = new FfmpegCamera({
    settings: { id: "bench", source: options.video, pace: "fast", loop: false, fps: 60, stallS: 20 },
    shape: detector.shape,
    clock: systemClock,
    log: createLog("warn"),
  });
  return { detector, camera };
}

async function* sampled(frames, sample) {
  for await (const frame of frames) {
    if (frame.index === 0) sample.set(frame.data);
    yield frame;
  }
}

async function* detectInTurn(frames, detector) {
  for await (const frame of frames) yield { index: frame.index, detections: await detector.detect(frame) };
}

function rowsOf(index, detections) {
  return Array.from({ length: detections.count }, (_, i) => {
    const [left, top, right, bottom] = detections.boxes.subarray(4 * i, 4 * i + 4);
    const box = [left, top, right - left, bottom - top].map((side) => side.toFixed(2));
    return `${index + 1},-1,${box.join(",")},${detections.scores[i].toFixed(4)},-1,-1,-1`;
  });
}

/** Pauses the pipeline after each round to run the bare session; times only full rounds, and not the first, which warms up. */
async function replay({ detector, camera }) {
  const { detectAhead } = await load("edge-agent/detector/detect-ahead.js");
  const sample = new Uint8Array(detector.shape.width * detector.shape.height * 3);
  const source = sampled(camera.frames(new AbortController().signal), sample);
  const rounds = [];
  const rows = [];
  let frames = 0;
  let startMs = performance.now();
  for await (const { index, detections } of options["in-turn"]
    ? detectInTurn(source, detector)
    : detectAhead(source, detector)) {
    if (options.detections) rows.push(...rowsOf(index, detections));
    if (++frames % ROUND_FRAMES !== 0) continue;
    const fps = (ROUND_FRAMES * 1000) / (performance.now() - startMs);
    const inferenceMs = detector.takeMeanInferenceMs();
    rounds.push({ fps, inferenceMs, bareFps: await detector.benchmark(sample, BARE_ROUND_S) });
    startMs = performance.now();
  }
  if (options.detections) await writeFile(options.detections, `${rows.join("\n")}\n`);
  return { frames, rounds: rounds.slice(1) };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

if (!existsSync(options.video) || !existsSync(options.model)) {
  console.log("replay: skipped, no video or model; give --video FILE and --model FILE --family F --width W --height H");
  process.exit(0);
}
const stages = await createStages();
const { frames, rounds } = await replay(stages);
await stages.detector.close();
console.log(`frames                    ${frames}`);
console.log(`pipeline                  ${median(rounds.map((round) => round.fps)).toFixed(1)} fps`);
console.log(`bare session              ${median(rounds.map((round) => round.bareFps)).toFixed(1)} fps`);
console.log(`pipeline / bare session   ${median(rounds.map((round) => round.fps / round.bareFps)).toFixed(3)}`);
console.log(
  `time inside the model     ${median(rounds.map((round) => (round.fps * round.inferenceMs) / 10)).toFixed(1)} %`,
);
console.log(`peak memory               ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
