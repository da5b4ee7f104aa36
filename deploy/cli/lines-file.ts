import Type from "typebox";
import { LineConfig } from "../../firmware-config/config/geometry.ts";
import { withDefaults } from "../../firmware-config/config/with-defaults.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { SchemaCheck } from "../../firmware-config/kit/schema-check.ts";
import { JsonFile } from "./json-file.ts";

const Place = Type.Tuple([Type.Number({ minimum: 0 }), Type.Number({ minimum: 0 })]);
const Lines = new SchemaCheck(
  Type.Array(Type.Object({ id: Type.String(), from: Place, to: Place }), { minItems: 1, maxItems: 32 }),
);
const MAX_BYTES = 64 * 1024;
const HINT = 'Write [{"id": "door", "from": [0.2, 0.5], "to": [0.8, 0.5]}], in parts of the picture or in pixels.';

type Size = { readonly width: number; readonly height: number };

/**
 * Lines as a JSON array of what a camera's `lines` holds; a file of which a number is above 1 is in pixels. Gives what makes them
 * for a picture of some size. Throws CONFIG_INVALID.
 */
export async function readLinesFile(path: string): Promise<(picture: Size) => LineConfig[]> {
  const file = new JsonFile(path, HINT);
  const value = await file.read(Lines, MAX_BYTES);
  const isPixels = value.some(({ from, to }) => [...from, ...to].some((number) => number > 1));
  return ({ width, height }) =>
    value.map((line) => {
      const scaled = ([x, y]: readonly [number, number]) => (isPixels ? [x / width, y / height] : [x, y]);
      try {
        const whole = { ...line, from: scaled(line.from), to: scaled(line.to) };
        return withDefaults(LineConfig, whole);
      } catch (error) {
        const reason = `line ${line.id} is none in a picture of ${width}x${height}: ${messageOf(error)}`;
        throw file.invalid(reason, error);
      }
    });
}
