import Type from "typebox";
import { SchemaCheck } from "../../firmware-config/kit/schema-check.ts";
import type { LearnedView } from "./learned-view.ts";
import type { KnownNoise } from "./scene-noise.ts";
import type { ViewGrid } from "./view-grid.ts";

/** What is known of one camera, over restarts. */
export interface Remembered {
  readonly views: readonly LearnedView[];
  readonly noise: KnownNoise | undefined;
  /** The camera's usual rate, frames a second. */
  readonly fps: number | undefined;
}

/** Grows when an older agent's file can no longer be read. */
const VERSION = 1;
const MOST_CELLS = 32 * 32;
/** A structure's longest arm is the fourth root of the greatest energy, 23 levels. */
const LEVELS_TO_BYTES = 5;

const bytes = Type.String({ maxLength: 2 * MOST_CELLS, pattern: "^[A-Za-z0-9+/]*={0,2}$" });
const cells = Type.Integer({ minimum: 1, maximum: 32 });

const StoredView = Type.Object(
  {
    isGrey: Type.Boolean(),
    across: bytes,
    aslant: bytes,
    edges: bytes,
    sharpness: Type.Number({ minimum: 0, maximum: 10 }),
    width: Type.Integer({ minimum: 1, maximum: 65_536 }),
  },
  { additionalProperties: false },
);

const StoredFile = Type.Object(
  {
    v: Type.Literal(VERSION),
    /** What the view was learned for: see `setUpOf`. */
    setUp: Type.String({ maxLength: 128 }),
    columns: cells,
    rows: cells,
    views: Type.Array(StoredView, { maxItems: 2 }),
    noise: Type.Optional(
      Type.Object(
        { level: Type.Number({ minimum: 0, maximum: 255 }), light: Type.Number({ minimum: 0, maximum: 255 }) },
        { additionalProperties: false },
      ),
    ),
    fps: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000 })),
  },
  { additionalProperties: false },
);

const validator = new SchemaCheck(StoredFile);

export interface Place {
  readonly setUp: string;
  readonly grid: Pick<ViewGrid, "columns" | "rows" | "blockColumns" | "blockRows">;
}

/** What a file holds, or why it is not used: `other` = it is sound, and of another set-up or shape of picture. */
export type Recalled =
  | { readonly ok: true; readonly remembered: Remembered }
  | { readonly ok: false; readonly isOther: boolean; readonly reason: string };

/** The text of a camera's file. */
export function textOf({ views, noise, fps }: Remembered, { setUp, grid }: Place): string {
  const stored = views.map(({ structure, edges, isGrey, sharpness, width }) => ({
    isGrey,
    across: textOfArms(structure.across),
    aslant: textOfArms(structure.aslant),
    edges: Buffer.from(edges).toString("base64"),
    sharpness,
    width,
  }));
  const { columns, rows } = grid;
  return `${JSON.stringify({ v: VERSION, setUp, columns, rows, views: stored, noise, fps })}\n`;
}

/** Reads a text that an earlier boot left, perhaps of another version, perhaps damaged; never throws. */
export function recall(text: string, { setUp, grid }: Place): Recalled {
  const value = parse(text);
  if (!validator.check(value)) return { ok: false, isOther: false, reason: validator.faultOf(value) };
  if (value.setUp !== setUp) return { ok: false, isOther: true, reason: "lines, zones or source are others now" };
  if (value.columns !== grid.columns || value.rows !== grid.rows)
    return { ok: false, isOther: true, reason: "the picture has another shape now" };
  const views = value.views.map(({ across, aslant, edges, ...rest }) => ({
    ...rest,
    structure: { across: armsOf(across), aslant: armsOf(aslant) },
    edges: Uint8Array.from(Buffer.from(edges, "base64")),
  }));
  const size = grid.columns * grid.rows;
  const blocks = grid.blockColumns * grid.blockRows;
  const isWhole = views.every(
    ({ structure: { across, aslant }, edges }) =>
      across.length === size && aslant.length === size && edges.length === blocks && edges.every((kind) => kind <= 2),
  );
  if (!isWhole) return { ok: false, isOther: false, reason: "a view is not as large as the file says" };
  return { ok: true, remembered: { views, noise: value.noise, fps: value.fps } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const textOfArms = (arms: Float32Array) =>
  Buffer.from(
    Int8Array.from(arms, (arm) => Math.max(-127, Math.min(127, Math.round(arm * LEVELS_TO_BYTES)))).buffer,
  ).toString("base64");

const armsOf = (text: string) =>
  Float32Array.from(new Int8Array(Buffer.from(text, "base64")), (arm) => arm / LEVELS_TO_BYTES);
