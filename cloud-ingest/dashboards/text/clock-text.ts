import type { Gap } from "../../report/coverage.ts";

const SHORT_MS = 600_000;

/** `10:00–14:00` of a day, with seconds when it is shorter than ten minutes; midnight at the end reads as 24:00. */
export function clockRange({ from, to }: Gap): string {
  const digits = Date.parse(`${to}Z`) - Date.parse(`${from}Z`) < SHORT_MS ? 19 : 16;
  const end = to.slice(11, digits);
  return `${from.slice(11, digits)}–${end === "00:00" ? "24:00" : end}`;
}
