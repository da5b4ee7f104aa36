import type { CameraConfig } from "../firmware-config/config/device.ts";
import type { DeviceTracker, ScoreGates } from "../firmware-config/config/tracker.ts";
import type { Camera } from "./camera/port.ts";
import { type WatchedCamera, watchFrames } from "./camera-health/watch-frames.ts";
import type { CounterTotals } from "./counter/counter.ts";
import type { CounterEvent } from "./counter/counter-events.ts";
import { detectAhead } from "./detector/detect-ahead.ts";
import type { Detector } from "./detector/port.ts";
import { Stages } from "./stages.ts";
import type { Tracks } from "./tracker/tracks.ts";
import type { CameraWindows, FrameTime } from "./window/windows.ts";

/** The stages that one camera's pictures go through. */
export interface Pipeline {
  readonly config: CameraConfig;
  readonly trackerConfig: DeviceTracker;
  /** The scores of the model; default: the usual ones. */
  readonly gates?: ScoreGates | undefined;
  readonly camera: Camera;
  readonly detector: Detector;
  readonly windows: CameraWindows;
  /** Says what the camera's pictures are good for; default: for everything. */
  readonly health?: WatchedCamera | undefined;
  /** Looks on after each frame: progress, the replay's files. Must not keep its arguments. */
  readonly observe?: (
    frame: FrameTime & { readonly index: number },
    tracks: Tracks,
    events: readonly CounterEvent[],
  ) => void;
}

/**
 * Runs one camera until its file ends or `signal` aborts; gives what was counted. Whatever ends it, a failure too, all that was
 * counted has been handed on by then.
 */
export async function runPipeline(pipeline: Pipeline, signal: AbortSignal): Promise<CounterTotals> {
  const { camera, detector, windows, health } = pipeline;
  const stages = new Stages(pipeline);
  let last: FrameTime = { captureMs: 0, atS: 0 };
  const frames = health ? watchFrames(camera.frames(signal), health) : camera.frames(signal);
  try {
    for await (const { index, captureMs, atS, picture, detections } of detectAhead(frames, detector)) {
      if (!stages.fit(picture)) await windows.addEvents(last, stages.renew(picture));
      const tracks = stages.track(detections, atS);
      const events = stages.count(tracks, atS);
      pipeline.observe?.({ index, captureMs, atS }, tracks, events);
      await windows.add({ captureMs, atS, sight: health?.sight }, events, stages.counter.occupancy);
      last = { captureMs, atS };
    }
  } finally {
    await windows.finish(last, stages.counter.finish());
  }
  return stages.totals();
}
