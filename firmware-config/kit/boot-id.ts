import { randomBytes } from "node:crypto";
import type { Clock } from "./clock.ts";

/** A name for this start of the agent: sorts by time as long as the clock is right, and is unique even when it is not. */
export function createBootId(clock: Clock): string {
  return `${clock.nowMs().toString(36).padStart(9, "0")}-${randomBytes(6).toString("hex")}`;
}
