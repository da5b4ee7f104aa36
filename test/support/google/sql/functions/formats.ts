import type { Call } from "../parse/ast.ts";
import type { Context } from "../resolve/context.ts";
import type { Typed } from "../resolve/typed.ts";
import { beyondSubset, invalidQuery } from "../sql-error.ts";
import { type SqlType, textLiteral } from "../types.ts";
import { local } from "./times.ts";

/** What stands behind % in BigQuery, for DuckDB. */
const CODES: Readonly<Record<string, string>> = {
  ...Object.fromEntries([..."YmdHMSyjbBaAIp"].map((code) => [code, `%${code}`])),
  F: "%Y-%m-%d",
  T: "%H:%M:%S",
  R: "%H:%M",
  E3S: "%S.%g",
  E6S: "%S.%f",
  "%": "%%",
};
const ZONED: Readonly<Record<string, string>> = { Z: "UTC", z: "+0000", Ez: "+00:00" };
const CODE = /%(E3S|E6S|Ez|[\s\S])/g;

/** FORMAT_DATE, FORMAT_DATETIME, and FORMAT_TIMESTAMP in a zone; the format is a literal. */
export function formatted(context: Context, { name, args, at }: Call): Typed {
  const [first, second, third] = args;
  if (!first || !second || args.length > (name === "FORMAT_TIMESTAMP" ? 3 : 2)) {
    throw invalidQuery(`No matching signature for function ${name}`, at);
  }
  const format = context.as(first, { name: "STRING" }).constant;
  if (typeof format !== "string") throw beyondSubset(`${name} with a format that is no literal`, first.at);
  const zone = third && context.as(third, { name: "STRING" }).sql;
  const time = local(context.as(second, typeOf(name)).sql, zone);
  const codes = format.replace(CODE, (_, code: string) => {
    const found = CODES[code] ?? (name === "FORMAT_TIMESTAMP" && !zone ? ZONED[code] : undefined);
    if (found === undefined) throw beyondSubset(`%${code} in ${name}`, first.at);
    return found;
  });
  return { sql: `strftime(${time}, ${textLiteral(codes)})`, type: { name: "STRING" }, at };
}

function typeOf(name: string): SqlType {
  if (name === "FORMAT_DATE") return { name: "DATE" };
  return name === "FORMAT_DATETIME" ? { name: "DATETIME" } : { name: "TIMESTAMP" };
}
