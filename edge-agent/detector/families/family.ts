import type { FrameShape } from "../../camera/port.ts";
import type { Candidates } from "../candidates.ts";
import type { DetectorModel } from "../model.ts";
import type { ProbeOutput, Verdict } from "../probe/verdict.ts";

/** How the bytes of a frame become the numbers of a model's planes. */
export interface Levels {
  /** Which plane comes first. */
  readonly order: "bgr" | "rgb";
  /** The number for a byte of plane 0, 1 or 2 of that order. */
  level(byte: number, plane: number): number;
}

/** `[1, H, W, 3]` bytes as they come from the camera, or `[1, 3, H, W]` floats. */
export type InputForm = "pixels" | "planes";

/** What a run gave. `take` throws an `Error` that says what is there instead. */
export interface Outputs {
  /** Name and sizes of each output, in the order of the file. */
  readonly ports: readonly OutputPort[];
  /** An output's numbers as 32-bit floats, those of the first run, written anew by each other; a size that is left out may be any. */
  take(name: string, shape: readonly (number | undefined)[]): TakenOutput;
}

export interface OutputPort {
  readonly name: string;
  readonly dims: readonly number[];
}

export interface TakenOutput extends OutputPort {
  readonly values: Float32Array;
}

/** Reads the outputs of the last run. */
export interface Reader {
  /** How frames are written for `planes`. */
  readonly levels?: Levels | undefined;
  /** Collects the persons with at least `minScore`, in frame pixels; false when a number that is used is not finite. */
  read(minScore: number, found: Candidates): boolean;
}

/**
 * A way to write a detector as ONNX; one object a folder, listed in `families.ts`, recognised in `models/families/`. Knows numbers
 * alone, not the runtime: the main thread asks it for the frame, the session's thread for the reading, the probe for the verdict.
 */
export interface Family {
  /** What fills the frame and how its bytes lie. */
  readonly frame: Pick<FrameShape, "pixelFormat" | "padValue" | "padAlign">;
  readonly input: InputForm;
  /** Name of an input that is told the frame's width and height, where the model has it. */
  readonly sizeInput?: string;
  /** True when one person may have several boxes. */
  readonly needsNms: boolean;
  /** Called once after the first run, whose outputs it takes; throws an `Error` that says what does not fit. */
  open(outputs: Outputs, model: DetectorModel): Reader;
  /** Called by the probe, with what each made-up picture gave. */
  judge(outputs: readonly ProbeOutput[], model: DetectorModel): Verdict;
}
