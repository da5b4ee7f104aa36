import type { Expression, StructField } from "./ast.ts";
import type { CallParts } from "./parse-call.ts";
import { parseType } from "./parse-type.ts";

/** What stands in brackets: arrays, structs, queries, and expressions. */
export function parseConstructor(parts: CallParts): Expression | undefined {
  const { reader } = parts;
  const { at } = reader.token;
  if (reader.sees("[")) return { kind: "array", items: itemsOf(parts), at };
  if (reader.sees("ARRAY", "<")) return typedArray(parts);
  if (reader.accepts("ARRAY")) return { kind: "subquery", form: "ARRAY", query: reader.inBrackets(parts.query), at };
  if (reader.sees("STRUCT", "<")) return typedStruct(parts);
  if (reader.accepts("STRUCT")) return { kind: "struct", fields: fieldsOf(parts), at };
  if (!reader.sees("(")) return undefined;
  const isQuery = reader.ahead(1).word === "SELECT" || reader.ahead(1).word === "WITH";
  if (isQuery) return { kind: "subquery", form: "SCALAR", query: reader.inBrackets(parts.query), at };
  return inBrackets(parts);
}

function inBrackets(parts: CallParts): Expression {
  const { at } = parts.reader.token;
  const [first, ...more] = parts.reader.inBrackets(() => parts.list());
  if (first && more.length === 0) return first;
  return { kind: "struct", fields: [first, ...more].flatMap((value) => (value ? [{ value }] : [])), at };
}

function typedArray(parts: CallParts): Expression {
  const { at } = parts.reader.token;
  const type = parseType(parts.reader);
  return { kind: "array", items: itemsOf(parts), at, ...("of" in type && { of: type.of }) };
}

function typedStruct(parts: CallParts): Expression {
  const { at } = parts.reader.token;
  const type = parseType(parts.reader);
  return { kind: "struct", type, fields: fieldsOf(parts), at };
}

function itemsOf(parts: CallParts): readonly Expression[] {
  parts.reader.expects("[");
  const items = parts.reader.sees("]") ? [] : parts.list();
  parts.reader.expects("]");
  return items;
}

function fieldsOf(parts: CallParts): readonly StructField[] {
  const { reader } = parts;
  return reader.inBrackets(() => (reader.sees(")") ? [] : reader.list(() => fieldOf(parts))));
}

/** A plain column gives its own name. */
function fieldOf(parts: CallParts): StructField {
  const value = parts.expression();
  const own = value.kind === "path" ? value.parts.at(-1) : value.kind === "field" ? value.name : undefined;
  const name = parts.reader.accepts("AS") ? parts.reader.name() : own;
  return { value, ...(name !== undefined && { name }) };
}
