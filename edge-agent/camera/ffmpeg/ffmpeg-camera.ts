import type { CameraParts } from "../camera-parts.ts";
import { PlayedCamera } from "../played-camera.ts";
import { FfmpegReader } from "./ffmpeg-reader.ts";
import { DEFAULT_FFMPEG, type FfmpegPaths, findFfmpeg } from "./ffmpeg-tools.ts";

/** Reads a file, an RTSP or a USB camera through ffmpeg. Besides the errors of the port: FFMPEG_NOT_FOUND. */
export class FfmpegCamera extends PlayedCamera {
  constructor(parts: CameraParts, paths: FfmpegPaths = DEFAULT_FFMPEG) {
    super(parts, async () => new FfmpegReader(await findFfmpeg(paths)));
  }
}
