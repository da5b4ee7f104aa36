import { median } from "../expectation/numbers.ts";
import { type Flag, flagOf, type Rule, type RuleContext } from "../flag.ts";
import { CLOSED, ORDINARY } from "../series-state.ts";

/** Standard deviations from which a date of the calendar is worth a word. */
const NOTABLE = 2;

/** Dates that the calendar explains: closed, a holiday, an event, a shock. Nothing on them becomes a level fault. */
export const calendarRule: Rule = {
  name: "calendar",
  version: 1,
  find: (context) => {
    const { calendar, own, perDay, days, sigma } = context.state;
    const usual = median(sigma);
    const flags: Flag[] = [];
    for (let day = 0; day < days; day++) {
      if (calendar[day] === ORDINARY) continue;
      const isNotable = Math.abs(own[day]!) > NOTABLE * usual;
      if (isNotable || (calendar[day] === CLOSED && hasSeen(context, day)))
        flags.push(
          flagOf(calendarRule, context, {
            from: day * perDay,
            to: (day + 1) * perDay,
            kind: "explained",
            confidence: 0.99,
            evidence: Number.isFinite(own[day]!) ? { ratio: Math.exp(own[day]!) } : {},
          }),
        );
    }
    return flags;
  },
};

function hasSeen({ state: { values, perDay } }: RuleContext, day: number): boolean {
  return values.subarray(day * perDay, (day + 1) * perDay).some((value) => !Number.isNaN(value));
}
