import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Type from "typebox";
import { ScoreGates } from "../firmware-config/config/tracker.ts";
import { AppError } from "../firmware-config/kit/errors.ts";
import { PACKAGE_ROOT } from "../firmware-config/kit/package-root.ts";
import { SchemaCheck } from "../firmware-config/kit/schema-check.ts";
import { FAMILY_NAMES } from "./families/families.ts";

/** How a model's outputs are read. */
export const ModelFamily = Type.Enum(FAMILY_NAMES);

/** Boxes relative to the cell of their row, or as pixels of the frame. */
export const BoxReading = Type.Union([Type.Literal("grid"), Type.Literal("pixels")]);
export type BoxReading = Type.Static<typeof BoxReading>;

const sizePx = Type.Integer({ minimum: 128, maximum: 1280, description: "pixels" });
export const Sha256 = Type.String({ pattern: "^[0-9a-f]{64}$", description: "SHA-256 of the ONNX file" });

/** The bundled model: what it is made of, and what its file must be at each listed input size. */
export const Manifest = Type.Object(
  {
    name: Type.String(),
    family: ModelFamily,
    licence: Type.String({ description: "SPDX identifier of the weights' licence" }),
    source: Type.String({ description: "npm:name@version" }),
    integrity: Type.String({ pattern: "^sha512-", description: "npm's integrity of the source archive" }),
    card: Type.String({ description: "the model card, beside the manifest" }),
    input: Type.String({ description: "what goes in" }),
    output: Type.String({ description: "what comes out" }),
    gates: ScoreGates,
    defaultWidth: sizePx,
    defaultHeight: sizePx,
    sizes: Type.Array(Type.Object({ width: sizePx, height: sizePx, sha256: Sha256 }, { additionalProperties: false })),
  },
  { additionalProperties: false, title: "models/manifest.json" },
);
export type Manifest = Type.Static<typeof Manifest>;

const validator = new SchemaCheck(Manifest);

/** The manifest that ships with this version. */
export async function readManifest(): Promise<Manifest> {
  return parseManifest(JSON.parse(await readFile(join(PACKAGE_ROOT, "models", "manifest.json"), "utf8")));
}

/** Checks a manifest's form; a wrong one is our own fault. */
export function parseManifest(value: unknown): Manifest {
  if (validator.check(value)) return value;
  throw new AppError(`models/manifest.json is wrong: ${validator.faultOf(value)}`, {
    code: "INTERNAL",
    hint: "Install this version again; report it if it stays.",
  });
}
