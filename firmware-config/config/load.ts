import type Type from "typebox";
import { configError, type Fault, type Path } from "./problem.ts";
import { readText } from "./read-text.ts";
import { schemaProblems } from "./schema-problems.ts";
import { fillingValidatorOf } from "./with-defaults.ts";
import { type Place, YamlText } from "./yaml-text.ts";

/** What a schema cannot say: looks at a configuration of the right form and gives what is wrong with it. */
export type Rules<C> = (config: C) => readonly Fault[];

export interface ConfigKind<S extends Type.TSchema> {
  readonly schema: S;
  readonly rules: Rules<Type.Static<S>>;
  /** A larger file is refused unread: YAML takes up to a thousand times its size of memory. */
  readonly maxBytes: number;
}

/**
 * Reads a YAML configuration, fills in the schema's defaults and checks it. Throws `AppError` that lists every problem
 * with line, path, what is allowed and, for an unknown key, the nearest one. Values are never repeated: they may be secrets.
 */
export async function loadConfig<S extends Type.TSchema>(file: string, kind: ConfigKind<S>): Promise<Type.Static<S>> {
  return parseConfig(await readText(file, kind.maxBytes), file, kind.schema, kind.rules);
}

/** The same for a text that is already in memory; `file` names it in errors. */
export function parseConfig<S extends Type.TSchema>(
  text: string,
  file: string,
  schema: S,
  rules: Rules<Type.Static<S>> = () => [],
): Type.Static<S> {
  return parseConfigWithPlaces(text, file, schema, rules).config;
}

/** A configuration, and where its parts stand in the file. */
export interface PlacedConfig<C> {
  readonly config: C;
  readonly placeOf: (path: Path) => Place;
}

/** The same, for who tells later where something stands. */
export function parseConfigWithPlaces<S extends Type.TSchema>(
  text: string,
  file: string,
  schema: S,
  rules: Rules<Type.Static<S>> = () => [],
): PlacedConfig<Type.Static<S>> {
  const yaml = new YamlText(text, file);
  const validate = fillingValidatorOf(schema);
  if (!validate(yaml.value)) throw configError(file, schemaProblems(validate.errors ?? [], yaml));
  const faults = rules(yaml.value);
  if (faults.length > 0)
    throw configError(
      file,
      faults.map((fault) => ({ ...fault, ...yaml.placeOf(fault.path) })),
    );
  return { config: yaml.value, placeOf: (path) => yaml.placeOf(path) };
}
