import { createRequire } from "node:module";

/** OpenCV's properties of a capture that we ask for, by number: the binding names only some. */
export const PROPERTY = {
  positionMs: 0,
  fps: 5,
  frames: 7,
  pixelWidth: 40,
  pixelHeight: 41,
  turnedBy: 48,
} as const;

/** A picture in OpenCV's memory: interleaved B, G, R. */
export interface Mat {
  readonly rows: number;
  readonly cols: number;
  readonly empty: boolean;
  resize(rows: number, cols: number, fx: number, fy: number, interpolation: number): Mat;
  /** -1 = by half a turn. */
  flip(code: -1): Mat;
  /** The same memory, not a copy. */
  getRegion(rect: Rect): Mat;
  getData(): Buffer;
  release(): void;
}

/** Pixels. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Capture {
  get(property: number): number;
  /** Blocks until the next picture is decoded; empty at the end, and when OpenCV gives up. */
  read(): Mat;
  release(): void;
}

/** What we use of @u4/opencv4nodejs: the maintained opencv4nodejs, chosen by who asked for this driver. */
export interface Binding {
  readonly version: { readonly major: number; readonly minor: number; readonly revision: number };
  readonly VideoCapture: new (source: string, api: number) => Capture;
  readonly Rect: new (x: number, y: number, width: number, height: number) => Rect;
  readonly CAP_FFMPEG: number;
  readonly CAP_V4L2: number;
  readonly INTER_AREA: number;
  setNumThreads(threads: number): void;
}

/** A frame that cannot be decoded ends `read` as the end of the source does, so it is asked again; at the end that takes no time. */
const TRIES = 32;

/** The next picture that can be decoded; undefined when there is no more. */
export function readPicture(capture: Capture): Mat | undefined {
  for (let tries = 0; tries < TRIES; tries++) {
    const picture = capture.read();
    if (!picture.empty) return picture;
  }
  return undefined;
}

/** Loads the compiled file alone: the package's JavaScript looks for builds and prints while it does. */
export function loadBinding(file: string): Binding {
  const binding: Binding = createRequire(import.meta.url)(file);
  // Scaling to a model's size is too little work to be shared out, and the model needs the cores.
  binding.setNumThreads(1);
  return binding;
}
