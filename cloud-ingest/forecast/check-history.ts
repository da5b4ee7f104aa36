import { AppError } from "../../firmware-config/kit/errors.ts";
import { SLOTS, slotText } from "../quality/panel.ts";
import type { Context, History } from "./port.ts";

/** No door, zone or town counts as many in a step; far beyond it sums and intervals have no end. */
const MOST_COUNT = 1e12;
const HINT = `Give people counted, from 0 to ${MOST_COUNT}; leave out what is not known.`;

/** Throws `AppError` for a history that no forecast can be made of: lengths that differ, values below 0 or beyond all counting. */
export function checkHistory(history: History, { calendars, regressors = [] }: Context): void {
  const { names, values, days, step } = history;
  if (names.length === 0 || days === 0) throw refusal("The history has no series or no dates");
  if (new Set(names).size < names.length) throw refusal("Two series of the history have one name");
  if (values.length !== names.length)
    throw refusal(`The history has ${names.length} names and ${values.length} series`);
  values.forEach((series, i) => {
    if (series.length !== days * SLOTS[step])
      throw refusal(`Series ${JSON.stringify(names[i])} has ${series.length} values for ${days} dates by ${step}`);
    const wrong = series.findIndex((value) => value < 0 || value > MOST_COUNT);
    if (wrong >= 0)
      throw refusal(`Series ${JSON.stringify(names[i])} has ${series[wrong]} at ${slotText(history, wrong)}`);
  });
  for (const [what, count] of [
    ["calendars", calendars.length],
    ...regressors.map(({ name, values: all }) => [name, all.length]),
  ])
    if (count !== 1 && count !== names.length)
      throw refusal(`There are ${count} of ${what} for ${names.length} series; give one for all or one for each`);
}

function refusal(message: string): AppError {
  return new AppError(message, { code: "USAGE", hint: HINT });
}
