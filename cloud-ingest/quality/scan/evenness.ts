import { ORDINARY, type SeriesState } from "../series-state.ts";

/**
 * How unlike the hours of a stretch of dates are: the weighted standard deviation of each hour's log ratio of counted over expected.
 * A counter that loses or adds its part loses it in each hour alike; roadworks, fairs and holidays change some hours.
 * 0 for a daily series.
 */
export function hourSpread(state: SeriesState, from: number, to: number): number {
  const { values, expected, isOut, perDay, common, calendar } = state;
  if (perDay < 2) return 0;
  const counted = new Float64Array(perDay);
  const hoped = new Float64Array(perDay);
  for (let slot = from * perDay; slot < to * perDay; slot++) {
    const hope = expected[slot]! * Math.exp(common[Math.floor(slot / perDay)]!);
    if (isOut[slot] === 1 || calendar[Math.floor(slot / perDay)] !== ORDINARY || !(hope + values[slot]! >= 0)) continue;
    counted[slot % perDay]! += values[slot]!;
    hoped[slot % perDay]! += hope;
  }
  return spreadOf(counted, hoped);
}

function spreadOf(counted: Float64Array, hoped: Float64Array): number {
  let [weight, sum, square, noise] = [0, 0, 0, 0];
  hoped.forEach((hope, hour) => {
    const ratio = Math.log((counted[hour]! + 0.5) / (hope + 0.5));
    weight += hope;
    sum += hope * ratio;
    square += hope * ratio ** 2;
    noise += 1;
  });
  if (weight === 0) return 0;
  // Counting alone (Poisson) gives each hour a variance of 1 / hope.
  return Math.sqrt(Math.max(0, square / weight - (sum / weight) ** 2 - noise / weight));
}
