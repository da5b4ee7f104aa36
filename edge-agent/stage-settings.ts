import type { CameraConfig } from "../firmware-config/config/device.ts";
import type { AreaConfig, LineConfig, ZoneConfig } from "../firmware-config/config/geometry.ts";
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
  /** Where people come into view (none = everywhere), and where nobody is looked for. */
  readonly entries: readonly AreaConfig[];
  readonly masks: readonly AreaConfig[];
  /** Where in the box a person stands. */
  readonly foot: "bottom" | "centre";
}

export type Counted = Pick<CameraConfig, "lines" | "zones" | "detector"> &
  Partial<Pick<CameraConfig, "entries" | "masks">>;

/** The configuration, with the scores of the model that finds the persons, as the camera's detector wants it: from straight above, times are shorter and feet are in the middle. */
export function stageSettings(
  { lines, zones, entries = [], masks = [], detector }: Counted,
  asked: DeviceTracker,
  gates?: ScoreGates,
): StageSettings {
  const tracker = withGates(asked, detector.type === "model" ? gates : undefined);
  const areas = { entries, masks };
  if (detector.type === "model") return { tracker, constants: CONSTANTS, lines, zones, ...areas, foot: "bottom" };
  const { confirmS, lineConfirmS } = detector;
  return {
    tracker: { ...tracker, confirmS },
    constants: FROM_ABOVE,
    lines: lines.map((line) => ({ ...line, confirmS: lineConfirmS })),
    zones,
    ...areas,
    foot: "centre",
  };
}
