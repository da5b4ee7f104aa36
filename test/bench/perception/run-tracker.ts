import type { MotRows } from "../../../edge-agent/mot/mot-rows.ts";
import type { Boxes } from "../../../edge-agent/mot/score/boxes.ts";
import { type MotScore, motScore } from "../../../edge-agent/mot/score/mot-score.ts";
import { trackRows } from "../../../edge-agent/mot/track-rows.ts";
import { CONSTANTS, type TrackerConstants } from "../../../edge-agent/tracker/constants.ts";
import { PATH_CONSTANTS, type PathConstants } from "../../../edge-agent/tracker/path-constants.ts";
import { TrackFinisher } from "../../../edge-agent/tracker/track-finisher.ts";
import { Tracker } from "../../../edge-agent/tracker/tracker.ts";
import { TrackerConfig } from "../../../firmware-config/config/tracker.ts";
import { withDefaults } from "../../../firmware-config/config/with-defaults.ts";
import type { Sequence } from "./sequences.ts";

/** Everything in the tracker that is a number. */
export interface Settings {
  readonly config: TrackerConfig;
  readonly constants: TrackerConstants;
  readonly path: PathConstants;
}

/** What a shop gets that configures nothing. */
export const DEFAULTS: Settings = {
  config: withDefaults(TrackerConfig, {}),
  constants: CONSTANTS,
  path: PATH_CONSTANTS,
};

/** The tracks that `kazoe track` would write, without the file. */
export function runTracker(rows: MotRows, { fps, picture }: Sequence, settings = DEFAULTS): Boxes {
  const frames: number[] = [];
  const ids: number[] = [];
  const boxes: number[] = [];
  const finisher = new TrackFinisher((frame, id, { box }) => {
    frames.push(frame);
    ids.push(id);
    boxes.push(...box);
  }, settings.path);
  const tracker = new Tracker(settings.config, picture, settings.constants);
  trackRows(rows, { tracker, fps }, ({ frame, atS }, tracks) => finisher.add(frame, atS, tracks));
  finisher.finish();
  return {
    count: frames.length,
    frames: Int32Array.from(frames),
    ids: Int32Array.from(ids),
    boxes: Float32Array.from(boxes),
  };
}

/** How well it follows what a detector found. */
export const scoreOf = (sequence: Sequence, settings = DEFAULTS): MotScore =>
  motScore(sequence.truth, runTracker(sequence.detections, sequence, settings));

/** How well it follows those who are there. */
export const scoreOnTruth = (sequence: Sequence, settings = DEFAULTS): MotScore =>
  motScore(sequence.truth, runTracker(sequence.truth, sequence, settings));
