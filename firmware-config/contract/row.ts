import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import Type from "typebox";
import { CONTRACT_VERSION } from "./envelope.ts";
import { Identifier } from "./identifier.ts";
import { jsonOf } from "./json.ts";

/** A person's or a program's text; longer ones are no notes. */
const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });
/** The years that our time zones know the rules of: a date beyond them is a slip. */
const BusinessDate = Type.String({
  format: "business-date",
  maxLength: 10,
  description: "business date, 1970-01-01 to 2499-12-31",
});

/** Longest name of a regressor. */
export const MAX_REGRESSOR_NAME = 80;
/** Beyond, squares lose what a sum needs. */
export const MAX_REGRESSOR_VALUE = 1e9;

const CLOCK = "([01]?\\d|2[0-3]):[0-5]\\d-([0-3]?\\d|4[0-8]):[0-5]\\d";

const table = <T extends Type.TProperties>(properties: T, description: string) =>
  Type.Object(properties, { additionalProperties: false, description });

/** Tables whose rows no device sends, and what a row of each says. A new table is an entry here. */
export const ROW_TABLES = {
  calendar: table(
    {
      what: Type.Enum(["closed", "hours", "event", "none"], {
        description:
          "nobody is let in; other hours; what draws or keeps away people; none takes back what the key said",
      }),
      says: Type.Optional(text(120, "why, or what it is")),
      hours: Type.Optional(
        Type.String({
          pattern: `^${CLOCK}(, ?${CLOCK}){0,7}$`,
          maxLength: 120,
          description: 'of what: hours: "10:00-19:00", past midnight "18:00-02:00", several with commas',
        }),
      ),
    },
    "what holds for a store, or without a store for all of a tenant's, on a date",
  ),
  correction: table(
    {
      device: Identifier,
      camera: Identifier,
      target: Identifier,
      measure: Type.Enum(["in", "out", "visits"], { description: "of a line: in, out; of a zone: visits" }),
      hour: Type.Integer({ minimum: 0, maximum: 23, description: "the hour by the shop's clock" }),
      value: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "what it was, as a person knows it" }),
      note: Type.Optional(text(400, "how it is known")),
    },
    "a person's number for an hour of a door; goes before what was counted",
  ),
  overrule: table(
    {
      device: Identifier,
      to: Type.Optional(BusinessDate),
      verdict: Type.Enum(["overrule", "confirm"], {
        description: "the counts stand, or are not to be believed",
      }),
      note: text(400, "why"),
    },
    "a person's word on the counts of a device, from the row's date to `to`",
  ),
  regressor: table(
    {
      name: Type.String({
        pattern: "^[^\\s\\u0000-\\u001f\\u007f](.*[^\\s\\u0000-\\u001f\\u007f])?$",
        maxLength: MAX_REGRESSOR_NAME,
        description: "what it is a number of, such as temperature, rain, price, promotion; the key is NAME DATE [HOUR]",
      }),
      hour: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 23, description: "the hour by the shop's clock; left out, of the date" }),
      ),
      value: Type.Optional(
        Type.Number({
          minimum: -MAX_REGRESSOR_VALUE,
          maximum: MAX_REGRESSOR_VALUE,
          description: "in the unit of the name; left out, it is not known (any more)",
        }),
      ),
      knownInAdvance: Type.Boolean({
        description: "true: known before the date, as a plan or a weather forecast is; false: what came in fact",
      }),
    },
    "weather, prices, promotions: a number beside the counts of a store, or without a store of all of a tenant's",
  ),
} as const;

export type RowTable = keyof typeof ROW_TABLES;
export const ROW_TABLE_NAMES = Object.keys(ROW_TABLES).filter(isRowTable);
/** Ten years and a little: what one word may be about. */
const MOST_DAYS = 3_700;
const DAY_MS = 86_400_000;
/** Longest name of a row. */
export const MAX_ROW_KEY = 200;

const envelope = {
  v: Type.Literal(CONTRACT_VERSION, { description: "major version of the contract" }),
  kind: Type.Literal("row"),
  key: Type.String({
    pattern: "^[^\\u0000-\\u001f\\u007f]*$",
    minLength: 1,
    maxLength: MAX_ROW_KEY,
    description: "what the row is about, by whoever sends it; one of each within table and store",
  }),
  version: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: "of the key; the highest holds. One that is there already changes nothing",
  }),
  date: BusinessDate,
  by: text(120, "who says so: a person, a reader or a program"),
  receipt: text(80, "names this sending of the row; decides nothing"),
} as const;

const messageOf = <T extends RowTable>(name: T) =>
  Type.Object(
    { ...envelope, table: Type.Literal(name, { description: "what kind of row it is" }), columns: ROW_TABLES[name] },
    { additionalProperties: false, title: `row of ${name}` },
  );

