import { describe, expect, test } from "vitest";
import { dateTable } from "../../../../cloud-ingest/forecast/days/date-table.ts";
import { profilesOf } from "../../../../cloud-ingest/forecast/hourly/profile.ts";
import type { DayNote } from "../../../../cloud-ingest/quality/panel.ts";

const HOURS = 24;
/** A Monday. */
const FROM = "2024-01-01";
const AHEAD = 7;

type Shares = (day: number) => readonly number[];

/** 100 people in each hour named, of a history of so many dates. */
const at = (...hours: number[]) => Array.from({ length: HOURS }, (_, hour) => (hours.includes(hour) ? 100 : 0));
const isWeekend = (day: number) => day % 7 > 4;
/** Workdays at noon and in the evening, weekends in the afternoon. */
const usual: Shares = (day) => (isWeekend(day) ? at(13, 14, 15, 16) : at(12, 13, 17, 18));

function profiles(days: number, hours: Shares, notes: ReadonlyMap<number, DayNote> = new Map(), origin = days) {
  const calendar = new Map([...notes].map(([day, note]) => [dateOf(day), note]));
  const values = Float64Array.from(
    { length: days * HOURS },
    (_, slot) => hours(Math.floor(slot / HOURS))[slot % HOURS]!,
  );
  const dates = dateTable({ from: FROM, length: days + AHEAD, origin }, calendar, []);
  return profilesOf({ values: [values] }, { series: 0, origin, ahead: AHEAD, dates }).ahead;
}

const dateOf = (day: number) => new Date(Date.parse(FROM) + day * 86_400_000).toISOString().slice(0, 10);
const share = (of: readonly Float64Array[], h: number, ...hours: number[]) =>
  hours.reduce((sum, hour) => sum + of[h]![hour]!, 0);
const MON = 0;
const FRI = 4;
const SAT = 5;

