import { AppError } from "../../firmware-config/kit/errors.ts";
import { SLOTS, slotText } from "../quality/panel.ts";
import type { Context, History } from "./port.ts";

const HINT = "Give people counted, 0 and more; leave out what is not known.";

/** Throws `AppError` for a history that no forecast can be made of: lengths that differ, values below 0 or without an end. */
export function checkHistory(history: History, { calendars, regressors = [] }: Context): void {
  const { names, values, days, step } = history;
  if (names.length === 0 || days === 0) throw refusal("The history has no series or no dates");
  if (new Set(names).size < names.length) throw refusal("Two series of the history have one name");
  if (values.length !== names.length)
    throw refusal(`The history has ${names.length} names and ${values.length} series`);
  values.forEach((series, i) => {
    if (series.length !== days * SLOTS[step])
      throw refusal(`Series ${JSON.stringify(names[i])} has ${series.length} values for ${days} dates by ${step}`);
    const wrong = series.findIndex((value) => value < 0 || value === Number.POSITIVE_INFINITY);
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
