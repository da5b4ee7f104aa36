import type { Panel } from "../panel.ts";
import type { SeriesState } from "../series-state.ts";
import { placeOf } from "./directions.ts";
import { madSigma, weightedMedian } from "./numbers.ts";

/** Siblings that are asked; more cost time and add nothing (forecast.md section 5 used five). */
const MOST = 6;
/** Series that are tried for one, which bounds the work for thousands without a map of places. */
const MOST_TRIED = 64;
/** Common dates below which a correlation is an accident. */
const MIN_DATES = 28;
/** Weaker ones foretell less than a tenth of the variance. */
const MIN_CORRELATION = 0.3;
/** Deviations beyond so many robust standard deviations are cut: a broken month must not make or hide a sibling. */
const WINSOR = 3;

interface Bond {
  readonly index: number;
  readonly slope: number;
  readonly correlation: number;
}

/** With fewer witnesses of other devices those of the same one are heard too: they still tell of a single line that fails. */
const LEAST_OTHERS = 2;

const spoken = new Float64Array(MOST + 1);
const weight = new Float64Array(MOST + 1);

/**
 * Fills `common`, `witnesses` and `siblings` of all: what the day's residual of each series should be by its siblings', each
 * by its own regression through the origin, joined by the weighted median, so that one broken sibling among three changes little.
 */
export function fillCommon(panel: Panel, all: readonly SeriesState[]): void {
  const bounds = all.map(({ own }) => WINSOR * madSigma(own));
  all.forEach((state, index) => {
    const mates = new Set(panel.sameDoor?.get(state.name));
    const isMate = (bond: Bond) => Number(mates.has(all[bond.index]!.name));
    const bonds = candidatesOf(panel, all, index)
      .map((other) => bondOf(all, bounds, index, other))
      .filter((bond) => bond.correlation >= MIN_CORRELATION)
      .sort((a, b) => isMate(b) - isMate(a) || b.correlation - a.correlation)
      .slice(0, MOST);
    state.siblings = bonds.map((bond) => bond.index);
    for (let day = 0; day < state.days; day++) askSiblings(state, all, bonds, day);
  });
}

/** Other series that may count the same people, without those of the same device and the other direction of the same line: one device, one fault. */
function candidatesOf(panel: Panel, all: readonly SeriesState[], index: number): number[] {
  const { name, partner } = all[index]!;
  const named = panel.siblings?.get(name);
  const chosen = named && new Set(named);
  const own = new Set(panel.sameDevice?.get(name));
  const allowed = all
    .map((_, i) => i)
    .filter((i) => i !== index && i !== partner && (!chosen || chosen.has(all[i]!.name)));
  const apart = allowed.filter((i) => !own.has(all[i]!.name));
  const others = apart.length >= LEAST_OTHERS ? apart : allowed;
  if (others.length <= MOST_TRIED) return others;
  const place = placeOf(name);
  const mates = new Set(panel.sameDoor?.get(name));
  const atDoor = others.filter((i) => mates.has(all[i]!.name)).slice(0, MOST);
  const near = others.filter((i) => placeOf(all[i]!.name) === place).slice(0, MOST_TRIED / 2);
  const stride = Math.ceil(others.length / (MOST_TRIED - near.length));
  return [...new Set([...atDoor, ...near, ...others.filter((_, i) => (i + index) % stride === 0)])];
}

function bondOf(all: readonly SeriesState[], bounds: readonly number[], index: number, other: number): Bond {
  const [own, theirs] = [all[index]!.own, all[other]!.own];
  const [bound, theirBound] = [bounds[index]!, bounds[other]!];
  const [doubted, theirsDoubted] = [all[index]!.isDoubted, all[other]!.isDoubted];
  let [dates, product, square, theirSquare] = [0, 0, 0, 0];
  for (let day = 0; day < own.length; day++) {
    const a = Math.max(-bound, Math.min(own[day]!, bound));
    const b = Math.max(-theirBound, Math.min(theirs[day]!, theirBound));
    const ab = a * b;
    if (Number.isNaN(ab) || doubted[day] === 1 || theirsDoubted[day] === 1) continue;
    dates++;
    product += ab;
    square += a * a;
    theirSquare += b * b;
  }
  if (dates < MIN_DATES || square === 0 || theirSquare === 0) return { index: other, slope: 0, correlation: 0 };
  return { index: other, slope: product / theirSquare, correlation: product / Math.sqrt(square * theirSquare) };
}

function askSiblings(state: SeriesState, all: readonly SeriesState[], bonds: readonly Bond[], day: number): void {
  let count = 0;
  for (const { index, slope, correlation } of bonds) {
    const theirs = all[index]!.own[day]!;
    if (Number.isNaN(theirs) || all[index]!.isDoubted[day] === 1) continue;
    spoken[count] = slope * theirs;
    weight[count++] = 1 / (1.02 - correlation ** 2);
  }
  state.witnesses[day] = count;
  state.common[day] = count === 0 ? 0 : weightedMedian(spoken, weight, count);
}
