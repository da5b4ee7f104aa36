import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Type from "typebox";
import { ScoreGates } from "../firmware-config/config/tracker.ts";
import { AppError } from "../firmware-config/kit/errors.ts";
import { PACKAGE_ROOT } from "../firmware-config/kit/package-root.ts";
import { SchemaCheck } from "../firmware-config/kit/schema-check.ts";
import { ModelFamily, Sha256 } from "./manifest.ts";

/** Bytes that a model's file may consist of. */
const KnownFile = Type.Object({ sha256: Sha256, bytes: Type.Integer({ minimum: 1 }) }, { additionalProperties: false });
export type KnownFile = Type.Static<typeof KnownFile>;

/** A model that its publisher offers under a permissive licence, and that we do not ship. */
const CatalogueEntry = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z0-9][a-z0-9.-]{0,63}$" }),
    family: ModelFamily,
    inputWidth: Type.Integer({ minimum: 1 }),
    inputHeight: Type.Integer({ minimum: 1 }),
    licence: Type.String({ description: "SPDX identifier of the weights' licence" }),
    publisher: Type.String(),
    address: Type.String({ pattern: "^https://" }),
    files: Type.Array(KnownFile, {
      minItems: 1,
      description: "exports of the same weights; the first is the publisher's",
    }),
    gates: Type.Optional(ScoreGates),
    use: Type.String({ description: "for which device and view" }),
  },
  { additionalProperties: false },
);
export type CatalogueEntry = Type.Static<typeof CatalogueEntry>;

const validator = new SchemaCheck(Type.Array(CatalogueEntry));

/** The models that `kazoe models get` can fetch, as this version knows them. */
export async function readCatalogue(): Promise<readonly CatalogueEntry[]> {
  const value: unknown = JSON.parse(await readFile(join(PACKAGE_ROOT, "models", "catalogue.json"), "utf8"));
  if (validator.check(value)) return value;
  throw new AppError(`models/catalogue.json is wrong: ${validator.faultOf(value)}`, {
    code: "INTERNAL",
    hint: "Install this version again; report it if it stays.",
  });
}
