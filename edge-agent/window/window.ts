import Type from "typebox";
import { CountsMessage, DWELL_BOUNDS_S } from "../../firmware-config/contract/counts.ts";
import type { CounterEvent, Visit } from "../counter/counter-events.ts";

/** The years 1 to 9999, which alone have an RFC 3339 form. */
const DATE_RANGE = { minimum: -62_135_596_800_000, maximum: 253_402_300_799_999 };

/** What is counted at: a line or a zone of a camera. */
export interface Target {
  readonly cameraId: string;
  readonly targetKind: "line" | "zone";
  readonly targetId: string;
}

const { cameraId, targetKind, targetId, visits, stops, dwellS, dwellHistogram, frames, observedS } =
  CountsMessage.properties;
const { in: inside, out, occupancyMin, occupancyMax } = CountsMessage.properties;

/** Sums of one target in one window; plain JSON that fits a `counts` message, so that an unfinished window survives a crash. */
export const OpenWindow = Type.Object(
  {
    cameraId,
    targetKind,
    targetId,
    startMs: Type.Integer(DATE_RANGE),
    /** The window's own length: another boot may count by another. */
    windowMs: Type.Integer({ minimum: 1_000, maximum: 3_600_000, multipleOf: 1_000 }),
    in: inside,
    out,
    visits,
    stops,
    dwellS,
    dwellHistogram,
    frames,
    observedS,
    /** Integral of the occupancy over the observed time, person-seconds. */
    occupiedS: Type.Number({ minimum: 0 }),
    occupancyMin,
    occupancyMax,
  },
  { additionalProperties: false },
);
export type OpenWindow = Type.Static<typeof OpenWindow>;

export function openWindow(target: Target, startMs: number, windowMs: number): OpenWindow {
  return {
    ...target,
    startMs,
    windowMs,
    in: 0,
    out: 0,
    visits: 0,
    stops: 0,
    dwellS: 0,
    dwellHistogram: new Array<number>(DWELL_BOUNDS_S.length + 1).fill(0),
    frames: 0,
    observedS: 0,
    occupiedS: 0,
    occupancyMin: 0,
    occupancyMax: 0,
  };
}

/** Adds a crossing or visit to the window it belongs to. */
export function addEvent(window: OpenWindow, event: CounterEvent): void {
  if (event.kind === "crossing") window[event.direction] += 1;
  else addVisit(window, event);
}

function addVisit(window: OpenWindow, visit: Visit): void {
  window.visits += 1;
  if (visit.stop) window.stops += 1;
  window.dwellS += visit.dwellS;
  const bin = DWELL_BOUNDS_S.findIndex((bound) => visit.dwellS < bound);
  const at = bin < 0 ? DWELL_BOUNDS_S.length : bin;
  window.dwellHistogram[at] = (window.dwellHistogram[at] ?? 0) + 1;
}

/** Adds one frame that stands for `durationS` seconds, with `occupancy` persons in the zone. */
export function addFrame(window: OpenWindow, durationS: number, occupancy: number): void {
  window.occupancyMin = window.frames === 0 ? occupancy : Math.min(window.occupancyMin, occupancy);
  window.occupancyMax = Math.max(window.occupancyMax, occupancy);
  window.frames += 1;
  window.observedS += durationS;
  window.occupiedS += durationS * occupancy;
}

const round3 = (value: number) => Math.round(value * 1000) / 1000;

/** The `counts` message of a closed window; a window that was watched for less than 95 % is `partial`. */
export function countsOf(window: OpenWindow) {
  const { startMs, windowMs, occupiedS, observedS } = window;
  const windowS = windowMs / 1000;
  return {
    kind: "counts",
    ts: new Date(startMs).toISOString(),
    cameraId: window.cameraId,
    targetKind: window.targetKind,
    targetId: window.targetId,
    windowStart: new Date(startMs).toISOString(),
    windowS,
    in: window.in,
    out: window.out,
    visits: window.visits,
    stops: window.stops,
    passersBy: window.visits - window.stops,
    dwellS: round3(window.dwellS),
    dwellHistogram: window.dwellHistogram,
    occupancyMin: window.occupancyMin,
    occupancyMean: observedS > 0 ? round3(occupiedS / observedS) : 0,
    occupancyMax: window.occupancyMax,
    frames: window.frames,
    observedS: round3(Math.min(observedS, windowS)),
    partial: observedS < 0.95 * windowS,
  } as const satisfies Partial<CountsMessage>;
}
