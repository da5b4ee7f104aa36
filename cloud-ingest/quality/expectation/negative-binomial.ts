/** Lanczos' approximation with g = 7, nine terms (Numerical Recipes 6.1); relative error below 1e-13 for x > 0. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Logarithm of the gamma function for x > 0. */
export function logGamma(x: number): number {
  let sum = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (x - 1 + i);
  const base = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(sum);
}

/** Log chance of a count under a negative binomial of this mean and variance mean + mean^2 / k. */
export function logChance(count: number, mean: number, k: number): number {
  const share = mean / (mean + k);
  const ways = logGamma(count + k) - logGamma(k) - logGamma(count + 1);
  return ways + k * Math.log(1 - share) + (count > 0 ? count * Math.log(share) : 0);
}

/** Log chance of no count at all: -k log(1 + mean / k). */
export const logZeroChance = (mean: number, k: number): number => -k * Math.log1p(mean / k);
