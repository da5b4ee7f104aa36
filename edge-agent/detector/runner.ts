import type { Tensor } from "onnxruntime-node";
import type { Candidates } from "./candidates.ts";

/** What a family does with its session; lives in the worker, with tensors that are made once. */
export interface Runner {
  readonly feeds: Record<string, Tensor>;
  /** The session writes its outputs into these. */
  readonly fetches: Record<string, Tensor>;
  /** Makes the frame the next input. */
  load(frame: Uint8Array): void;
  /** Collects the persons of the last run with at least `minScore`, in frame pixels; false when its output was not finite. */
  decode(minScore: number, found: Candidates): boolean;
  /** What `decode` read, by output. */
  readonly values: Readonly<Record<string, Float32Array>>;
  /** True when one person may have several boxes. */
  readonly needsNms: boolean;
}
