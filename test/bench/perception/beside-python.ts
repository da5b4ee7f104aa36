import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import Value from "typebox/value";
import { openCamera } from "../../../edge-agent/camera/open-camera.ts";
import { detectAhead } from "../../../edge-agent/detector/detect-ahead.ts";
import { createDetector, type OnnxDetector } from "../../../edge-agent/detector/onnx-detector.ts";
import { Stages } from "../../../edge-agent/stages.ts";
import { LineConfig } from "../../../firmware-config/config/geometry.ts";
import { withGates } from "../../../firmware-config/config/tracker.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { median } from "../result.ts";
import { fieldModels, TIMES } from "./field/field.ts";
import type { SeeingModel } from "./field/seen-pictures.ts";
import { pythonOf } from "./peers.ts";

const run = promisify(execFile);
const SCRIPT = join(PACKAGE_ROOT, "test", "bench", "perception", "supervision_pipeline.py");
/** Pictures of a round, of which the first do not count, as in the script. */
const PICTURES = 220;
const WARM_UP = 20;
const ROUNDS = 3;
const MODEL = { type: "model" } as const;
const LINE = Value.Parse(LineConfig, Value.Default(LineConfig, { id: "middle", from: [0.5, 0], to: [0.5, 1] }));

/** Pictures per second from a video to crossings, ours and Python's, with YOLOX-nano: rounds in turn, so that other load slows both. */
export async function besidePython(video: string): Promise<string[]> {
  const model = (await fieldModels()).find(({ family }) => family === "yolox");
  if (model === undefined) return ["beside Python: no YOLOX model is beside this checkout: not measured"];
  const python = pythonOf();
  try {
    await run(python, ["-c", "import cv2, onnxruntime, supervision, trackers"]);
  } catch {
    return [`${python} has not all of cv2, onnxruntime, supervision and trackers: not measured (PYTHON names another)`];
  }
  const detector = await createDetector(model, { threads: 0, minScore: 0.1, nmsIou: 0.6 });
  const rounds: { readonly ours: number; readonly theirs: number }[] = [];
  try {
    for (let k = 0; k < ROUNDS; k++)
      rounds.push({ ours: await ourFps(video, model, detector), theirs: await theirFps(python, video, model.path) });
  } finally {
    await detector.close();
  }
  const middle = (of: (round: (typeof rounds)[number]) => number) => median(rounds.map(of));
  const [ours, theirs] = [middle((round) => round.ours), middle((round) => round.theirs)];
  const ratios = rounds.map((round) => (round.ours / round.theirs).toFixed(2)).join(", ");
  return [
    `video to crossings, ours: ${ours.toFixed(1)} fps; OpenCV, onnxruntime, trackers and supervision: ${theirs.toFixed(1)} fps`,
    `ratio of a round:         ${middle((round) => round.ours / round.theirs).toFixed(2)} (${ratios})`,
  ];
}

async function ourFps(source: string, model: SeeingModel, detector: OnnxDetector): Promise<number> {
  const settings = {
    id: "bench",
    source,
    pace: "fast",
    loop: false,
    fps: Number.POSITIVE_INFINITY,
    stallS: 60,
  } as const;
  const camera = await openCamera("ffmpeg", {
    settings,
    shape: detector.shape,
    clock: systemClock,
    log: createLog("warn"),
    fileStart: 0,
  });
  const config = { lines: [LINE], zones: [], detector: MODEL };
  const stages = new Stages({ config, trackerConfig: withGates(TIMES, model.gates) });
  let pictures = 0;
  let startMs = 0;
  for await (const { atS, picture, detections } of detectAhead(camera.frames(new AbortController().signal), detector)) {
    if (pictures === WARM_UP) startMs = performance.now();
    if (!stages.fit(picture)) stages.renew(picture);
    stages.count(stages.track(detections, atS), atS);
    if (++pictures === PICTURES) break;
  }
  return ((pictures - WARM_UP) * 1000) / (performance.now() - startMs);
}

async function theirFps(python: string, video: string, model: string): Promise<number> {
  const { stdout } = await run(python, ["-W", "ignore", SCRIPT, video, model, String(PICTURES)]);
  const { frames, seconds }: { frames: number; seconds: number } = JSON.parse(stdout);
  return frames / seconds;
}
