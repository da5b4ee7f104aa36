import type { CameraConfig } from "../firmware-config/config/device.ts";
import type { LineConfig, ZoneConfig } from "../firmware-config/config/geometry.ts";
import {
  type DeviceTracker,
  type ScoreGates,
  type TrackerConfig,
  withGates,
} from "../firmware-config/config/tracker.ts";
import { CONSTANTS, FROM_ABOVE, type TrackerConstants } from "./tracker/constants.ts";

/** What a camera's tracker and counter are made with. */
export interface StageSettings {
  readonly tracker: TrackerConfig;
  readonly constants: TrackerConstants;
  readonly lines: readonly LineConfig[];
  readonly zones: readonly ZoneConfig[];
  /** Where in the box a person stands. */
  readonly foot: "bottom" | "centre";
}

type Counted = Pick<CameraConfig, "lines" | "zones" | "detector">;

/** The configuration, with the scores of the model that finds the persons, as the camera's detector wants it: from straight above, times are shorter and feet are in the middle. */
export function stageSettings(
  { lines, zones, detector }: Counted,
  asked: DeviceTracker,
  gates?: ScoreGates,
): StageSettings {
  const tracker = withGates(asked, detector.type === "model" ? gates : undefined);
  if (detector.type === "model") return { tracker, constants: CONSTANTS, lines, zones, foot: "bottom" };
  const { confirmS, lineConfirmS } = detector;
  return {
    tracker: { ...tracker, confirmS },
    constants: FROM_ABOVE,
    lines: lines.map((line) => ({ ...line, confirmS: lineConfirmS })),
    zones,
    foot: "centre",
  };
}
