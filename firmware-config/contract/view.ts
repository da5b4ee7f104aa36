import { openWord } from "./open-word.ts";

/** Faults of a camera's view, the worst first: while several hold, the first is told. */
export const VIEW_FAULTS = [
  "no-frames",
  "frozen",
  "black",
  "blown-out",
  "blocked",
  "half-blocked",
  "blurred",
  "moved",
  "low-rate",
] as const;

/** `dark` is no fault: a closed shop. `unknown` = too little was seen to say so. */
export const VIEWS = ["ok", "dark", "unknown", ...VIEW_FAULTS] as const;

export type ViewFault = (typeof VIEW_FAULTS)[number];
export type View = (typeof VIEWS)[number];

/** The type of a field that says one of `VIEWS`. */
export const viewWord = (description: string) => openWord(VIEWS, description);

/** The type of a field that says one of `VIEW_FAULTS`. */
export const viewFaultWord = (description: string) => openWord(VIEW_FAULTS, description);
