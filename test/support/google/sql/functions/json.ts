import type { Call } from "../parse/ast.ts";
import { numberText } from "../resolve/cast.ts";
import type { Context } from "../resolve/context.ts";
import type { Typed } from "../resolve/typed.ts";
import { beyondSubset, invalidQuery } from "../sql-error.ts";
import { quoted, type SqlType, textLiteral } from "../types.ts";

const PATH = /^\$(?:\.\w+|\[\d+\]|\."[^"]+")*$/;

/** JSON_VALUE: a scalar without quotes, NULL for all else. JSON_QUERY: the JSON of what is there. */
export function jsonPart(context: Context, { name, args, at }: Call): Typed {
  const [first, second] = args;
  const of = first && context.one(first);
  if (!of || !["JSON", "STRING"].includes(of.type.name) || args.length > 2) {
    throw invalidQuery(`No matching signature for function ${name}`, at);
  }
  const path = second ? context.as(second, { name: "STRING" }).constant : "$";
  if (typeof path !== "string" || !PATH.test(path)) throw beyondSubset(`this path of ${name}`, second?.at);
  const [json, part] = [of.sql, textLiteral(path)];
  if (name === "JSON_QUERY") return { sql: `CAST(json_extract(${json}, ${part}) AS VARCHAR)`, type: of.type, at };
  const isPlain = `json_type(${json}, ${part}) NOT IN ('OBJECT', 'ARRAY', 'NULL')`;
  return { sql: `(CASE WHEN ${isPlain} THEN json_extract_string(${json}, ${part}) END)`, type: { name: "STRING" }, at };
}

/** PARSE_JSON: the text without blanks; members keep their order. */
export function parsedJson(context: Context, { args: [first], at }: Call): Typed {
  if (!first) throw invalidQuery("No matching signature for function PARSE_JSON", at);
  const text = context.as(first, { name: "STRING" }).sql;
  return { sql: `CAST(json(${text}) AS VARCHAR)`, type: { name: "JSON" }, at };
}

export function jsonText(context: Context, { args, at }: Call): Typed {
  const [first] = args;
  if (!first || args.length > 1) throw invalidQuery("No matching signature for function TO_JSON_STRING", at);
  const { sql, type } = context.one(first);
  return { sql: written(sql, type), type: { name: "STRING" }, at };
}

/** The value's JSON in DuckDB's words. */
function written(value: string, type: SqlType): string {
  return `coalesce(${present(value, type)}, 'null')`;
}

function present(value: string, type: SqlType): string {
  switch (type.name) {
    case "JSON":
      return value;
    case "INT64":
    case "BOOL":
      return `CAST(${value} AS VARCHAR)`;
    case "FLOAT64":
      return numberText(value);
    case "STRUCT":
      return `(CASE WHEN ${value} IS NOT NULL THEN ${members(value, type.fields)} END)`;
    case "ARRAY":
      return `('[' || array_to_string(list_transform(${value}, lambda item: ${written("item", type.of)}), ',') || ']')`;
    case "TIMESTAMP":
      return `('"' || strftime(${value}, '%Y-%m-%dT%H:%M:%S') || ${fraction(value)} || 'Z"')`;
    case "DATETIME":
      return `('"' || strftime(${value}, '%Y-%m-%dT%H:%M:%S') || ${fraction(value)} || '"')`;
    default:
      return `CAST(to_json(CAST(${value} AS VARCHAR)) AS VARCHAR)`;
  }
}

function members(value: string, fields: Extract<SqlType, { readonly name: "STRUCT" }>["fields"]): string {
  const all = fields.map(({ name, type }) => {
    const member = written(`(${value}).${quoted(name)}`, type);
    return `${textLiteral(`${JSON.stringify(name)}:`)} || ${member}`;
  });
  return `('{' || ${all.join(" || ',' || ")} || '}')`;
}

function fraction(time: string): string {
  return `(CASE WHEN epoch_us(${time}) % 1000000 = 0 THEN '' ELSE rtrim(strftime(${time}, '.%f'), '0') END)`;
}