describe("the hours of dates ahead", () => {
  test("each weekday as it always was; the shares of a date add up to 1", () => {
    const found = profiles(70, usual);
    for (let h = 0; h < AHEAD; h++)
      expect(share(found, h, ...Array.from({ length: HOURS }, (_, i) => i))).toBeCloseTo(1, 9);
    expect(share(found, MON, 12, 13, 17, 18)).toBeGreaterThan(0.97);
    expect(share(found, SAT, 13, 14, 15, 16)).toBeGreaterThan(0.97);
  });

  test("new hours of all workdays are followed within two weeks, first on the weekdays that were there since; the weekend is not touched", () => {
    const moved: Shares = (day) => (day < 140 || isWeekend(day) ? usual(day) : at(12, 13, 19, 20));
    expect(share(profiles(147, moved), MON, 19, 20)).toBeGreaterThan(0.01);
    expect(share(profiles(154, moved), MON, 19, 20)).toBeGreaterThan(0.2);
    expect(share(profiles(168, moved), MON, 19, 20)).toBeGreaterThan(0.4);
    expect(share(profiles(168, moved), SAT, 13, 14, 15, 16)).toBeGreaterThan(0.97);
  });

  test("one fair in the night moves little", () => {
    const noisy: Shares = (day) => usual(day).map((value, hour) => value * (1 + 0.2 * Math.sin(day * 3.7 + hour)));
    const fair: Shares = (day) => (day === 139 ? at(22, 23) : noisy(day));
    expect(share(profiles(140, fair), MON, 22, 23)).toBeLessThan(0.01);
  });

  test("a change that came with the season last year comes again in part; one that has stayed since is no season", () => {
    const december = (day: number) => day % 364 >= 294 && day % 364 < 336;
    const late: Shares = (day) => (isWeekend(day) || !december(day) ? usual(day) : at(12, 13, 21, 22));
    const opened: Shares = (day) => (isWeekend(day) || day < 294 ? usual(day) : at(12, 13, 21, 22));
    const before = 364 + 294;
    expect(share(profiles(before, late), MON, 21, 22)).toBeGreaterThan(0.02);
    expect(share(profiles(before, late), MON, 21, 22)).toBeLessThan(0.4);
    expect(share(profiles(before, opened), MON, 21, 22)).toBeCloseTo(0.5, 1);
    expect(share(profiles(before, opened), MON, 12, 13)).toBeCloseTo(0.5, 1);
    expect(share(profiles(before - 364, late), MON, 21, 22)).toBeLessThan(0.01);
  });

  test("the first holiday is like a Sunday; past ones teach the weekday nothing", () => {
    const next = new Map([[140 + FRI, { holiday: "Next" }]]);
    expect(share(profiles(140, usual, next), FRI, 13, 14, 15, 16)).toBeGreaterThan(0.97);
    const past = new Map([...next, [60, { holiday: "Past" }], [95, { holiday: "Past" }], [130, { holiday: "Past" }]]);
    const found = profiles(140, (day) => (past.has(day) ? at(9, 10) : usual(day)), past);
    expect(share(found, FRI, 9, 10)).toBeGreaterThan(0.2);
    expect(share(found, 3, 9, 10)).toBeLessThan(0.001);
  });

  test("holidays that ran like their weekday make the next one do so", () => {
    const days = [50, 57, 71, 86, 100, 115, 129];
    const notes = new Map([...days, 140 + FRI].map((day) => [day, { holiday: `On ${day}` }]));
    expect(share(profiles(140, usual, notes), FRI, 12, 13, 17, 18)).toBeGreaterThan(0.7);
  });

  test("a holiday is like past ones of its name before it is like others", () => {
    const [fairs, quiet] = [
      [60, 88, 109],
      [70, 98, 119],
    ];
    const hours: Shares = (day) => {
      if (fairs.includes(day)) return at(9, 10);
      return quiet.includes(day) ? at(20, 21) : usual(day);
    };
    const named = (name: string) =>
      profiles(
        140,
        hours,
        new Map([
          ...fairs.map((day) => [day, { holiday: "Fair" }] as const),
          ...quiet.map((day) => [day, { holiday: "Quiet" }] as const),
          [140 + FRI, { holiday: name }],
        ]),
      );
    expect(share(named("Fair"), FRI, 9, 10)).toBeGreaterThan(2 * share(named("Other"), FRI, 9, 10));
    expect(share(named("Fair"), FRI, 9, 10)).toBeGreaterThan(10 * share(named("Fair"), FRI, 20, 21));
  });

  test("a closed date, a shock and a date with two hours missing teach nothing", () => {
    const odd = new Map<number, DayNote>([
      [133, { isClosed: true }],
      [134, { shock: "flood" }],
    ]);
    const hours: Shares = (day) => {
      if (odd.has(day)) return at(3);
      return day === 135 ? [Number.NaN, Number.NaN, 0, 100, ...Array(20).fill(0)] : usual(day);
    };
    const found = profiles(140, hours, odd);
    for (let h = 0; h < AHEAD; h++) expect(share(found, h, 3)).toBe(0);
  });

  test("nobody is foretold for an hour in which nobody comes any more, once ten were expected; a quiet hour without anybody for some dates is not closed", () => {
    const noisy: Shares = (day) =>
      usual(day).map((value, hour) => (value + (hour === 20 ? 0.5 : 0)) * (1 + 0.2 * Math.sin(day * 3.7 + hour)));
    const earlier: Shares = (day) =>
      noisy(day).map((value, hour) => (day >= 133 && (hour === 18 || hour === 20) ? 0 : value));
    const found = profiles(140, earlier);
    expect(share(found, MON, 18)).toBe(0);
    expect(share(found, MON, 20)).toBeGreaterThan(0);
    expect(share(found, MON, 17)).toBeGreaterThan(0.2);
    expect(
      share(
        profiles(140, (day) => (day === 139 ? noisy(day) : earlier(day))),
        MON,
        18,
      ),
    ).toBe(0);
    expect(
      share(
        profiles(141, (day) => (day === 140 ? noisy(day) : earlier(day))),
        FRI,
        18,
      ),
    ).toBeGreaterThan(0);
  });

  test("nothing behind the origin is heard", () => {
    const [one, other] = [usual, (day: number) => (day < 100 ? usual(day) : at(3))];
    expect(profiles(140, other, undefined, 100)).toEqual(profiles(140, one, undefined, 100));
  });

  test("a weekday never seen is like all days; where nothing is known all hours are alike", () => {
    const fewest = profiles(3, usual);
    expect(share(fewest, 1, 12, 13, 17, 18)).toBeGreaterThan(0.99);
    expect(profiles(0, usual)[0]).toEqual(new Float64Array(HOURS).fill(1 / HOURS));
    expect(profiles(30, () => at())[0]).toEqual(new Float64Array(HOURS).fill(1 / HOURS));
  });

  test("behind a long gap workdays run as they always did", () => {
    const late: Shares = (day) => {
      if (day >= 130) return Array(HOURS).fill(Number.NaN);
      return day < 110 || isWeekend(day) ? usual(day) : at(12, 13, 19, 20);
    };
    expect(share(profiles(140, late), MON, 19, 20)).toBeGreaterThan(0.2);
    expect(share(profiles(400, late), MON, 19, 20)).toBeLessThan(0.12);
  });
});
