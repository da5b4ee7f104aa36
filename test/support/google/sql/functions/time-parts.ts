import type { Call, Expression } from "../parse/ast.ts";
import type { Context } from "../resolve/context.ts";
import type { Typed } from "../resolve/typed.ts";
import { beyondSubset, invalidQuery } from "../sql-error.ts";
import { type SqlType, typeText } from "../types.ts";
import { local, universal } from "./times.ts";

type TimeName = "DATE" | "DATETIME" | "TIMESTAMP";

const CLOCK = ["MICROSECOND", "MILLISECOND", "SECOND", "MINUTE", "HOUR"];
const CALENDAR = ["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"];
const ADDED = { DATE: CALENDAR, DATETIME: [...CLOCK, ...CALENDAR], TIMESTAMP: [...CLOCK, "DAY"] };
const TRUNCATED = [...CALENDAR, "WEEK(MONDAY)", "ISOWEEK"];
const MICROS: Readonly<Record<string, number>> = {
  MICROSECOND: 1,
  MILLISECOND: 1000,
  SECOND: 1_000_000,
  MINUTE: 60_000_000,
  HOUR: 3_600_000_000,
  DAY: 86_400_000_000,
};

/** DATE_ADD and its kin: those of DATETIME and TIMESTAMP, and those that subtract. */
export function shifted(context: Context, { args, name, at }: Call): Typed {
  const [first, interval] = args;
  if (!first || interval?.kind !== "interval" || args.length > 2) throw noSignature(name, at);
  const type = typeOf(name);
  return plus(context.as(first, type), interval, { context, sign: name.endsWith("SUB") ? "-" : "+", type });
}

/** A time and an interval, the sum of which is of `type`. */
export function plus(
  time: Typed,
  interval: Extract<Expression, { readonly kind: "interval" }>,
  { context, sign, type }: { readonly context: Context; readonly sign: "+" | "-"; readonly type: SqlType },
): Typed {
  const { at, unit, amount } = interval;
  if (!allowed(ADDED, time.type).includes(unit))
    throw invalidQuery(`${typeText(time.type)} arithmetic does not support the ${unit} date part`, at);
  const count = context.as(amount, { name: "INT64" }).sql;
  const sql = `(${time.sql} ${sign} ${intervalOf(unit, count)})`;
  return { sql: type.name === "DATE" ? `CAST(${sql} AS DATE)` : sql, type, at: time.at };
}

/** DATE_DIFF and DATETIME_DIFF count boundaries between the two, TIMESTAMP_DIFF whole parts. */
export function difference(context: Context, { args, name, at }: Call): Typed {
  const [first, second, last] = args;
  if (!first || !second || !last || args.length > 3) throw noSignature(name, at);
  const type = typeOf(name);
  const [late, early, part] = [context.as(first, type).sql, context.as(second, type).sql, partOf(last)];
  const answer = (sql: string): Typed => ({ sql: `CAST(${sql} AS BIGINT)`, type: { name: "INT64" }, at });
  if (type.name === "TIMESTAMP") {
    const micros = MICROS[part];
    if (!micros) throw beyondSubset(`TIMESTAMP_DIFF in ${part}`, last.at);
    return answer(`(epoch_us(${late}) - epoch_us(${early})) // ${micros}`);
  }
  if (!allowed(ADDED, type).includes(part) && part !== "ISOWEEK" && part !== "WEEK(MONDAY)")
    throw beyondSubset(`${name} in ${part}`, last.at);
  if (part.includes("WEEK")) return answer(`date_diff('day', ${truncate(early, part)}, ${truncate(late, part)}) // 7`);
  return answer(`date_diff('${part.toLowerCase()}', ${early}, ${late})`);
}

/** DATE_TRUNC, DATETIME_TRUNC, and TIMESTAMP_TRUNC in a zone. */
export function truncated(context: Context, { args, name, at }: Call): Typed {
  const [first, last, third] = args;
  const type = typeOf(name);
  if (!first || !last || args.length > (type.name === "TIMESTAMP" ? 3 : 2)) throw noSignature(name, at);
  const part = partOf(last);
  const isKnown = TRUNCATED.includes(part) || (type.name !== "DATE" && CLOCK.includes(part));
  if (!isKnown) throw beyondSubset(`${name} to ${part}`, last.at);
  const zone = third && context.as(third, { name: "STRING" }).sql;
  const time = context.as(first, type).sql;
  const sql = universal(truncate(local(time, zone), part), zone);
  return { sql: `CAST(${sql} AS ${type.name === "DATE" ? "DATE" : "TIMESTAMP"})`, type, at };
}

