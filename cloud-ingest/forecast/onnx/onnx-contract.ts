import type { InferenceSession } from "onnxruntime-node";

/** What a model says it takes and gives; the README has the same in words. */
export interface OnnxShape {
  /** Dates that it looks back on. */
  readonly past: number;
  /** Dates that it foretells at once. */
  readonly ahead: number;
  /** Whether it takes many series at once. */
  readonly isBatch: boolean;
  readonly takes: { readonly known: boolean; readonly calendar: boolean };
}

/** Columns of `calendar`: weekday (0 is Monday), day of the year (0..365), 1 on a holiday, 1 on a closed date. */
export const CALENDAR_COLUMNS = 4;
/** Less than a week ahead would be asked too often; more than the longest horizon is never asked. */
const AHEAD = { least: 7, most: 92 };
/** Two weeks show a weekday; three years are more than the job reads. */
const PAST = { least: 14, most: 1_100 };
const INPUTS = ["people", "known", "calendar"];

type Metadata = readonly InferenceSession.ValueMetadata[];
type Port = Pick<InferenceSession, "inputMetadata" | "outputMetadata">;
type Size = number | string | undefined;

/** Reads the sizes from a session's ports. Throws an `Error` that tells what is there instead of what is needed. */
export function shapeOf({ inputMetadata, outputMetadata }: Port): OnnxShape {
  const strange = inputMetadata.find(({ name }) => !INPUTS.includes(name));
  if (strange) throw new Error(`it wants an input ${JSON.stringify(strange.name)}; known are ${INPUTS.join(", ")}`);
  const [series, past] = sizesOf(inputMetadata, "people", ["series", "past"]);
  const [, ahead] = sizesOf(outputMetadata, "forecast", [series, "ahead"]);
  if (series !== 1 && typeof series === "number")
    throw new Error(`"people" is of ${series} series; 1 or free is needed`);
  const shape = {
    past: within(past, "people", PAST),
    ahead: within(ahead, "forecast", AHEAD),
    isBatch: series !== 1,
    takes: { known: has(inputMetadata, "known"), calendar: has(inputMetadata, "calendar") },
  };
  if (shape.takes.known) sizesOf(inputMetadata, "known", [series, past]);
  if (shape.takes.calendar) sizesOf(inputMetadata, "calendar", [series, shape.past + shape.ahead, CALENDAR_COLUMNS]);
  return shape;
}

const has = (metadata: Metadata, wanted: string) => metadata.some(({ name }) => name === wanted);

/** A size that is a number is needed as it is; one that has a name may be any. */
function sizesOf(metadata: Metadata, name: string, needed: readonly Size[]): readonly Size[] {
  const wish = `"${name}" float32 [${needed.join(", ")}]`;
  const found = metadata.find((value) => value.name === name);
  if (!found?.isTensor)
    throw new Error(`${wish} is needed; it has ${metadata.map((one) => `"${one.name}"`).join(", ")}`);
  const { type, shape } = found;
  const fits =
    type === "float32" &&
    shape.length === needed.length &&
    shape.every((size, at) => typeof needed[at] !== "number" || typeof size !== "number" || size === needed[at]);
  if (!fits) throw new Error(`${wish} is needed; it has ${type} [${shape.join(", ")}]`);
  return shape;
}

function within(size: Size, name: string, { least, most }: { readonly least: number; readonly most: number }): number {
  if (typeof size === "number" && size >= least && size <= most) return size;
  throw new Error(
    `"${name}" has ${typeof size === "number" ? size : "a free number of"} dates; a fixed one from ${least} to ${most} is needed`,
  );
}
