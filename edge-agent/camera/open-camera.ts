import type { CameraConfig } from "../../firmware-config/config/device.ts";
import type { CameraParts } from "./camera-parts.ts";
import type { Camera } from "./port.ts";

type OpenDriver = (parts: CameraParts) => Promise<Camera>;

/** A driver is loaded when a camera asks for it. */
const DRIVERS = {
  ffmpeg: async (parts) => new (await import("./ffmpeg/ffmpeg-camera.ts")).FfmpegCamera(parts),
  opencv: async (parts) => new (await import("./opencv/opencv-camera.ts")).OpencvCamera(parts),
} satisfies Record<CameraConfig["driver"], OpenDriver>;

/** A camera of the driver that its configuration names; throws CONFIG_INVALID for a source that the driver does not read. */
export type OpenCamera = (driver: CameraConfig["driver"], parts: CameraParts) => Promise<Camera>;

export const openCamera: OpenCamera = (driver, parts) => DRIVERS[driver](parts);
