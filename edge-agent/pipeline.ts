import type { CameraConfig } from "../firmware-config/config/device.ts";
import type { TrackerConfig } from "../firmware-config/config/tracker.ts";
import type { Camera, Picture } from "./camera/port.ts";
import { Counter } from "./counter/counter.ts";
import type { CounterEvent } from "./counter/counter-events.ts";
import { detectAhead } from "./detector/detect-ahead.ts";
import type { Detector } from "./detector/port.ts";
import { Tracker } from "./tracker/tracker.ts";
import type { Tracks } from "./tracker/tracks.ts";
import type { CameraWindows, FrameTime } from "./window/windows.ts";

/** The stages that one camera's pictures go through. */
export interface Pipeline {
  readonly config: CameraConfig;
  readonly trackerConfig: TrackerConfig;
  readonly camera: Camera;
  readonly detector: Detector;
  readonly windows: CameraWindows;
  /** Looks on after each frame: progress, the replay's files. Must not keep its arguments. */
  readonly observe?: (
    frame: FrameTime & { readonly index: number },
    tracks: Tracks,
    events: readonly CounterEvent[],
  ) => void;
}

/** Runs one camera until its file ends or `signal` aborts; returns the counter for its totals. */
export async function runPipeline(pipeline: Pipeline, signal: AbortSignal): Promise<Counter | undefined> {
  const { camera, detector, windows } = pipeline;
  let stages: { tracker: Tracker; counter: Counter } | undefined;
  let last: FrameTime | undefined;
  for await (const { index, captureMs, atS, picture, detections } of detectAhead(camera.frames(signal), detector)) {
    stages ??= createStages(pipeline, picture);
    const tracks = stages.tracker.update(detections, atS);
    const events = stages.counter.update(tracks, atS);
    pipeline.observe?.({ index, captureMs, atS }, tracks, events);
    await windows.add({ captureMs, atS }, events, stages.counter.occupancy);
    last = { captureMs, atS };
  }
  if (stages && last) await windows.addEvents(last, stages.counter.finish());
  return stages?.counter;
}

function createStages({ config, trackerConfig }: Pipeline, picture: Picture) {
  return {
    tracker: new Tracker(trackerConfig, picture),
    counter: new Counter(config.lines, config.zones, picture),
  };
}
