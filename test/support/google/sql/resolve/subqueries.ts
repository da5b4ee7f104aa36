import type { Expression, Query } from "../parse/ast.ts";
import { beyondSubset, invalidQuery } from "../sql-error.ts";
import { BOOL, quoted, type SqlType } from "../types.ts";
import { unified } from "./coerce.ts";
import type { Context, Relation } from "./context.ts";
import type { Typed } from "./typed.ts";

interface Single {
  readonly sql: string;
  /** The query's only column. */
  readonly column: Typed;
}

/** One of the values that a query gives. */
export function isInQuery(context: Context, one: Extract<Expression, { readonly kind: "inQuery" }>): Typed {
  const { sql, column } = single(context, one.query);
  const [of, other] = unified([context.one(one.of), column], "operator IN");
  if (other?.sql !== column.sql) throw beyondSubset("IN with a query of another type", one.at);
  return { sql: `(${of?.sql} IN (${sql}))`, type: BOOL, at: one.at };
}

/** A query for a value, for an array, or for whether it has rows. */
export function subquery(context: Context, one: Extract<Expression, { readonly kind: "subquery" }>): Typed {
  const { form, query, at } = one;
  if (form === "EXISTS") return { sql: `EXISTS (${context.query(query).sql})`, type: BOOL, at };
  const { sql, column } = single(context, query);
  if (form === "SCALAR") return { sql: `(${sql})`, type: column.type, at };
  return { sql: `ARRAY(${sql})`, type: { name: "ARRAY", of: column.type }, at };
}

function single(context: Context, query: Query): Single {
  const relation = context.query(query);
  for (const column of relation.columns) column.use();
  if (relation.isStruct) return packed(relation, query.at);
  const [column, ...more] = relation.columns;
  if (!column || more.length > 0) {
    const text =
      "Scalar subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values";
    throw invalidQuery(text, query.at);
  }
  return { sql: relation.sql, column: { sql: column.sql, type: column.type, at: query.at } };
}

/** SELECT AS STRUCT. */
function packed({ sql, columns }: Relation, at: Query["at"]): Single {
  const fields = columns.map(({ name, type }) => ({ name: name ?? "", type }));
  const members = columns.map((column) => `${quoted(column.name ?? "")} := ${column.sql}`).join(", ");
  const type: SqlType = { name: "STRUCT", fields };
  return { sql: `SELECT struct_pack(${members}) FROM (${sql})`, column: { sql: "", type, at } };
}
