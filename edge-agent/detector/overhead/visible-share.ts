/** Which part of a body whose visible part has its middle at x, y lies within the picture: the rest is beyond the border. */
export function visibleShare(x: number, y: number, radius: number, width: number, height: number): number {
  return side(x, radius, width) * side(y, radius, height);
}

function side(at: number, radius: number, length: number): number {
  return (Math.min(at, radius) + Math.min(length - at, radius)) / (2 * radius);
}
