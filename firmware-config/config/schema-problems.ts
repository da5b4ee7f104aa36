import type { ErrorObject } from "ajv";
import { closest } from "fastest-levenshtein";
import type { Path, Problem } from "./problem.ts";
import type { YamlText } from "./yaml-text.ts";

/** Errors beyond this are not looked at: a file that is wrong as a whole has one per entry. */
const MAX_ERRORS = 1_000;

/** What the schema's validator found, in a person's words and with places. */
export function schemaProblems(errors: readonly ErrorObject[], yaml: YamlText): readonly Problem[] {
  const first = errors.slice(0, MAX_ERRORS);
  const unions = new Set(first.filter(({ keyword }) => keyword === "anyOf").map(({ instancePath }) => instancePath));
  return first
    .filter(({ keyword, instancePath }) => keyword === "anyOf" || !unions.has(instancePath))
    .map((error) => problemOf(error, yaml));
}

function problemOf(error: ErrorObject, yaml: YamlText): Problem {
  const path = error.instancePath.split("/").slice(1).map(stepOf);
  const extra: unknown = error.params.additionalProperty;
  const place = typeof extra === "string" ? yaml.placeOfKey(path, extra) : yaml.placeOf(path);
  return { path, ...place, text: explain(error, extra) };
}

function explain(error: ErrorObject, extra: unknown): string {
  const description = describe(error.parentSchema);
  if (typeof extra === "string") return unknownKey(extra, Object.keys(error.parentSchema?.properties ?? {}));
  if (error.keyword === "required") return `the key "${String(error.params.missingProperty)}" is missing`;
  if (error.keyword === "anyOf") {
    const allowed = constants(error.schema);
    return `${allowed.length > 0 ? mustBe(allowed) : "has none of the forms that it may have"}${description}`;
  }
  if (error.keyword === "enum") return `${mustBe(error.params.allowedValues.map(quote))}${description}`;
  if (error.keyword === "discriminator") return `"type" ${mustBe(typesOf(error.parentSchema))}${description}`;
  if (error.keyword === "const") return `must be ${JSON.stringify(error.params.allowedValue)}${description}`;
  return `${error.message ?? "is not valid"}${description}`;
}

const quote = (value: unknown) => JSON.stringify(value);

function unknownKey(key: string, known: readonly string[]): string {
  const shown = key.slice(0, 80);
  const nearest = known.length > 0 ? `; did you mean "${closest(shown, known)}"?` : "";
  return `unknown key "${shown}"${nearest} Allowed: ${known.join(", ")}`;
}

function describe(schema: object | undefined): string {
  const text = schema && "description" in schema ? schema.description : undefined;
  return typeof text === "string" ? ` (${text})` : "";
}

const mustBe = (allowed: readonly string[]) => `must be one of ${allowed.join(", ")}`;

/** The literal types of the variants of a choice. */
function typesOf(schema: ErrorObject["parentSchema"]): string[] {
  const variants: unknown = schema?.oneOf;
  return Array.isArray(variants) ? constants(variants.map((one) => one?.properties?.type)) : [];
}

function constants(schemas: unknown): string[] {
  if (!Array.isArray(schemas)) return [];
  return schemas.flatMap((one: unknown) =>
    typeof one === "object" && one !== null && "const" in one ? [JSON.stringify(one.const)] : [],
  );
}

/** A step of a JSON pointer. */
function stepOf(step: string): Path[number] {
  return /^\d+$/.test(step) ? Number(step) : step.replaceAll("~1", "/").replaceAll("~0", "~");
}
