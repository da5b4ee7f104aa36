import type { FrameQueue } from "./frame-queue.ts";
import type { CameraStats } from "./port.ts";

/** What a camera has come to, over all its runs of ffmpeg. */
export class CameraProgress {
  status: CameraStats["status"] = "starting";
  reconnects = 0;
  queue: FrameQueue | undefined;

  get stats(): CameraStats {
    const { status, reconnects, queue } = this;
    return { status, frames: queue?.delivered ?? 0, droppedFrames: queue?.dropped ?? 0, reconnects };
  }
}
