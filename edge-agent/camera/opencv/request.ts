import type { Source } from "../../../firmware-config/config/source.ts";
import type { Part } from "../port.ts";
import type { ReadPlan } from "../reader.ts";

/** What the worker is asked for; it comes by standard input, as the source may hold a password. */
export interface Request {
  /** The compiled binding. */
  readonly binding: string;
  /** Undefined asks for OpenCV's version alone. */
  readonly source?: Source;
  /** Undefined asks what the source is. */
  readonly plan?: WorkerPlan;
}

/** A plan as it can be sent: the wanted parts of this picture in place of how they follow from one. */
export interface WorkerPlan extends ReadPlan {
  /** Pixels of the plan's picture. */
  readonly parts: readonly Part[];
}

/** What the worker finds a source to be: sizes in pixels as OpenCV hands them out, already turned. */
export interface Found {
  readonly width: number;
  readonly height: number;
  /** Width of a stored pixel in heights; 0 or nonsense when the source does not say. */
  readonly pixelAspect: number;
  /** Degrees that OpenCV turned it by. */
  readonly turnedBy: number;
  /** Frames per second; 0 when the source does not say. */
  readonly fps: number;
  /** Declared or, where the container counts none, length x rate; 0 when unknown. */
  readonly frames: number;
  /** The picture is a cover: there is no film. */
  readonly isStill: boolean;
}

/** The worker could not load the binding. */
export const NOT_LOADED = 4;
/** The source cannot be opened or gives no picture. */
export const NOT_READ = 3;
