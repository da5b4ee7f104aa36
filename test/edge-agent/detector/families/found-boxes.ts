import type { Candidates } from "../../../../edge-agent/detector/candidates.ts";

/** `[score, left, top, right, bottom]` of each candidate, best first, rounded to hundredths. */
export function foundBoxes(found: Candidates): number[][] {
  const round = (value: number) => Math.round(value * 100) / 100 + 0;
  return Array.from(found.order.subarray(0, found.count), (place) =>
    [found.scores[place] ?? 0, ...found.boxes.subarray(4 * place, 4 * place + 4)].map(round),
  );
}
