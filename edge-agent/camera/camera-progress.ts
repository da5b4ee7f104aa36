import type { DecoderTrial } from "./decoder-trial.ts";
import type { FileTimes } from "./file-times.ts";
import type { FrameQueue } from "./frame-queue.ts";
import type { CameraStats } from "./port.ts";

/** What a camera has come to, over all runs of its reader. */
export class CameraProgress {
  status: CameraStats["status"] = "starting";
  reconnects = 0;
  queue: FrameQueue | undefined;
  /** A file's. */
  times: FileTimes | undefined;
  decoder: DecoderTrial | undefined;
  /** What the last run of a file showed of its state. */
  warning: string | undefined;

  /** The reader works. */
  onFrame(): void {
    this.status = "ok";
    this.decoder?.onFrame();
  }

  get stats(): CameraStats {
    const { status, reconnects, queue, times, warning } = this;
    const decoder = this.decoder?.told;
    const counts = { frames: queue?.delivered ?? 0, droppedFrames: queue?.dropped ?? 0, reconnects };
    const told = warning === undefined ? {} : { warning };
    return {
      status,
      ...counts,
      ...(times === undefined ? {} : { shownFrames: times.seen }),
      ...told,
      ...(decoder && { decoder }),
    };
  }
}
