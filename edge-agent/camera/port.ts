import type { DecoderType } from "../../firmware-config/config/decoder.ts";

/** How the model wants its pictures; the camera delivers exactly these bytes. */
export interface FrameShape {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** `rgb24` = interleaved R, G, B; `gbrp` = three planes G, B, R. One byte a sample either way. */
  readonly pixelFormat: "rgb24" | "gbrp";
  /** What fills the letterbox, 0..255 grey. */
  readonly padValue: number;
  /** `centre` puts the picture in the middle of the letterbox, `top-left` in its corner. */
  readonly padAlign: "centre" | "top-left";
  /** Parts of the picture that are wanted besides the whole; left out = none. */
  readonly parts?: WantedParts | undefined;
}

/** A part of the source picture, pixels. Its place and size are even: cameras keep colours by two pixels. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Which parts are wanted is known when the picture is: how many is known before. */
export interface WantedParts {
  readonly count: number;
  of(picture: Picture): readonly Part[];
}

/** Size of the source picture as it is shown: upright, in square pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
}

/** One picture, scaled and letterboxed. `data` is reused: it is valid until `release()`. */
export interface Frame {
  readonly cameraId: string;
  /** Number of the frame in its source, from 0; grows over dropped frames too. */
  readonly index: number;
  /** Capture time, milliseconds since the epoch, UTC. */
  readonly captureMs: number;
  /** Capture time on the camera's own clock, seconds, never going back. */
  readonly atS: number;
  readonly picture: Picture;
  /** The parts whose pictures follow in `data`; left out = none. */
  readonly parts?: readonly Part[] | undefined;
  /** `height * width * 3` bytes of the whole picture in the shape that was asked for, then as many of each part, scaled and letterboxed alike. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Gives the buffer back to the camera. */
  release(): void;
}

/** Counters of a camera since it started; the health message copies them. */
export interface CameraStats {
  /** `stalled` = connected without frames, `lost` = not connected, `ended` = the file was played. */
  readonly status: "starting" | "ok" | "stalled" | "lost" | "ended";
  /** Frames handed out. */
  readonly frames: number;
  /** Frames that a file showed, those too that `fps` leaves out; a live source does not tell. */
  readonly shownFrames?: number;
  /** What a reader of the counts must know of a file, a sentence without an end: it is damaged. */
  readonly warning?: string;
  /** Frames that a newer one replaced. */
  readonly droppedFrames: number;
  /** What decodes now, where hardware was asked for: that, or software, when it could not be had. */
  readonly decoder?: DecoderType;
  /** Restarts of the source. */
  readonly reconnects: number;
}

/** A source of pictures. The pipeline pulls; a live camera keeps only the newest frame, a file waits. */
export interface Camera {
  readonly id: string;
  readonly stats: CameraStats;
  /**
   * Yields frames until a file ends or `signal` aborts. A live source is reopened with back-off for as long as it takes;
   * an unreadable file throws `AppError`.
   */
  frames(signal: AbortSignal): AsyncIterable<Frame>;
}
