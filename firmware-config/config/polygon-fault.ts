import type { Point } from "./geometry.ts";

type Edge = readonly [Point, Point];

/** A ten thousandth of the picture: 31 pixels of VGA. */
const LEAST_AREA = 1e-4;

/** Why these corners are no area, or undefined. */
export function polygonFault(corners: readonly Point[]): string | undefined {
  const twin = corners.findIndex((corner, i) => corners.findIndex((other) => isSame(corner, other)) < i);
  if (twin >= 0) return `corner ${twin + 1} is there twice; each corner once, also the first`;
  if (areCrossing(edgesOf(corners))) return "the edges cross; give the corners in the order in which one walks round";
  return areaOf(corners) < LEAST_AREA ? "the corners lie on a line and enclose nothing" : undefined;
}

const isSame = (a: Point, b: Point) => a[0] === b[0] && a[1] === b[1];

function edgesOf(corners: readonly Point[]): readonly Edge[] {
  return corners.map((corner, i) => [corner, corners[(i + 1) % corners.length] ?? corner]);
}

/** Shoelace formula. */
function areaOf(corners: readonly Point[]): number {
  const sum = edgesOf(corners).reduce((total, [a, b]) => total + (a[0] * b[1] - b[0] * a[1]), 0);
  return Math.abs(sum) / 2;
}

function areCrossing(edges: readonly Edge[]): boolean {
  return edges.some((edge, i) => edges.slice(i + 1).some((other) => isCrossing(edge, other)));
}

/** True when each edge has one end on either side of the other; edges that share a corner have not. */
function isCrossing([a, b]: Edge, [c, d]: Edge): boolean {
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
}

/** On which side of a -> b a point lies: the sign of the cross product. */
function side(a: Point, b: Point, point: Point): number {
  return Math.sign((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]));
}
