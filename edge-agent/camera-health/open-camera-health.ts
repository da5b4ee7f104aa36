import { join } from "node:path";
import type { CameraConfig } from "../../firmware-config/config/device.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { writeWhole } from "../../firmware-config/kit/on-disk.ts";
import { readTextFile } from "../../firmware-config/kit/text-file.ts";
import type { FrameShape } from "../camera/port.ts";
import { CameraHealth } from "./camera-health.ts";
import { setUpOf } from "./set-up.ts";
import type { WatchedCamera } from "./watch-frames.ts";

/** Below `dataDir`. */
const FOLDER = "camera-health";
const MAX_BYTES = 64 * 1024;

export interface CameraHealthParts {
  readonly config: CameraConfig;
  readonly shape: FrameShape;
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The health of one camera, with what an earlier boot learned of it. A file that cannot be read or used is told and written
 * anew; never throws.
 */
export async function openCameraHealth(parts: CameraHealthParts): Promise<CameraHealth & WatchedCamera> {
  const { config, shape, dataDir, clock, log } = parts;
  const file = join(dataDir, FOLDER, `${config.id}.json`);
  const camera = config.id;
  const health = new CameraHealth({
    fps: config.fps,
    shape,
    setUp: setUpOf(config),
    kept: await textIn(file, parts),
    monotonicMs: () => clock.monotonicMs(),
    onUnusable: ({ isOther, reason }) => {
      const fields = { camera, file, reason };
      if (isOther) log.info(fields, "the camera's view is learned anew");
      else log.warn(fields, "what was learned of the camera's view is unusable; it is learned anew");
    },
    onTurn: (fault, holds) => {
      if (holds) log.warn({ camera, fault }, "the camera's view has a fault");
      else log.info({ camera, fault }, "the camera's view has the fault no more");
    },
  });
  const keep = async (learned: string) => {
    try {
      await writeWhole(file, { parts: [learned], mode: 0o600 });
      log.info({ camera, file }, "the camera's view is learned");
    } catch (error) {
      log.warn({ camera, file, error: messageOf(error) }, "what was learned of the camera's view is not kept");
    }
  };
  return Object.assign(health, { keep });
}

async function textIn(file: string, { config, log }: CameraHealthParts): Promise<string | undefined> {
  try {
    return await readTextFile(file, { maxBytes: MAX_BYTES });
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    log.warn(
      { camera: config.id, file, reason: messageOf(error) },
      "what was learned of the camera's view is unusable; it is learned anew",
    );
    return undefined;
  }
}
