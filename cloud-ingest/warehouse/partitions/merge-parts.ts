import { AppError } from "../../../firmware-config/kit/errors.ts";
import { PARTS_AT_ONCE } from "./limits.ts";
import { PartCrew, type PartWork } from "./part-crew.ts";
import type { NamedPart } from "./part-failure.ts";

export interface MergeOptions {
  /** Ends the merge: what runs is waited for, then the signal's reason is thrown. */
  readonly signal: AbortSignal;
  /** Parts under way or finished and not yet taken, at most. */
  readonly atOnce?: number;
}

/**
 * Runs parts side by side and yields their results in the order of the parts; they begin in that order, and no faster than
 * results are taken. The first failure aborts the others and is thrown with the part's name. However it ends, nothing of it still
 * runs afterwards.
 */
export async function* mergeParts<Part extends NamedPart, Result>(
  parts: readonly Part[],
  work: PartWork<Part, Result>,
  { signal, atOnce = PARTS_AT_ONCE }: MergeOptions,
): AsyncGenerator<Result, void, undefined> {
  checkAtOnce(atOnce);
  const crew = new PartCrew({ parts, work, wish: signal, atOnce });
  try {
    for (let done = await crew.next(); done; done = await crew.next()) yield done.result;
  } finally {
    await crew.stop();
  }
}

function checkAtOnce(atOnce: number): void {
  if (Number.isInteger(atOnce) && atOnce >= 1) return;
  throw new AppError(`Parts cannot run ${atOnce} at once`, { code: "INTERNAL", hint: "Run 1 or more at once." });
}
