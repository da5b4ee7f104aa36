import type { AreaConfig, Point } from "./geometry.ts";

/** Places along each side of the picture that are looked at. */
const PLACES = 40;

/** Why these masks together are none: whoever's foot is anywhere is in one of them, so that nothing would ever be counted. */
export function masksFault(masks: readonly Pick<AreaConfig, "polygon">[]): string | undefined {
  if (masks.length === 0) return undefined;
  for (let row = 0; row < PLACES; row++) {
    for (let column = 0; column < PLACES; column++) {
      const place: Point = [(column + 0.5) / PLACES, (row + 0.5) / PLACES];
      if (!masks.some(({ polygon }) => isInside(place, polygon))) return undefined;
    }
  }
  return "cover the whole picture: nothing would ever be counted; leave free where people walk";
}

/** True when a ray to the right of the place meets the polygon's edges an odd number of times. */
function isInside([x, y]: Point, corners: readonly Point[]): boolean {
  return corners.reduce((inside, [x1, y1], i) => {
    const [x2, y2] = corners[(i + 1) % corners.length] ?? [x1, y1];
    const meets = y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1);
    return meets ? !inside : inside;
  }, false);
}
