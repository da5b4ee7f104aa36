import { checkHistory } from "./check-history.ts";
import { gatherEvidence, Journal } from "./combine/evidence.ts";
import { GROUPS } from "./combine/horizon-group.ts";
import { leansOf } from "./combine/lean.ts";
import { learnErrors } from "./combine/learn-errors.ts";
import { memberErrors, pooledErrors, weightsOf } from "./combine/weights.ts";
import { makeDays } from "./days/make-days.ts";
import { withClosedHours } from "./hourly/closed-hours.ts";
import { OUR_MEMBERS } from "./members/all.ts";
import type { Champion, Context, Days, FitOptions, History, Member, SeriesChampion } from "./port.ts";

/** Another number for each change of what `members` or `weights` mean: an artefact of another version is refused. */
export const VERSION = 2;

/** What of a fit is the same for all origins of a backtest. */
export interface FitState {
  readonly all: Days;
  readonly journal: Journal;
}

/** Learns members, weights and errors from a history: all of it from rolling origins within. Throws `AppError` for values that are no counts. */
export async function fitChampion(history: History, context: Context, options: FitOptions): Promise<Champion> {
  checkHistory(history, context);
  const known = withClosedHours(history);
  const all = makeDays(known, context, options.horizonDays);
  return fitBefore(known, { all, journal: new Journal() }, { ...options, origin: history.days });
}

/** The same from the dates before an origin alone. */
export async function fitBefore(
  history: History,
  { all, journal }: FitState,
  options: FitOptions & { readonly origin: number },
): Promise<Champion> {
  const { origin, members = OUR_MEMBERS } = options;
  const past = await gatherEvidence(all, origin, { ...options, members, journal });
  const now = journal.daysBefore(all, origin);
  const truth = now.values.map((values, i) =>
    values.map((value, day) => (Number.isNaN(value) ? value : all.values[i]![day]!)),
  );
  const errors = truth.map((values, series) => memberErrors(past, values, { series, now: origin }));
  const pooled = pooledErrors(errors, members.length);
  const optional = members.map(({ isOptional = false }) => isOptional);
  const weights = errors.map((own) => weightsOf(own, pooled, optional));
  const leans = leansOf({ past, truth, weights, origin });
  const intervals = learnErrors(history, { past, truth, weights, leans, origin });
  const states: Record<string, unknown> = {};
  for (const member of members) states[member.name] = (await journal.fit(member, now)).state ?? null;
  const series = now.names.map((name, i): [string, SeriesChampion] => [
    name,
    {
      weights: weights[i]!,
      lean: leans[i]!,
      dayErrors: intervals.days.map(({ own }) => own[i]!),
      hourErrors: intervals.hours.map(({ own }) => own[i]!),
      today: intervals.today.own[i]!,
      origins: errors[i]!.origins[0]!,
      evidence: evidenceOf(members, errors[i]!.mae[0]!),
    },
  ]);
  const none = { mae: pooled, origins: new Float64Array(GROUPS) };
  return {
    version: VERSION,
    step: history.step,
    memberNames: members.map(({ name }) => name),
    members: states,
    series: Object.fromEntries(series),
    pooled: {
      weights: weightsOf(none, pooled, optional),
      dayErrors: intervals.days.map((group) => group.pooled),
      hourErrors: intervals.hours.map((group) => group.pooled),
      today: intervals.today.pooled,
      origins: 0,
      evidence: {},
    },
  };
}

function evidenceOf(members: readonly Member[], mae: Float64Array): Record<string, number | null> {
  return Object.fromEntries(members.map(({ name }, m) => [name, Number.isFinite(mae[m]!) ? mae[m]! : null]));
}
