import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { Frame } from "../../../edge-agent/camera/port.ts";
import { createDetections, type Detections } from "../../../edge-agent/detector/detections.ts";
import type { Detector } from "../../../edge-agent/detector/port.ts";
import { suggestAreas } from "../../../edge-agent/suggest/suggest-areas.ts";
import { watchFilm } from "../../../edge-agent/suggest/watch-film.ts";
import type { CameraConfig } from "../../../firmware-config/config/device.ts";
import { DeviceConfig } from "../../../firmware-config/config/device.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { createLog } from "../../../firmware-config/kit/log.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { hasFfmpeg, SHAPE } from "../camera/clips.ts";

const run = promisify(execFile);
const PICTURE = { width: 200, height: 120 };
const LENGTH_S = 90;
/** Somebody walks through every six seconds, for four of them. */
const EVERY_S = 6;
const WALK_S = 4;

/** Sees people who walk from the left border to the right one, and a poster, whatever the picture shows. */
class Seer implements Detector {
  readonly shape = SHAPE;
  readonly #found: [Detections, Detections] = [createDetections(4), createDetections(4)];
  #turn: 0 | 1 = 0;

  takeStats() {
    return { frames: 0, meanInferenceMs: 0, unusableFrames: 0 };
  }

  async detect(frame: Frame): Promise<Detections> {
    const intoS = frame.atS % EVERY_S;
    frame.release();
    this.#turn = this.#turn === 0 ? 1 : 0;
    const found = this.#found[this.#turn];
    found.count = 0;
    if (intoS < WALK_S) this.#add(found, 8 + (184 * intoS) / WALK_S, 60);
    this.#add(found, 100, 110);
    return found;
  }

  async close() {}

  #add(found: Detections, x: number, foot: number): void {
    found.boxes.set([x - 7, foot - 36, x + 7, foot], 4 * found.count);
    found.scores[found.count++] = 0.9;
  }
}

const ENTRY = "{ id: old, polygon: [[0.4, 0], [0.6, 0], [0.6, 0.1]] }";
const MASK = "{ id: all, polygon: [[0, 0], [1, 0], [1, 1], [0, 1]] }";

function cameraOf(source: string): CameraConfig {
  const text = `tenant: t\nstore: s\ndevice: d\ncameras:\n  - id: c\n    source: ${source}\n    entries: [${ENTRY}]\n    masks: [${MASK}]\n`;
  const [camera] = parseConfig(text, "d.yaml", DeviceConfig).cameras;
  if (camera === undefined) throw new Error("no camera");
  return camera;
}

describe.skipIf(!hasFfmpeg())("a film", () => {
  async function makeFilm(): Promise<string> {
    const film = join(await tempDir(), "film.mkv");
    const { width, height } = PICTURE;
    const still = `color=gray:s=${width}x${height}:r=5:d=${LENGTH_S}`;
    await run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", still, "-y", film]);
    return film;
  }

  async function watch(signal = new AbortController().signal) {
    const { tracker } = parseConfig(
      "tenant: t\nstore: s\ndevice: d\ncameras: [{ id: c, source: c.mp4 }]\n",
      "d.yaml",
      DeviceConfig,
    );
    const times: number[] = [];
    const parts = { camera: cameraOf(await makeFilm()), trackerConfig: tracker, detector: new Seer() };
    const onFrame = (atS: number) => void times.push(atS);
    const seen = await watchFilm({ ...parts, clock: systemClock, log: createLog("error"), onFrame }, signal);
    return { ...seen, times };
  }

  test("is watched to its end, without the entries and masks that the camera has, things too", async () => {
    const { lives, picture, times } = await watch();
    expect(picture).toEqual(PICTURE);
    expect(times).toHaveLength(5 * LENGTH_S);
    const { entries, masks, walkers, things, lengthS } = suggestAreas({ ...lives.all, picture });
    expect(lengthS).toBeCloseTo(LENGTH_S - 0.2, 1);
    expect({ walkers, things, entries: entries.length, masks: masks.length }).toEqual({
      walkers: LENGTH_S / EVERY_S,
      things: 1,
      entries: 2,
      masks: 1,
    });
    const [mask] = masks;
    expect(mask?.polygon.every(([x, y]) => Math.abs(x - 0.5) < 0.15 && Math.abs(y - 110 / 120) < 0.15)).toBe(true);
    const sides = entries.map(({ polygon }) => Math.round(polygon.reduce((sum, [x]) => sum + x, 0) / polygon.length));
    expect(sides.toSorted((a, b) => a - b)).toEqual([0, 1]);
  });

  test("is left at once when it is stopped", async () => {
    const stopped = AbortSignal.abort(new Error("stopped"));
    await expect(watch(stopped)).rejects.toThrow("stopped");
  });
});
