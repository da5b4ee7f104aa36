import type { CameraConfig, DeviceConfig } from "../../firmware-config/config/device.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";

/** The camera with that id, or the first; throws `AppError` that lists the ids there are. */
export function pickCamera(config: DeviceConfig, id: string | undefined): CameraConfig {
  const camera = id === undefined ? config.cameras[0] : config.cameras.find((one) => one.id === id);
  if (camera) return camera;
  throw new AppError(`The configuration has no camera "${id}"`, {
    code: "USAGE",
    hint: `Choose one of: ${config.cameras.map((one) => one.id).join(", ")}`,
  });
}
