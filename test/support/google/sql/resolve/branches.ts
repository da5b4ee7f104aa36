import type { Expression } from "../parse/ast.ts";
import { beyondSubset } from "../sql-error.ts";
import { BOOL, INT64, textLiteral, typeText } from "../types.ts";
import { unified } from "./coerce.ts";
import { compared } from "./comparisons.ts";
import type { Context } from "./context.ts";
import type { Typed } from "./typed.ts";

const POSITIONS = new Set(["OFFSET", "SAFE_OFFSET", "ORDINAL", "SAFE_ORDINAL"]);

/** CASE, with a value or with conditions. */
export function caseOf(context: Context, one: Extract<Expression, { readonly kind: "case" }>): Typed {
  const of = one.of && context.one(one.of);
  const tests = one.whens.map(({ when }) =>
    of ? compared("=", [of, context.one(when)], when.at) : context.condition(when, "CASE"),
  );
  const otherwise = one.otherwise ? context.one(one.otherwise) : nullAt(one.at);
  const results = unified([...one.whens.map(({ result }) => context.one(result)), otherwise], "operator CASE");
  const branches = tests.map((test, index) => `WHEN ${test.sql} THEN ${results[index]?.sql}`).join(" ");
  return { sql: `(CASE ${branches} ELSE ${results.at(-1)?.sql} END)`, type: results[0]?.type ?? BOOL, at: one.at };
}

/** `[OFFSET(n)]` and its kin: from 0 or 1, and NULL instead of an error behind the end. */
export function elementOf(
  context: Context,
  { of, at, place }: { readonly of: Typed; readonly at: Expression | undefined; readonly place: Typed["at"] },
): Typed {
  if (of.type.name !== "ARRAY" || !at) throw beyondSubset(`[] on ${typeText(of.type)}`, place);
  const { name, position } = positionOf(at);
  const index = context.as(position, INT64).sql;
  const number = name.endsWith("OFFSET") ? `(${index} + 1)` : index;
  const isInside = `${number} BETWEEN 1 AND len(${of.sql})`;
  const failure = `CAST(error(${textLiteral("Array index is out of bounds")}) AS BIGINT)`;
  const otherwise = name.startsWith("SAFE") ? "" : `WHEN ${of.sql} IS NOT NULL THEN ${failure}`;
  return { sql: `(${of.sql})[CASE WHEN ${isInside} THEN ${number} ${otherwise} END]`, type: of.type.of, at: place };
}

/** A plain number counts from 0. */
function positionOf(at: Expression): { readonly name: string; readonly position: Expression } {
  const [position] = at.kind === "call" && POSITIONS.has(at.name) ? at.args : [];
  return at.kind === "call" && position ? { name: at.name, position } : { name: "OFFSET", position: at };
}

function nullAt(at: Typed["at"]): Typed {
  return { sql: "NULL", type: { name: "NULL" }, at, constant: null };
}
