import Type from "typebox";
import { SchemaCheck } from "../../firmware-config/kit/schema-check.ts";
import { OpenWindow } from "./window.ts";

/** Grows when an older agent's checkpoint can no longer be read. */
const VERSION = 1;

const Checkpoint = Type.Object(
  { v: Type.Literal(VERSION), windows: Type.Array(OpenWindow) },
  { additionalProperties: false },
);

const validator = new SchemaCheck(Checkpoint);

/** What a checkpoint holds, or why it cannot be used. */
export type Recovered =
  | { readonly ok: true; readonly windows: readonly OpenWindow[] }
  | { readonly ok: false; readonly reason: string };

/** The state of the open windows as a text for `readCheckpoint`. */
export function checkpointOf(windows: readonly OpenWindow[]): string {
  return JSON.stringify({ v: VERSION, windows });
}

/** Reads the text that an earlier boot left, perhaps of another version, perhaps damaged; never throws. */
export function readCheckpoint(text: string): Recovered {
  const value = parse(text);
  if (validator.check(value)) return { ok: true, windows: value.windows };
  return { ok: false, reason: validator.faultOf(value) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
