import { readFile, stat } from "node:fs/promises";
import { Ajv, type ErrorObject } from "ajv";
import { closest } from "fastest-levenshtein";
import type Type from "typebox";
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from "yaml";
import { AppError, messageOf } from "../kit/errors.ts";

const MAX_CONFIG_BYTES = 4 * 1024 * 1024;

/** One thing that is wrong with a configuration file. */
interface Problem {
  readonly line: number;
  readonly column: number;
  /** Where in the document, e.g. `cameras[0].lines[1].to`; empty for the document itself. */
  readonly path: string;
  readonly text: string;
}

/**
 * Reads a YAML configuration, fills in the schema's defaults and checks it. Throws `AppError` that lists every problem
 * with line, path, what is allowed and, for an unknown key, the nearest one. Values are never repeated: they may be secrets.
 */
export async function loadConfig<S extends Type.TSchema>(file: string, schema: S): Promise<Type.Static<S>> {
  return parseConfig(await readText(file), file, schema);
}

/** The same for a text that is already in memory; `file` names it in errors. */
export function parseConfig<S extends Type.TSchema>(text: string, file: string, schema: S): Type.Static<S> {
  const lines = new LineCounter();
  // yaml: keeps the place of every node, which the error messages need.
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const syntax = document.errors.map((error) => ({
    line: error.linePos?.[0].line ?? 1,
    column: error.linePos?.[0].col ?? 1,
    path: "",
    text: error.message.split("\n")[0]?.replace(/ at line .*$/, "") ?? "not YAML",
  }));
  if (syntax.length > 0) throw configError(file, syntax);
  const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
  const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true, strict: false });
  const validate = ajv.compile<Type.Static<S>>(schema);
  if (validate(value)) return value;
  throw configError(file, problemsOf(validate.errors ?? [], document, lines));
}

async function readText(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_CONFIG_BYTES) throw new Error(`it has ${size} bytes, ${MAX_CONFIG_BYTES} are allowed`);
    return await readFile(file, "utf8");
  } catch (error) {
    throw new AppError(`Cannot read the configuration ${file}: ${messageOf(error)}`, {
      code: "CONFIG_NOT_FOUND",
      hint: "Check the path given to --config.",
      cause: error,
    });
  }
}

function configError(file: string, problems: readonly Problem[]): AppError {
  const rows = problems.map(
    ({ line, column, path, text }) => `  ${file}:${line}:${column} ${path ? `${path}: ` : ""}${text}`,
  );
  return new AppError(`The configuration is not valid:\n${rows.join("\n")}`, {
    code: "CONFIG_INVALID",
    hint: "Correct these places; the README has the reference of all keys.",
  });
}

function problemsOf(errors: readonly ErrorObject[], document: Document, lines: LineCounter): Problem[] {
  const unions = new Set(errors.filter((error) => error.keyword === "anyOf").map((error) => error.instancePath));
  const problems = errors
    .filter((error) => error.keyword === "anyOf" || !unions.has(error.instancePath))
    .map((error) => problemOf(error, document, lines));
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

function problemOf(error: ErrorObject, document: Document, lines: LineCounter): Problem {
  const path = error.instancePath.split("/").slice(1).map(unescapePointer);
  const extra: unknown = error.params.additionalProperty;
  const offset = typeof extra === "string" ? keyOffset(document, path, extra) : nodeOffset(document, path);
  const { line, col } = lines.linePos(offset);
  return { line, column: col, path: pathText(path), text: explain(error, extra) };
}

function explain(error: ErrorObject, extra: unknown): string {
  const description = describe(error.parentSchema);
  if (typeof extra === "string") return unknownKey(extra, Object.keys(error.parentSchema?.properties ?? {}));
  if (error.keyword === "required") return `the key "${String(error.params.missingProperty)}" is missing`;
  if (error.keyword === "anyOf") return `must be one of ${constants(error.schema).join(", ")}${description}`;
  if (error.keyword === "enum")
    return `must be one of ${error.params.allowedValues.map(quote).join(", ")}${description}`;
  if (error.keyword === "const") return `must be ${JSON.stringify(error.params.allowedValue)}${description}`;
  return `${error.message ?? "is not valid"}${description}`;
}

const quote = (value: unknown) => JSON.stringify(value);

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = known.length > 0 ? `; did you mean "${closest(key, known)}"?` : "";
  return `unknown key "${key.slice(0, 80)}"${nearest} Allowed: ${known.join(", ")}`;
}

function describe(schema: object | undefined): string {
  const text = schema && "description" in schema ? schema.description : undefined;
  return typeof text === "string" ? ` (${text})` : "";
}

function constants(schemas: unknown): string[] {
  if (!Array.isArray(schemas)) return [];
  return schemas.flatMap((one: unknown) =>
    typeof one === "object" && one !== null && "const" in one ? [JSON.stringify(one.const)] : [],
  );
}

function pathText(path: readonly string[]): string {
  return path.map((step, i) => (/^\d+$/.test(step) ? `[${step}]` : `${i > 0 ? "." : ""}${step}`)).join("");
}

function unescapePointer(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Offset of the node at `path`, or of its nearest ancestor that is written down. */
function nodeOffset(document: Document, path: readonly string[]): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth).map(stepOf), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function keyOffset(document: Document, path: readonly string[], key: string): number {
  const parent = path.length === 0 ? document.contents : document.getIn(path.map(stepOf), true);
  if (!isMap(parent)) return nodeOffset(document, path);
  const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key);
  return isNode(pair?.key) && pair.key.range ? pair.key.range[0] : nodeOffset(document, path);
}

function stepOf(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step;
}
