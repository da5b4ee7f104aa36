const DIRECTION = /^(?<line>.*?)(?<mark>[\s:/_.-]+)(?<way>in|out)$/i;

/** The name of the same line's other direction: `door 1:in` and `door 1:out` belong together; undefined for a name without one. */
export function partnerName(name: string): string | undefined {
  const { line = "", mark = "", way = "" } = DIRECTION.exec(name)?.groups ?? {};
  if (way === "") return undefined;
  return `${line}${mark}${OTHER[way] ?? (way.toLowerCase() === "in" ? "out" : "in")}`;
}

const OTHER: Readonly<Record<string, string>> = { IN: "OUT", OUT: "IN", In: "Out", Out: "In" };

/** The part of a name before its last separator: `store 7/door 1:in` stands in `store 7/door 1`, `store 7/door 1` in `store 7`. */
export function placeOf(name: string): string {
  const line = DIRECTION.exec(name)?.groups?.line ?? name;
  return /^(.*)[:/_.|-][^:/_.|-]*$/.exec(line)?.[1] ?? line;
}
