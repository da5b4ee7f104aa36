import { AppError } from "../../../firmware-config/kit/errors.ts";
import { type DateRange, FIRST_DATE, isDate, LAST_DATE } from "../../calendar.ts";
import { JOB_PARTITIONS } from "./limits.ts";

/** Throws `USAGE` for what is no date: a plan of it would be silently empty. */
export function checkDate(date: string): void {
  if (isDate(date)) return;
  throw new AppError(`${JSON.stringify(date)} is not a date`, {
    code: "USAGE",
    hint: `Give dates from ${FIRST_DATE} to ${LAST_DATE}, as YYYY-MM-DD.`,
  });
}

/** Throws `USAGE` for a range with an end that is no date, or that ends before it begins. */
export function checkRange({ from, to }: DateRange): void {
  checkDate(from);
  checkDate(to);
  if (from <= to) return;
  throw new AppError(`The range begins on ${from}, after its end on ${to}`, {
    code: "USAGE",
    hint: "Put the earlier date first.",
  });
}

/** Throws `INTERNAL` for a limit that no job could keep to. */
export function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= JOB_PARTITIONS) return;
  throw new AppError(`A job of ${limit} partitions cannot be planned`, {
    code: "INTERNAL",
    hint: `Plan jobs of 1 to ${JOB_PARTITIONS} partitions.`,
  });
}
