import type { Expression, When } from "./ast.ts";
import type { CallParts } from "./parse-call.ts";
import { parseType } from "./parse-type.ts";

/** Expressions that begin with a word of their own: CASE, CAST, EXTRACT, EXISTS, INTERVAL and typed literals. */
export function parseSpecial(parts: CallParts): Expression | undefined {
  const { reader } = parts;
  const { at, word } = reader.token;
  if (TYPED.has(word) && reader.ahead(1).kind === "string") {
    reader.take();
    return { kind: "literal", type: word, value: reader.text(), at };
  }
  if (reader.accepts("CASE")) return parseCase(parts);
  if (reader.accepts("EXTRACT")) return reader.inBrackets(() => parseExtract(parts));
  if (reader.accepts("EXISTS")) {
    return { kind: "subquery", form: "EXISTS", query: reader.inBrackets(parts.query), at };
  }
  if (reader.accepts("INTERVAL")) {
    return { kind: "interval", amount: parts.expression(), unit: reader.anyName().toUpperCase(), at };
  }
  const cast = reader.sees("SAFE_CAST", "(") || reader.sees("CAST", "(") ? reader.take().word : undefined;
  return cast ? reader.inBrackets(() => parseCast(parts, cast === "SAFE_CAST")) : undefined;
}

const TYPED = new Set(["DATE", "DATETIME", "TIMESTAMP", "TIME", "JSON", "NUMERIC"]);

function parseCast(parts: CallParts, isSafe: boolean): Expression {
  const { reader } = parts;
  const { at } = reader.token;
  const of = parts.expression();
  reader.expects("AS");
  const to = parseType(reader);
  if (reader.sees("FORMAT")) throw reader.unknown("CAST with FORMAT");
  return { kind: "cast", of, to, isSafe, at };
}

function parseCase(parts: CallParts): Expression {
  const { reader } = parts;
  const { at } = reader.token;
  const of = reader.sees("WHEN") ? undefined : parts.expression();
  const whens: When[] = [];
  while (reader.accepts("WHEN")) {
    const when = parts.expression();
    reader.expects("THEN");
    whens.push({ when, result: parts.expression() });
  }
  const otherwise = reader.accepts("ELSE") ? parts.expression() : undefined;
  reader.expects("END");
  return { kind: "case", whens, at, ...(of && { of }), ...(otherwise && { otherwise }) };
}

function parseExtract(parts: CallParts): Expression {
  const { reader } = parts;
  const { at } = reader.token;
  let part = reader.anyName().toUpperCase();
  if (reader.sees("(")) part += `(${reader.inBrackets(() => reader.anyName().toUpperCase())})`;
  reader.expects("FROM");
  const of = parts.expression();
  const zone = reader.accepts("AT") ? zoneOf(parts) : undefined;
  return { kind: "extract", part, of, at, ...(zone && { zone }) };
}

function zoneOf(parts: CallParts): Expression {
  parts.reader.expects("TIME", "ZONE");
  return parts.expression();
}
