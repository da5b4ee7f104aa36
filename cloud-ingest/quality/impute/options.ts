import type { Step } from "../panel.ts";

/** Constants of the imputation, chosen on the half of the data that README.md names. */
export interface ImputeOptions {
  /** Weeks on each side that make the expected value of a slot. */
  readonly weeks: number;
  /** Weeks after which a neighbouring week counts half. */
  readonly weekHalfLife: number;
  /** Weeks on each side of a gap from which the siblings' weights are learnt. */
  readonly window: number;
  /** Weeks after which a row of the training counts half. */
  readonly windowHalfLife: number;
  /** Siblings that enter the regression. */
  readonly siblings: number;
  /** Siblings that are looked at for a series, before the gap decides. */
  readonly candidates: number;
  /** Added to a count before the logarithm: `offset + offsetShare * mean`, people. */
  readonly offset: number;
  readonly offsetShare: number;
  /** Rows weigh as the expected count to this power: errors are judged in people, not in per cent. */
  readonly levelPower: number;
  /** Huber's bound of a residual in robust standard deviations, in the regression and in the profile. */
  readonly regressionBound: number;
  readonly profileBound: number;
  readonly reweightings: number;
  /** Ridge penalties, as shares of the mean diagonal, between which the left-out weeks decide. */
  readonly penalties: readonly number[];
}

const HOURLY: ImputeOptions = {
  weeks: 6,
  weekHalfLife: 4,
  window: 12,
  windowHalfLife: 9,
  siblings: 10,
  candidates: 32,
  offset: 0.5,
  offsetShare: 0.1,
  levelPower: 0.8,
  regressionBound: 1,
  profileBound: 1.5,
  reweightings: 1,
  penalties: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 5, 100],
};

export const OPTIONS: Readonly<Record<Step, ImputeOptions>> = {
  hour: HOURLY,
  day: { ...HOURLY, window: 26, windowHalfLife: 20 },
};
