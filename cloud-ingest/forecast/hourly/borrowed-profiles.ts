import type { Lenders } from "../newcomers.ts";
import type { Days, History } from "../port.ts";
import { kindOf, type Profiles, profilesBehind } from "./profile.ts";

const HOURS = 24;
/** Dates of a weekday that the lenders' word on it is worth beside the newcomer's own; the table is in ../README.md. */
export const LENT_DATES = 0.25;
/** Added to shares before a ratio of them is taken: an hour in which nobody comes says nothing. */
const SHARE_OFFSET = 0.003;

export interface BorrowedProfileOptions {
  readonly history: Pick<History, "values">;
  readonly days: Days;
  /** The newcomer. */
  readonly series: number;
  readonly lenders: Lenders;
  readonly lentDates?: number;
}

/**
 * Hours of a newcomer's dates ahead: its own of such a kind of day, and for kinds of which it has few or none its usual hours, changed as those of its lenders change from the kinds of
 * day that it has seen to that date. Whose hours differ from all lenders' keeps its own.
 */
export function borrowedProfiles(own: Profiles, options: BorrowedProfileOptions): readonly Float64Array[] {
  const { history, days, series, lenders, lentDates = LENT_DATES } = options;
  const dates = days.dates[series]!;
  const all = lenders.series.map((lender) =>
    profilesBehind(history, days, { series: lender, ahead: own.ahead.length }),
  );
  const seen = seenKinds(days, series, own.kinds.length);
  const theirKinds = own.kinds.map((_, kind) => meanOf(all.map(({ kinds }) => kinds[kind]!)));
  const [myUsual, theirUsual] = [usualOf(own.kinds, seen), usualOf(theirKinds, seen)];
  return own.ahead.map((profile, h) => {
    const theirs = meanOf(all.map(({ ahead }) => ahead[h]!));
    const prior = normal(
      myUsual.map((share, hour) => (share * (theirs[hour]! + SHARE_OFFSET)) / (theirUsual[hour]! + SHARE_OFFSET)),
    );
    const dated = seen[kindOf(dates, days.days + h)]!;
    const part = dated / (dated + lentDates);
    return profile.map((share, hour) => part * share + (1 - part) * prior[hour]!);
  });
}

/** Dates of the newcomer by kind. */
function seenKinds({ values, dates }: Days, series: number, kinds: number): Float64Array {
  const seen = new Float64Array(kinds);
  values[series]!.forEach((value, day) => {
    if (Number.isFinite(value)) seen[kindOf(dates[series]!, day)]! += 1;
  });
  return seen;
}

function meanOf(profiles: readonly Float64Array[]): Float64Array {
  return Float64Array.from(
    { length: HOURS },
    (_, hour) => profiles.reduce((sum, profile) => sum + profile[hour]!, 0) / profiles.length,
  );
}

/** The mean over the dates that were seen. */
function usualOf(kinds: readonly Float64Array[], seen: Float64Array): Float64Array {
  const dates = seen.reduce((sum, count) => sum + count, 0);
  return Float64Array.from(
    { length: HOURS },
    (_, hour) => kinds.reduce((sum, profile, kind) => sum + seen[kind]! * profile[hour]!, 0) / dates,
  );
}

function normal(shares: Float64Array): Float64Array {
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}
