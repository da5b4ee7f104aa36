import type {
  Cause,
  Expected,
  ExpectedDay,
  ExpectedToday,
  PastDay,
  PastReason,
} from "../../report/forecast/forecast-view.ts";
import { FORECAST_WORDS } from "./forecast-words.ts";
import type { Language } from "./language.ts";

/** Names of what falls on a date, as the calendar has them. */
export interface DayNames {
  readonly holiday?: string;
  readonly event?: string;
}

/** A cause of a smaller part of the day is not worth a word. */
const WORTH_SAYING = 0.01;

export const wordsOf = ({ tag }: Language) => FORECAST_WORDS[tag];

/** What is expected, and where 80 of 100 such days lie. */
export function expectedText({ yhat, lo80, hi80 }: Expected, language: Language): string {
  const { count } = language.format;
  return wordsOf(language).range(count(yhat), count(lo80), count(hi80));
}

/** Why a day to come is as high as it is: one sentence, and whole numbers that add up. */
export function aheadText(day: ExpectedDay, names: DayNames, language: Language): string {
  const { format } = language;
  const words = wordsOf(language);
  const [level, ...others] = day.causes;
  const least = Math.max(1, Math.abs(day.yhat) * WORTH_SAYING);
  const told = others
    .filter(({ cause, people }) => cause !== "other" && Math.abs(people) >= least)
    .sort((a, b) => Math.abs(b.people) - Math.abs(a.people))
    .map(({ people, ...cause }) => ({ text: nameOf(cause, names, day.date, language), people: Math.round(people) }));
  const usual = Math.round(level?.people ?? 0);
  const rest = Math.round(day.yhat) - usual - told.reduce((sum, { people }) => sum + people, 0);
  const all = rest === 0 ? told : [...told, { text: words.causes.other, people: rest }];
  const parts = all.map(({ text, people }) => `${text} ${signed(people, language)}`);
  const first = `${words.causes.level} ${format.count(usual)}`;
  const missing = day.missing.map((name) => regressorText(name, language));
  const without = missing.length > 0 ? words.without(missing) : "";
  return `${words.ahead(format.longDate(day.date), expectedText(day, language), [first, ...parts])}${without}`;
}

/** Of a new place, whose habits its forecast has; undefined of any other. */
export function newText({ basis: { borrowed } }: ExpectedDay, language: Language): string | undefined {
  const { count } = language.format;
  return borrowed && wordsOf(language).isNew(count(borrowed.days), count(borrowed.from), borrowed.isCluster);
}

/** A name that everybody uses has a word in each language; any other is the client's own. */
function regressorText(name: string, language: Language): string {
  const { numbers, quoted } = wordsOf(language);
  return numbers[name.toLowerCase()] ?? quoted(name);
}

interface NamedCause {
  readonly cause: Cause;
  readonly name?: string;
}

function nameOf(
  { cause, name: own }: NamedCause,
  { holiday, event }: DayNames,
  date: string,
  language: Language,
): string {
  const words = wordsOf(language);
  if (own !== undefined) return regressorText(own, language);
  const name = cause === "holiday" ? holiday : cause === "event" ? event : undefined;
  const word = cause === "weekday" ? language.format.weekday(date) : words.causes[cause];
  return name === undefined ? word : words.named(word, name);
}

/** What a day under way will come to. */
export function todayText(today: ExpectedToday, language: Language): string {
  const words = wordsOf(language);
  const expected = expectedText(today, language);
  if (today.until === undefined) return words.morning(expected);
  return words.underWay(expected, language.format.count(today.counted ?? 0), today.until.slice(11, 16));
}

/** Why a day that is over was not as expected; numbers that add up. */
export function pastText(day: PastDay, language: Language): string {
  const { format } = language;
  const words = wordsOf(language);
  const head = words.past(format.longDate(day.date), format.count(day.counted), expectedText(day, language));
  const why = day.reasons.map((reason) => `${reasonText(reason, language)} ${signed(reason.people, language)}`);
  const estimated = day.repairedHours > 0 ? words.estimated(format.count(day.repairedHours)) : "";
  return `${head}${day.isUsual ? words.asExpected : words.difference(why)}${estimated}`;
}

function reasonText({ reason, name }: PastReason, language: Language): string {
  const words = wordsOf(language);
  if (reason === "regressors" && name !== undefined) return regressorText(name, language);
  const word = words.reasons[reason] ?? reason;
  return name === undefined ? word : words.named(word, name);
}

const signed = (people: number, { format }: Language) => `${people >= 0 ? "+" : "−"}${format.count(Math.abs(people))}`;
