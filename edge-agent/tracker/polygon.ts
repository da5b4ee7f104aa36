/** True when x, y lies in the polygon whose corners are x, y pairs; even-odd rule. */
export function polygonContains(corners: Float64Array, x: number, y: number): boolean {
  let inside = false;
  let beforeX = corners[corners.length - 2]!;
  let beforeY = corners[corners.length - 1]!;
  for (let k = 0; k < corners.length; k += 2) {
    const cornerX = corners[k]!;
    const cornerY = corners[k + 1]!;
    const spans = cornerY > y !== beforeY > y;
    if (spans && x < cornerX + ((y - cornerY) * (beforeX - cornerX)) / (beforeY - cornerY)) inside = !inside;
    beforeX = cornerX;
    beforeY = cornerY;
  }
  return inside;
}

/** How far a point is from the nearest side of the polygon. */
export function polygonDistance(corners: Float64Array, x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0, j = corners.length - 2; i < corners.length; j = i, i += 2) {
    const dx = corners[i]! - corners[j]!;
    const dy = corners[i + 1]! - corners[j + 1]!;
    const along = ((x - corners[j]!) * dx + (y - corners[j + 1]!) * dy) / (dx * dx + dy * dy || 1);
    const share = Math.max(0, Math.min(1, along));
    const awayX = x - corners[j]! - share * dx;
    const awayY = y - corners[j + 1]! - share * dy;
    least = Math.min(least, Math.sqrt(awayX * awayX + awayY * awayY));
  }
  return least;
}
