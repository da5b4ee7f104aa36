import type { ZoneLibrary } from "./compare.ts";

/** The rules inside this Node.js, which get as old as it does. */
export const INTL: ZoneLibrary = {
  name: "Node.js",
  async offsetsS(timeZone, instantsMs) {
    const formatter = formatterOf(timeZone);
    return formatter && instantsMs.map((epochMs) => offsetAt(formatter, epochMs));
  },
};

function formatterOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const two = "2-digit";
  try {
    return new Intl.DateTimeFormat("en-US", {
      ...{ timeZone, hourCycle: "h23", year: "numeric", month: two, day: two, hour: two, minute: two, second: two },
    } as const);
  } catch {
    return undefined;
  }
}

function offsetAt(formatter: Intl.DateTimeFormat, epochMs: number): number {
  const part: Record<string, string> = {};
  for (const { type, value } of formatter.formatToParts(epochMs)) part[type] = value;
  const local = `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`;
  return Math.round((Date.parse(local) - epochMs) / 1000);
}
