import Type from "typebox";
import { CountsMessage, DWELL_BOUNDS_S } from "../../firmware-config/contract/counts.ts";
import { VIEW_FAULTS, type ViewFault } from "../../firmware-config/contract/view.ts";
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

/** Whether who passed in front of the camera at a frame was seen. */
export interface Sight {
  /** `doubtful` = a later frame will tell. */
  readonly state: "seen" | "doubtful" | "blind";
  /** The worst that holds. */
  readonly fault?: ViewFault | undefined;
}

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
    // Left out while all is well, so that an older version can read what this one left.
    blindS: Type.Optional(observedS),
    blindFrames: Type.Optional(frames),
    /** Of these seconds, and of the occupancy in them, it is not known yet whether they were watched. */
    doubtS: Type.Optional(observedS),
    doubtOccupiedS: Type.Optional(Type.Number({ minimum: 0 })),
    viewFault: Type.Optional(Type.Enum([...VIEW_FAULTS])),
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

/** One frame: the seconds that it stands for, the persons in the zone, and what could be seen. */
export interface CountedFrame {
  readonly durationS: number;
  readonly occupancy: number;
  readonly sight: Sight;
}

export function addFrame(window: OpenWindow, { durationS, occupancy, sight }: CountedFrame): void {
  if (sight.fault !== undefined) window.viewFault = worseOf(window.viewFault, sight.fault);
  window.occupancyMax = Math.max(window.occupancyMax, occupancy);
  if (sight.state === "blind") {
    window.blindS = (window.blindS ?? 0) + durationS;
    window.blindFrames = (window.blindFrames ?? 0) + 1;
  } else {
    const isFirst = window.frames === (window.blindFrames ?? 0);
    window.occupancyMin = isFirst ? occupancy : Math.min(window.occupancyMin, occupancy);
    addSeen(window, durationS, occupancy, sight.state);
  }
  window.frames += 1;
}

function addSeen(window: OpenWindow, durationS: number, occupancy: number, state: "seen" | "doubtful"): void {
  if (state === "seen") {
    window.observedS += durationS;
    window.occupiedS += durationS * occupancy;
    return;
  }
  window.doubtS = (window.doubtS ?? 0) + durationS;
  window.doubtOccupiedS = (window.doubtOccupiedS ?? 0) + durationS * occupancy;
}

/** Ends the doubt about a window's frames: they were watched, or not. */
export function endDoubt(window: OpenWindow, state: "seen" | "blind"): void {
  const { doubtS, doubtOccupiedS = 0 } = window;
  if (doubtS === undefined) return;
  if (state === "seen") {
    window.observedS += doubtS;
    window.occupiedS += doubtOccupiedS;
  } else {
    window.blindS = (window.blindS ?? 0) + doubtS;
  }
  delete window.doubtS;
  delete window.doubtOccupiedS;
}

function worseOf(one: ViewFault | undefined, other: ViewFault): ViewFault {
  return one !== undefined && VIEW_FAULTS.indexOf(one) < VIEW_FAULTS.indexOf(other) ? one : other;
}

const round3 = (value: number) => Math.round(value * 1000) / 1000;

/**
 * The `counts` message of a closed window; a window that was watched for less than 95 % is `partial`. What was still in doubt
 * was watched: nothing has proved the contrary.
 */
export function countsOf(closed: OpenWindow) {
  const window = { ...closed };
  endDoubt(window, "seen");
  const { startMs, windowMs, occupiedS, observedS, blindS, viewFault } = window;
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
    ...(blindS === undefined ? {} : { blindS: round3(Math.min(blindS, windowS)) }),
    ...(viewFault === undefined ? {} : { viewFault }),
    partial: observedS < 0.95 * windowS,
  } as const satisfies Partial<CountsMessage>;
}
