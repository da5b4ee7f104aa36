import type { BoxReading } from "../model.ts";

/** What a model gave for one picture, by output name. */
export interface ProbeOutput {
  /** For messages. */
  readonly picture: string;
  readonly values: Readonly<Record<string, Float32Array>>;
  /** The boxes that the family read there, best first, whatever their score. */
  readonly found?: readonly FoundBox[];
}

export interface FoundBox {
  readonly score: number;
  /** Left, top, right, bottom in frame pixels. */
  readonly box: readonly number[];
}

/** Size of the model's frame, pixels. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** How a model is to be read, or why it cannot be used: what was seen, and what is expected. */
export type Verdict =
  | { readonly ok: true; readonly boxes: BoxReading; readonly drawnPeopleScore: number }
  | { readonly ok: false; readonly reason: string };

export function refusal(reason: string): Verdict {
  return { ok: false, reason };
}