/** EXTRACT of a part, of a point in time in a zone. */
export function extracted(context: Context, one: Extract<Expression, { readonly kind: "extract" }>): Typed {
  const { part, at } = one;
  const of = context.one(one.of);
  if (!["DATE", "DATETIME", "TIMESTAMP"].includes(of.type.name) || (one.zone && of.type.name !== "TIMESTAMP")) {
    throw invalidQuery(
      `No matching signature for function EXTRACT for argument types: DATE_TIME_PART, ${typeText(of.type)}`,
      at,
    );
  }
  const time = local(of.sql, one.zone && context.as(one.zone, { name: "STRING" }).sql);
  if (part === "DATE") return { sql: `CAST(${time} AS DATE)`, type: { name: "DATE" }, at };
  const duck = EXTRACTED[part];
  if (!duck || (of.type.name === "DATE" && CLOCK.includes(part)))
    throw beyondSubset(`EXTRACT of ${part} from ${of.type.name}`, at);
  return { sql: `CAST(${duck(time)} AS BIGINT)`, type: { name: "INT64" }, at };
}

const EXTRACTED: Readonly<Record<string, (time: string) => string>> = {
  ...Object.fromEntries(
    ["YEAR", "QUARTER", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"].map((part) => [
      part,
      (time: string) => `date_part('${part.toLowerCase()}', ${time})`,
    ]),
  ),
  DAYOFWEEK: (time) => `date_part('dow', ${time}) + 1`,
  DAYOFYEAR: (time) => `date_part('doy', ${time})`,
  ISOWEEK: (time) => `date_part('week', ${time})`,
  ISOYEAR: (time) => `date_part('isoyear', ${time})`,
  MILLISECOND: (time) => `date_part('millisecond', ${time}) % 1000`,
  MICROSECOND: (time) => `date_part('microsecond', ${time}) % 1000000`,
};

/** BigQuery's weeks begin on Sunday, DuckDB's on Monday. */
function truncate(time: string, part: string): string {
  if (part === "WEEK") return `(date_trunc('week', ${time} + INTERVAL 1 DAY) - INTERVAL 1 DAY)`;
  return `date_trunc('${duckPart(part)}', ${time})`;
}

function intervalOf(unit: string, count: string): string {
  const whole = `CAST(${count} AS INTEGER)`;
  if (unit === "WEEK") return `to_days(7 * ${whole})`;
  if (unit === "QUARTER") return `to_months(3 * ${whole})`;
  if (["DAY", "MONTH", "YEAR"].includes(unit)) return `to_${unit.toLowerCase()}s(${whole})`;
  return `to_${unit.toLowerCase()}s(${count})`;
}

function duckPart(part: string): string {
  return part === "ISOWEEK" || part === "WEEK(MONDAY)" ? "week" : part.toLowerCase();
}

/** A part's name, which is read as a column or a call. */
function partOf(part: Expression): string {
  if (part.kind === "path" && part.parts.length === 1) return String(part.parts[0]).toUpperCase();
  const [day] = part.kind === "call" ? part.args : [];
  if (part.kind === "call" && day?.kind === "path") return `${part.name}(${String(day.parts[0]).toUpperCase()})`;
  throw invalidQuery("A valid date part name is required", part.at);
}

function typeOf(name: string): { readonly name: TimeName } {
  const [first] = name.split("_");
  return { name: first === "DATE" || first === "DATETIME" ? first : "TIMESTAMP" };
}

function allowed(parts: Readonly<Record<TimeName, readonly string[]>>, { name }: SqlType): readonly string[] {
  return name === "DATE" || name === "DATETIME" || name === "TIMESTAMP" ? parts[name] : [];
}

function noSignature(name: string, at: Call["at"]): Error {
  return invalidQuery(`No matching signature for function ${name}`, at);
}
