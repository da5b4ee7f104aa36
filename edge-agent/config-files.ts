import type { DeviceConfig } from "../firmware-config/config/device.ts";
import { AppError } from "../firmware-config/kit/errors.ts";
import type { Log } from "../firmware-config/kit/log.ts";
import { readPassword } from "./camera/credentials.ts";
import { readMqttFiles } from "./mqtt/mqtt-files.ts";

/**
 * Reads each secret and certificate that the configuration names once, and loads the camera driver that is no part of ours, so that what
 * is missing is said at the start. Throws `AppError` CONFIG_*, OPENCV_NOT_BUILT.
 */
export async function checkConfigFiles({ mqtt, cameras }: DeviceConfig): Promise<void> {
  await readMqttFiles(mqtt);
  for (const [i, { passwordFile }] of cameras.entries())
    if (passwordFile !== undefined) await readPassword(passwordFile, `cameras[${i}].passwordFile`);
  if (cameras.some(({ driver }) => driver === "opencv"))
    await (await import("./camera/opencv/opencv-reader.ts")).checkOpencv();
}

/**
 * The same at the start of an agent: on a device that has counted before, a file that went bad keeps it from sending or from one
 * camera, not from counting; it is an error in the log. On a new one it is thrown: somebody stands before it.
 */
export async function checkFilesAtStart(config: DeviceConfig, hasCounted: boolean, log: Log): Promise<void> {
  try {
    await checkConfigFiles(config);
  } catch (error) {
    if (!hasCounted || !(error instanceof AppError)) throw error;
    log.error(
      { code: error.code, error: error.message, hint: error.hint },
      "a file of the configuration cannot be used; counting goes on without it",
    );
  }
}
