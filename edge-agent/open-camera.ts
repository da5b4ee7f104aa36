import type { CameraParts } from "./camera/camera-parts.ts";
import { FfmpegCamera } from "./camera/ffmpeg-camera.ts";
import type { Camera } from "./camera/port.ts";

/** Makes the camera of a configuration; throws CONFIG_INVALID for a source that no driver reads. */
export type OpenCamera = (parts: CameraParts) => Camera;

export const openCamera: OpenCamera = (parts) => new FfmpegCamera(parts);
