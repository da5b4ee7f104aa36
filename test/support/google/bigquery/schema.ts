import { invalid } from "./api-error.ts";

/** A column as the REST API writes it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly description?: string;
  readonly fields?: readonly Field[];
}

/** The API answers with the old names of types, whichever were given. */
const OLD_NAMES: Readonly<Record<string, string>> = {
  INT64: "INTEGER",
  FLOAT64: "FLOAT",
  BOOL: "BOOLEAN",
  STRUCT: "RECORD",
};
const TYPES = new Set(
  "STRING BYTES INTEGER FLOAT BOOLEAN TIMESTAMP DATE TIME DATETIME GEOGRAPHY NUMERIC BIGNUMERIC JSON RECORD INTERVAL RANGE".split(
    " ",
  ),
);
const NAME = /^[\p{L}\p{N}\p{M}_][\p{L}\p{N}\p{M}_ -]{0,299}$/u;

/** The fields with the type names that the API gives back; throws for a type, name or mode that is none. */
export function normalizedFields(fields: readonly Field[]): readonly Field[] {
  const names = fields.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`Duplicate field name: ${twice}`);
  return fields.map(normalizedField);
}

/** Throws unless rows written under `before` stay valid: columns may come, and REQUIRED may become NULLABLE, no more. */
export function checkSchemaChange(before: readonly Field[], after: readonly Field[], path = ""): void {
  const wished = new Map(after.map((field) => [field.name.toLowerCase(), field]));
  for (const old of before) {
    const now = wished.get(old.name.toLowerCase());
    const name = `${path}${old.name}`;
    if (!now) throw mismatch(`field ${name} is missing in new schema`);
    if (now.type !== old.type) throw mismatch(`field ${name} has changed type from ${old.type} to ${now.type}`);
    if (modeOf(now) !== modeOf(old) && !(modeOf(old) === "REQUIRED" && modeOf(now) === "NULLABLE")) {
      throw mismatch(`field ${name} has changed mode from ${modeOf(old)} to ${modeOf(now)}`);
    }
    checkSchemaChange(old.fields ?? [], now.fields ?? [], `${name}.`);
    wished.delete(old.name.toLowerCase());
  }
  for (const added of wished.values()) {
    if (modeOf(added) === "REQUIRED") throw mismatch(`cannot add required field ${path}${added.name}`);
  }
}

export function modeOf(field: Field): string {
  return field.mode ?? "NULLABLE";
}

function normalizedField(field: Field): Field {
  const upper = field.type.toUpperCase();
  const type = OLD_NAMES[upper] ?? upper;
  if (!TYPES.has(type)) throw invalid(`Invalid value for type: ${field.type} is not a valid value`);
  if (!NAME.test(field.name)) throw invalid(`Invalid field name "${field.name}"`);
  if (!["NULLABLE", "REQUIRED", "REPEATED"].includes(modeOf(field))) throw invalid(`Invalid mode ${field.mode}`);
  return { ...field, type, ...(field.fields && { fields: normalizedFields(field.fields) }) };
}

function mismatch(what: string): Error {
  return invalid(`Provided schema does not match the table's: ${what}`);
}