/** A row that no device sent, by its table. */
export const ROW_MESSAGES = {
  calendar: messageOf("calendar"),
  correction: messageOf("correction"),
  overrule: messageOf("overrule"),
  regressor: messageOf("regressor"),
} as const;
export type RowMessage = { [T in RowTable]: Type.Static<(typeof ROW_MESSAGES)[T]> }[RowTable];

export type ParsedRow =
  | { readonly ok: true; readonly row: RowMessage }
  | { readonly ok: false; readonly reason: string };

const validators = compileAll();

/** Reads a row strictly: who sends rows is a person or a program of today, and a column that nobody knows is a slip. */
export function parseRow(payload: Uint8Array): ParsedRow {
  let value: unknown;
  try {
    value = jsonOf(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return { ok: false, reason: "not JSON" };
  }
  const name = fieldOf(value, "table");
  if (fieldOf(value, "v") !== CONTRACT_VERSION) return { ok: false, reason: "unknown contract version of a row" };
  if (typeof name !== "string" || !isRowTable(name)) {
    return { ok: false, reason: `/table must be one of ${ROW_TABLE_NAMES.join(", ")}` };
  }
  const validate: ValidateFunction<RowMessage> = validators[name];
  if (!validate(value)) return { ok: false, reason: faultOf(value, name, validate) };
  const reason = contradictionOf(value);
  return reason === undefined ? { ok: true, row: value } : { ok: false, reason };
}

export function isRowTable(name: string): name is RowTable {
  return Object.hasOwn(ROW_TABLES, name);
}

/** The only key of a regressor's number, so that no date has two: `rain 2026-11-20`, or with an hour `rain 2026-11-20 09`. */
export function regressorKey(name: string, date: string, hour?: number): string {
  const key = `${name.normalize("NFC")} ${date}`;
  return hour === undefined ? key : `${key} ${String(hour).padStart(2, "0")}`;
}

/** What each column by itself could say, and all together cannot. */
function contradictionOf({ table: name, date, key, columns }: RowMessage): string | undefined {
  if (name === "regressor") {
    const own = regressorKey(columns.name, date, columns.hour);
    return key === own ? undefined : `/key of a regressor is its name, date and hour if any: ${JSON.stringify(own)}`;
  }
  if (name === "overrule" && columns.to !== undefined) {
    if (columns.to < date) return "/columns/to is before /date";
    if (Date.parse(columns.to) - Date.parse(date) >= MOST_DAYS * DAY_MS)
      return `/columns/to is ${MOST_DAYS} days or more after /date`;
  }
  if (name !== "calendar") return undefined;
  if (columns.what === "hours" && columns.hours === undefined) return "/columns/hours is missing for what: hours";
  if (columns.what !== "hours" && columns.hours !== undefined) return "/columns/hours is only of what: hours";
  const needsWord = columns.what === "closed" || columns.what === "event";
  return needsWord && columns.says === undefined ? `/columns/says is missing for what: ${columns.what}` : undefined;
}

/** A regressor's key follows from its columns: where it is missing, what kept it from being made is the fault. */
function faultOf(value: unknown, table: RowTable, validate: ValidateFunction): string {
  const own = explain(validate.errors);
  if (table !== "regressor" || fieldOf(value, "key") !== undefined) return own;
  return validate(Object.assign({ key: "-" }, value)) ? own : explain(validate.errors);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function explain(errors: ErrorObject[] | null | undefined): string {
  const [first] = errors ?? [];
  if (first?.keyword === "format") return `${first.instancePath} must be a date from 1970-01-01 to 2499-12-31`;
  const { allowedValues, additionalProperty } = first?.params ?? {};
  const allowed = Array.isArray(allowedValues) ? ` (${allowedValues.join(", ")})` : "";
  const extra = typeof additionalProperty === "string" ? `: ${JSON.stringify(additionalProperty.slice(0, 40))}` : "";
  return `${first?.instancePath || "/"} ${first?.message ?? "is invalid"}${allowed}${extra}`;
}

function compileAll(): Record<RowTable, ValidateFunction<RowMessage>> {
  const ajv = new Ajv();
  ajv.addFormat("business-date", isBusinessDate);
  const { calendar, correction, overrule, regressor } = ROW_MESSAGES;
  return {
    calendar: ajv.compile<RowMessage>(calendar),
    correction: ajv.compile<RowMessage>(correction),
    overrule: ajv.compile<RowMessage>(overrule),
    regressor: ajv.compile<RowMessage>(regressor),
  };
}

function isBusinessDate(date: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || date < "1970-01-01" || date > "2499-12-31") return false;
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === date;
}
