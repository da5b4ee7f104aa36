import { invalidQuery, type Place } from "../sql-error.ts";
import { duckType, isSame, type SqlType, textLiteral, typeText } from "../types.ts";
import { constantOf } from "./constants.ts";
import type { Typed } from "./typed.ts";

type Translation = (value: string) => string;

/** CAST and SAFE_CAST; throws for types between which there is none. */
export function cast(of: Typed, to: SqlType, { isSafe, at }: { readonly isSafe: boolean; readonly at: Place }): Typed {
  if (isSame(of.type, to)) return of;
  if (of.type.name === "NULL") return constantOf(to, null, at);
  const translate = CASTS[`${of.type.name} ${to.name}`];
  if (!translate) throw invalidQuery(`Invalid cast from ${typeText(of.type)} to ${typeText(to)}`, at);
  const safely = isSafe && !translate.isSure;
  const sql = (safely ? (translate.safely ?? translate.sql) : translate.sql)(of.sql);
  if (safely && !translate.safely) throw invalidQuery(`the fake's SQL does not know SAFE_CAST to ${to.name} here`, at);
  return { sql, type: to, at };
}

/** What fails for some values has a way that gives NULL for them. */
interface Cast {
  readonly sql: Translation;
  readonly safely?: Translation;
  readonly isSure?: true;
}

const CASTS: Readonly<Record<string, Cast>> = {
  "STRING INT64": ofText("INT64", "[ ]*[+-]?([0-9]+|0[xX][0-9a-fA-F]+)[ ]*"),
  "STRING FLOAT64": ofText("FLOAT64", "(?i)[ ]*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+|inf|infinity|nan)(e[+-]?[0-9]+)?[ ]*"),
  "STRING NUMERIC": ofText("NUMERIC", "[ ]*[+-]?[0-9]+([.][0-9]+)?[ ]*"),
  "STRING BOOL": ofText("BOOL", "(?i)true|false"),
  "STRING DATE": ofText("DATE", "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"),
  "STRING DATETIME": ofText("DATETIME", "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9:.]+)?"),
  "STRING TIMESTAMP": { sql: (text) => zoned(text, "CAST"), safely: (text) => zoned(text, "TRY_CAST") },
  "STRING BYTES": sure((text) => `encode(${text})`),
  "BYTES STRING": { sql: (bytes) => `decode(${bytes})` },
  "INT64 STRING": sure(plain("STRING")),
  "INT64 FLOAT64": sure(plain("FLOAT64")),
  "INT64 NUMERIC": sure(plain("NUMERIC")),
  "INT64 BOOL": sure((value) => `(${value} != 0)`),
  "BOOL STRING": sure(plain("STRING")),
  "BOOL INT64": sure(plain("INT64")),
  "FLOAT64 INT64": rounded(),
  "NUMERIC INT64": rounded(),
  "FLOAT64 NUMERIC": { sql: plain("NUMERIC") },
  "NUMERIC FLOAT64": sure(plain("FLOAT64")),
  "NUMERIC STRING": sure((value) => `rtrim(rtrim(CAST(${value} AS VARCHAR), '0'), '.')`),
  "FLOAT64 STRING": sure(numberText),
  "DATE STRING": sure(plain("STRING")),
  "DATE DATETIME": sure(plain("DATETIME")),
  "DATE TIMESTAMP": sure(plain("TIMESTAMP")),
  "DATETIME DATE": sure(plain("DATE")),
  "DATETIME TIMESTAMP": sure((value) => value),
  "DATETIME STRING": sure(timeText),
  "TIMESTAMP DATE": sure(plain("DATE")),
  "TIMESTAMP DATETIME": sure((value) => value),
  "TIMESTAMP STRING": sure((value) => `(${timeText(value)} || '+00')`),
};

/** As `2026-11-26 09:00:00`, with three or six digits behind the second where it has any. */
export function timeText(value: string): string {
  const [whole, millis, micros] = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%g", "%Y-%m-%d %H:%M:%S.%f"];
  const rest = `epoch_us(${value})`;
  return `(CASE WHEN ${rest} % 1000000 = 0 THEN strftime(${value}, '${whole}')
    WHEN ${rest} % 1000 = 0 THEN strftime(${value}, '${millis}') ELSE strftime(${value}, '${micros}') END)`;
}

/** A whole number has no point in it. */
export function numberText(value: string): string {
  const isWhole = `${value} = trunc(${value}) AND abs(${value}) < 1e15`;
  return `(CASE WHEN ${isWhole} THEN CAST(CAST(${value} AS BIGINT) AS VARCHAR) ELSE CAST(${value} AS VARCHAR) END)`;
}

function sure(sql: Translation): Cast {
  return { sql, isSure: true };
}

function plain(name: "STRING" | "FLOAT64" | "NUMERIC" | "INT64" | "DATE" | "DATETIME" | "TIMESTAMP"): Translation {
  return (value) => `CAST(${value} AS ${duckType({ name })})`;
}

function rounded(): Cast {
  return {
    sql: (value) => `CAST(round(${value}) AS BIGINT)`,
    safely: (value) => `TRY_CAST(round(${value}) AS BIGINT)`,
  };
}

/** DuckDB reads more texts than GoogleSQL does. */
function ofText(name: "INT64" | "FLOAT64" | "NUMERIC" | "BOOL" | "DATE" | "DATETIME", pattern: string): Cast {
  const type = duckType({ name });
  const fits = (text: string) => `regexp_full_match(${text}, ${textLiteral(pattern)})`;
  const failure = (text: string) => `error(${textLiteral(`Bad ${name.toLowerCase()} value: `)} || ${text})`;
  return {
    sql: (text) =>
      `(CASE WHEN ${text} IS NULL THEN NULL WHEN ${fits(text)} THEN CAST(trim(${text}) AS ${type}) ELSE CAST(${failure(text)} AS ${type}) END)`,
    safely: (text) => `(CASE WHEN ${fits(text)} THEN TRY_CAST(trim(${text}) AS ${type}) END)`,
  };
}

/** Without a zone it is UTC's, which the session is set to. */
function zoned(text: string, word: "CAST" | "TRY_CAST"): string {
  return `CAST(${word}(${text} AS TIMESTAMPTZ) AS TIMESTAMP)`;
}
