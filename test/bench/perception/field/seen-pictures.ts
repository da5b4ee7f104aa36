import { createHash } from "node:crypto";
import { mkdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCamera } from "../../../../edge-agent/camera/open-camera.ts";
import { detectAhead } from "../../../../edge-agent/detector/detect-ahead.ts";
import { createDetections, type Detections } from "../../../../edge-agent/detector/detections.ts";
import type { DetectorModel } from "../../../../edge-agent/detector/model.ts";
import { createDetector } from "../../../../edge-agent/detector/onnx-detector.ts";
import { cameraShape } from "../../../../edge-agent/frame/parts.ts";
import type { ScoreGates } from "../../../../firmware-config/config/tracker.ts";
import { systemClock } from "../../../../firmware-config/kit/clock.ts";
import { createLog } from "../../../../firmware-config/kit/log.ts";
import { writeWhole } from "../../../../firmware-config/kit/on-disk.ts";

/** The rate of a shop's camera. */
const FPS = 10;
/** The detector's defaults of a device. */
const SETTINGS = { threads: 0, minScore: 0.1, nmsIou: 0.6 } as const;
export const CACHE = join(tmpdir(), "kazoe-bench-field");

/** A picture as a model saw it. */
export interface SeenPicture {
  readonly atS: number;
  readonly width: number;
  readonly height: number;
  /** `[left, top, right, bottom, score]` of each person, best score first. */
  readonly persons: readonly (readonly [number, number, number, number, number])[];
}

/** A model, and what tells its results from those of another. */
export interface SeeingModel extends DetectorModel {
  readonly name: string;
  readonly sha256: string;
  readonly gates?: ScoreGates | undefined;
}

/** A film's pictures at live rate; the model works on them once, and then the results are read from the folder for such. */
export async function seenPictures(
  film: string,
  model: SeeingModel,
  view?: Parameters<typeof cameraShape>[0],
): Promise<readonly SeenPicture[]> {
  const { size, mtimeMs } = await stat(film);
  const seenHow = [film, size, mtimeMs, model.sha256, FPS, SETTINGS, ...(view ? [view] : [])];
  const key = createHash("sha256").update(JSON.stringify(seenHow));
  const path = join(CACHE, `${key.digest("hex").slice(0, 16)}.json`);
  const cached = await readFile(path, "utf8").catch(() => undefined);
  if (cached !== undefined) return JSON.parse(cached);
  const pictures = await look(film, model, view);
  await mkdir(CACHE, { recursive: true });
  await writeWhole(path, { parts: [JSON.stringify(pictures)], hint: "Free some space" });
  return pictures;
}

async function look(
  film: string,
  model: SeeingModel,
  view: Parameters<typeof cameraShape>[0] | undefined,
): Promise<readonly SeenPicture[]> {
  const detector = await createDetector(model, SETTINGS);
  const settings = { id: "field", source: film, pace: "fast", loop: false, fps: FPS, stallS: 20 } as const;
  const shape = view === undefined ? detector.shape : cameraShape(view, detector.shape);
  const parts = { settings, shape, clock: systemClock, log: createLog("warn"), fileStart: 0 };
  try {
    const camera = await openCamera("ffmpeg", parts);
    const pictures: SeenPicture[] = [];
    const frames = camera.frames(new AbortController().signal);
    for await (const { atS, picture, detections } of detectAhead(frames, detector)) {
      pictures.push({ atS, width: picture.width, height: picture.height, persons: personsOf(detections) });
    }
    return pictures;
  } finally {
    await detector.close();
  }
}

function personsOf({ count, boxes, scores }: Detections): SeenPicture["persons"] {
  return Array.from({ length: count }, (_, i) => {
    const [left = 0, top = 0, right = 0, bottom = 0] = boxes.subarray(4 * i, 4 * i + 4);
    return [left, top, right, bottom, scores[i] ?? 0];
  });
}

const CAPACITY = 300;
const shown = createDetections(CAPACITY);

/** The persons as the detector gave them; the answer is reused by the next call. */
export function detectionsOf({ persons }: SeenPicture): Detections {
  shown.count = persons.length;
  for (const [i, [left, top, right, bottom, score]] of persons.entries()) {
    shown.boxes.set([left, top, right, bottom], 4 * i);
    shown.scores[i] = score;
  }
  return shown;
}
