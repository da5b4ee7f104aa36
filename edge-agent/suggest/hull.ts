type Spot = readonly [x: number, y: number];

/** The corners of the smallest convex area around the spots, in order (Andrew 1979, monotone chain). */
export function hullOf(spots: readonly Spot[]): readonly Spot[] {
  const sorted = [...spots].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  return [...chain(sorted), ...chain(sorted.reverse())];
}

/** One side of the hull, without its last corner, with which the other side begins. */
function chain(sorted: readonly Spot[]): readonly Spot[] {
  const corners: Spot[] = [];
  for (const spot of sorted) {
    while (corners.length > 1 && turn(corners.at(-2) ?? spot, corners.at(-1) ?? spot, spot) <= 0) corners.pop();
    corners.push(spot);
  }
  return corners.slice(0, -1);
}

const turn = (a: Spot, b: Spot, c: Spot) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
