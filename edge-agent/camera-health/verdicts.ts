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
const ELSEWHERE = 0.25;
/** A whole view less alike than this to the learned one is another: a turn by 3 degrees leaves .43 and more, by 10 .41 at most. */
const STRANGE = 0.42;
/** Likeness of a view found elsewhere although a part of it is smooth: floors repeat themselves. */
const SURELY_FOUND = 0.6;
const LITTLE_ENERGY = 0.3;
const NO_VIEW = 0.9;
const NO_VIEW_GOOD = 0.2;
/** A third of a person's height out of focus leaves less than this. */
const BLURRED = 0.55;
const SHARP = 0.7;

/** What a look says of each fault. */
export function verdictsOf(found: Findings): Record<PictureFault, Evidence> {
  const { light, place } = found;
  const seen = light === "plain" ? place : undefined;
  return {
    frozen: found.still,
    black: blackness(found),
    "blown-out": light === "blown" ? "bad" : "good",
    blurred: blurredness(found),
    ...(seen === undefined ? NOT_JUDGED : placeVerdicts(seen, found.still)),
  };
}

const NOT_JUDGED = { blocked: undefined, "half-blocked": undefined, moved: undefined } as const;

/** Lights that are off leave a trace of the place, and an opaque cover does not. */
function blackness({ light, place }: Findings): Evidence {
  if (light === "plain" || light === "blown") return "good";
  if (place === undefined) return light === "blank" ? "bad" : undefined;
  return place.good < NO_VIEW_GOOD && place.smooth + place.other >= NO_VIEW ? "bad" : "good";
}

/** A picture that stands has lost its noise, which looks sharp. */
function blurredness({ light, place, sharpness, still }: Findings): Evidence {
  if (light !== "plain" || still === "bad" || place === undefined || sharpness === undefined) return undefined;
  if (sharpness >= SHARP) return "good";
  const isCovered = place.smooth >= PARTLY_COVERED || place.energy < LITTLE_ENERGY / 3;
  return sharpness < BLURRED && !isCovered ? "bad" : undefined;
}

function placeVerdicts(
  place: Place,
  still: Evidence,
): Pick<Record<PictureFault, Evidence>, "blocked" | "half-blocked" | "moved"> {
  const { good, smooth, other, shift, energy, isOneSided } = place;
  const isBlocked = smooth >= COVERED || (smooth + other >= COVERED && energy < LITTLE_ENERGY);
  const isPartlySmooth = smooth >= PARTLY_COVERED;
  const isFound = shift !== undefined && (!isPartlySmooth || shift.likeness >= SURELY_FOUND);
  // Who stands in a picture that stands hides the place for good.
  const isOther = place.likeness < STRANGE && other >= ELSEWHERE && still !== "bad" && !isOneSided && !isPartlySmooth;
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
