import { AppError } from "../../firmware-config/kit/errors.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import { addDays, type DateRange, daysIn, MOST_DAYS } from "../calendar.ts";
import { type JobWish, storesOf } from "../jobs/job.ts";
import type { StoreInfo } from "../warehouse/port.ts";

/** Throws USAGE for dates that would keep a cloud half busy for hours: a mistyped year is millions of days. */
export function assertFewDays({ from, to }: DateRange): void {
  const days = daysIn({ from, to });
  if (days <= MOST_DAYS) return;
  throw new AppError(`From ${from} to ${to} are ${days} days; ${MOST_DAYS} is the most at once`, {
    code: "USAGE",
    hint: `Go to ${addDays(from, MOST_DAYS - 1)} first, and on from there with another command.`,
  });
}

/** Throws USAGE for a wish that is about no store at all, which would be done at once and well, and for too many dates. */
export function assertWish(wish: JobWish, stores: readonly StoreInfo[]): void {
  const { tenant, store, from, to } = wish;
  if ((tenant !== undefined || store !== undefined) && storesOf(stores, wish).length === 0) {
    throw new AppError(`There is no store ${safeLine(`${tenant ?? "*"}/${store ?? "*"}`)}`, {
      code: "USAGE",
      hint: "Write tenant and store as the cloud's configuration has them.",
    });
  }
  if (from !== undefined && to !== undefined) assertFewDays({ from, to });
}
