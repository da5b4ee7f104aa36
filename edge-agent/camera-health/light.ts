import type { Look } from "./look.ts";

/** How a picture is lit: `blank` = dark and without any contrast. */
export type Light = "plain" | "dark" | "blank" | "blown";

/** Levels, 0..255. Darker and flatter than this is dark. */
const DARK_MEAN = 40;
const DARK_SPREAD = 16;
const BLANK_SPREAD = 4;
/** Share of burnt out points: a white hall in the sun has a tenth of it. */
const BLOWN_SHARE = 0.6;

export function lightOf({ mean, spread, bright }: Look): Light {
  if (bright >= BLOWN_SHARE) return "blown";
  if (mean >= DARK_MEAN || spread >= DARK_SPREAD) return "plain";
  return spread < BLANK_SPREAD ? "blank" : "dark";
}

/** A colour weaker than this share of the light is none: the infrared picture of a night camera. */
const GREY_SHARE = 0.02;

export function isGrey({ mean, colour }: Look): boolean {
  return colour < GREY_SHARE * mean;
}
