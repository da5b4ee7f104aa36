import type { Frame } from "../camera/port.ts";
import type { CameraHealth } from "./camera-health.ts";

/** A camera's health with the place where what it learned outlives a restart. */
export interface WatchedCamera extends Pick<CameraHealth, "see" | "sight" | "takeLearned"> {
  /** Must not throw: a full disk keeps no camera from counting. */
  keep(learned: string): Promise<void>;
}

/** The same frames, each looked at before it goes on: the detector gives its buffer back. */
export async function* watchFrames(
  frames: AsyncIterable<Frame>,
  health: WatchedCamera,
): AsyncGenerator<Frame, void, void> {
  for await (const frame of frames) {
    health.see(frame);
    const learned = health.takeLearned();
    if (learned !== undefined) await health.keep(learned);
    yield frame;
  }
}
