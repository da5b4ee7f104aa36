/** A straight line through points. */
export interface Slope {
  /** Change of y per unit of x. */
  readonly perX: number;
  /** Standard error of `perX`; infinite below three points, where the points leave no residue to judge by. */
  readonly standardError: number;
}

/** The line that fits the points with the least squares (Gauss; e.g. Draper & Smith, Applied Regression Analysis, 1.2-1.4). */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): Slope {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  const sumXx = sum(points.map(({ x }) => (x - meanX) ** 2));
  const perX = sumXx === 0 ? 0 : sum(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / sumXx;
  const residue = sum(points.map(({ x, y }) => (y - meanY - perX * (x - meanX)) ** 2));
  const freedom = points.length - 2;
  const standardError = freedom > 0 && sumXx > 0 ? Math.sqrt(residue / freedom / sumXx) : Number.POSITIVE_INFINITY;
  return { perX, standardError };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => (values.length === 0 ? 0 : sum(values) / values.length);
