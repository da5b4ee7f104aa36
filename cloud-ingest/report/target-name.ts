import type { TrafficRow } from "../warehouse/port.ts";

/** What takes no room on a page: Unicode's default ignorable and format characters, and controls but white space. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}]|[^\P{Cc}\s]/gu;
/** With the Braille pattern that has no dots. */
const BLANK = /[\s\p{Z}\u2800]+/gu;

/** The name of a row's line or zone; its id where nothing of the name can be seen. */
export function nameOf({ targetName, targetId }: Pick<TrafficRow, "targetName" | "targetId">): string {
  return lookOf(targetName) === "" ? targetId : targetName;
}

/** The same for two names that look alike: without what cannot be seen, width and style of letters aside (NFKC). */
export function lookOf(name: string): string {
  return name.replace(UNSEEN, "").normalize("NFKC").replace(UNSEEN, "").replace(BLANK, " ").trim();
}
