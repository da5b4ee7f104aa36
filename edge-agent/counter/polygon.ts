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
