import type { LineConfig, ZoneConfig } from "../../../firmware-config/config/geometry.ts";

/** A line with the crossings that a person counted on it. */
export interface LabelledLine {
  readonly line: LineConfig;
  readonly in: number;
  readonly out: number;
}

/** A zone with the visits that a person counted. */
export interface LabelledZone {
  readonly zone: ZoneConfig;
  readonly visits: number;
  /** Left out: not counted. */
  readonly stops?: number | undefined;
}

/** A film of which a person has counted what a device would count. */
export interface LabelledClip {
  readonly name: string;
  readonly video: string;
  /** Pictures a second that the shop's camera gives. */
  readonly fps: number;
  readonly lines: readonly LabelledLine[];
  readonly zones: readonly LabelledZone[];
}

/** All that was counted in a clip. */
export function trueCount({ lines, zones }: Pick<LabelledClip, "lines" | "zones">): number {
  const crossings = lines.reduce((sum, line) => sum + line.in + line.out, 0);
  return zones.reduce((sum, zone) => sum + zone.visits + (zone.stops ?? 0), crossings);
}
