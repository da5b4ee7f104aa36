import { AppError, messageOf } from "../../../firmware-config/kit/errors.ts";
import type { DateRange } from "../../calendar.ts";

/** What a part must tell of itself, so that an error can name it. */
export interface NamedPart {
  readonly range: DateRange;
  readonly table?: string;
}

/** A part and its place in the plan, from 0. */
interface PlacedPart {
  readonly part: NamedPart;
  readonly at: number;
  readonly of: number;
}

/** What a part threw, with its place, table and dates before the message; code, hint and `retryable` stay those of the cause. */
export function partFailure(error: unknown, { part: { table, range }, at, of }: PlacedPart): AppError {
  const dates = `${range.from} to ${range.to}`;
  const name = `Part ${at + 1} of ${of} (${table === undefined ? dates : `${table}, ${dates}`})`;
  const known = error instanceof AppError ? error : undefined;
  const { code, hint, retryable } = known ?? { code: "INTERNAL", hint: "Report this with the log.", retryable: false };
  return new AppError(`${name}: ${messageOf(error)}`, { code, hint, retryable, cause: error });
}
