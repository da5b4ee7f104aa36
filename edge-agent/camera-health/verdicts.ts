import type { ViewFault } from "../../firmware-config/contract/view.ts";
import type { Evidence, HysteresisTimes } from "./hysteresis.ts";
import type { Light } from "./light.ts";
import type { Place } from "./place.ts";

/** The faults that a picture shows. */
export type PictureFault = Exclude<ViewFault, "no-frames" | "low-rate">;

/**
 * Who stands before the lens goes within half a minute, so what covers or moves the view has to stay longer; every fault is
 * told within a minute, with the seconds that the means of `RecentLooks` come late.
 */
export const TIMES: Readonly<Record<PictureFault, HysteresisTimes>> = {
  frozen: { fireS: 35, clearS: 5 },
  black: { fireS: 20, clearS: 5 },
  "blown-out": { fireS: 20, clearS: 5 },
  blocked: { fireS: 42, clearS: 10 },
  "half-blocked": { fireS: 42, clearS: 10 },
  blurred: { fireS: 42, clearS: 10 },
  moved: { fireS: 42, clearS: 10 },
};

export const PICTURE_FAULTS: readonly PictureFault[] = [
  "frozen",
  "black",
  "blown-out",
  "blocked",
  "half-blocked",
  "blurred",
  "moved",
];

/** While one of these holds nobody in front of the camera would be counted. A moved camera counts, at another place. */
export const BLINDING: readonly PictureFault[] = ["frozen", "black", "blown-out", "blocked", "half-blocked", "blurred"];

/** What one look found; undefined = not judged. */
export interface Findings {
  readonly still: Evidence;
  readonly light: Light;
  readonly place: Place | undefined;
  /** Sharpness of the view by that of the learned one. */
  readonly sharpness: number | undefined;
}

/** Shares of the blocks, see `Place`. */
const GOOD = 0.5;
const COVERED = 0.75;
const PARTLY_COVERED = 0.25;
const ELSEWHERE = 0.5;
/** Likeness of a view found elsewhere although a part of it is smooth: floors repeat themselves. */
const SURELY_FOUND = 0.65;
const LITTLE_ENERGY = 0.2;
const NO_VIEW = 0.9;
const NO_VIEW_GOOD = 0.2;
/** A third of a person's height out of focus leaves less than this. */
const BLURRED = 0.55;
const SHARP = 0.7;

/** What a look says of each fault. */
export function verdictsOf(found: Findings): Record<PictureFault, Evidence> {
  const { light, place, still } = found;
  // Who stands in a picture that stands hides the place for good.
  const seen = light === "plain" && still !== "bad" ? place : undefined;
  return {
    frozen: found.still,
    black: blackness(found),
    "blown-out": light === "blown" ? "bad" : "good",
    blurred: blurredness(found),
    ...(seen === undefined ? NOT_JUDGED : placeVerdicts(seen)),
  };
}

const NOT_JUDGED = { blocked: undefined, "half-blocked": undefined, moved: undefined } as const;

/** Lights that are off leave a trace of the place, and an opaque cover does not. */
function blackness({ light, place }: Findings): Evidence {
  if (light === "plain" || light === "blown") return "good";
  if (place === undefined) return light === "blank" ? "bad" : undefined;
  return place.good < NO_VIEW_GOOD && place.smooth + place.other >= NO_VIEW ? "bad" : "good";
}

function blurredness({ light, place, sharpness }: Findings): Evidence {
  if (light !== "plain" || place === undefined || sharpness === undefined) return undefined;
  if (sharpness >= SHARP) return "good";
  const isCovered = place.smooth >= PARTLY_COVERED || place.energy < LITTLE_ENERGY / 2;
  return sharpness < BLURRED && !isCovered ? "bad" : undefined;
}

function placeVerdicts(place: Place): Pick<Record<PictureFault, Evidence>, "blocked" | "half-blocked" | "moved"> {
  const { good, smooth, other, shift, energy, isOneSided } = place;
  const isBlocked = smooth >= COVERED || (smooth + other >= COVERED && energy < LITTLE_ENERGY);
  const isPartlySmooth = smooth >= PARTLY_COVERED;
  const isFound = shift !== undefined && (!isPartlySmooth || shift.likeness >= SURELY_FOUND);
  const isOther = other >= ELSEWHERE && !isOneSided && !isPartlySmooth;
  const isMoved = !isBlocked && place.isSameLight && (isFound || isOther);
  const isOtherSide = place.isSameLight && isOneSided && other >= PARTLY_COVERED;
  const isHalf = !isBlocked && !isMoved && (isPartlySmooth || isOtherSide);
  const wellSeen = good >= GOOD && shift === undefined;
  const evidenceOf = (isBad: boolean): Evidence => {
    if (isBad) return "bad";
    return wellSeen ? "good" : undefined;
  };
  return {
    blocked: evidenceOf(isBlocked),
    moved: evidenceOf(isMoved),
    "half-blocked": isHalf ? "bad" : evidenceOf(false),
  };
}
