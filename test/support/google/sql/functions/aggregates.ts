import type { Call } from "../parse/ast.ts";
import type { Context } from "../resolve/context.ts";
import type { Typed } from "../resolve/typed.ts";
import { beyondSubset, invalidQuery } from "../sql-error.ts";
import { typeText } from "../types.ts";
import { matched, type Signature, signature } from "./signature.ts";

interface Aggregate {
  readonly signatures: readonly Signature[];
  /** Around the call, with its window. */
  readonly around?: (call: string) => string;
  /** Only with OVER, or only without. */
  readonly over?: "must" | "never";
  readonly takesOrder?: true;
}

const toInt64 = (call: string): string => `CAST(${call} AS BIGINT)`;

const AGGREGATES: Readonly<Record<string, Aggregate>> = {
  COUNT: { signatures: [as("COUNT T -> INT64", "count")] },
  COUNTIF: { signatures: [as("COUNTIF BOOL -> INT64", "count_if")], around: toInt64 },
  "SUM INT64": { signatures: [as("SUM INT64 -> INT64", "sum")], around: toInt64 },
  SUM: { signatures: [as("SUM NUMERIC -> NUMERIC", "sum"), as("SUM FLOAT64 -> FLOAT64", "sum")] },
  AVG: { signatures: [as("AVG FLOAT64 -> FLOAT64", "avg")] },
  MIN: { signatures: [as("MIN T -> T", "min")] },
  MAX: { signatures: [as("MAX T -> T", "max")] },
  ANY_VALUE: { signatures: [as("ANY_VALUE T -> T", "any_value")] },
  LOGICAL_AND: { signatures: [as("LOGICAL_AND BOOL -> BOOL", "bool_and")] },
  LOGICAL_OR: { signatures: [as("LOGICAL_OR BOOL -> BOOL", "bool_or")] },
  APPROX_COUNT_DISTINCT: { signatures: [as("APPROX_COUNT_DISTINCT T -> INT64", "count", "DISTINCT ")] },
  ARRAY_AGG: { signatures: [as("ARRAY_AGG T -> [T]", "list")], takesOrder: true },
  STRING_AGG: {
    signatures: [signature("STRING_AGG STRING STRING? -> STRING", (text, by = "','") => `string_agg(${text}, ${by}`)],
    takesOrder: true,
  },
  ROW_NUMBER: { signatures: [as("ROW_NUMBER -> INT64", "row_number")], over: "must" },
  RANK: { signatures: [as("RANK -> INT64", "rank")], over: "must" },
  DENSE_RANK: { signatures: [as("DENSE_RANK -> INT64", "dense_rank")], over: "must" },
  LAG: { signatures: [as("LAG T INT64? -> T", "lag")], over: "must" },
  LEAD: { signatures: [as("LEAD T INT64? -> T", "lead")], over: "must" },
  FIRST_VALUE: { signatures: [as("FIRST_VALUE T -> T", "first_value")], over: "must" },
  LAST_VALUE: { signatures: [as("LAST_VALUE T -> T", "last_value")], over: "must" },
};

export function isAggregate(name: string): boolean {
  return name in AGGREGATES;
}

/** An aggregate, or with OVER a window function; throws for what it does not take. */
export function aggregate(context: Context, call: Call): Typed {
  const args = call.args.map((arg) => context.one(arg));
  const isInteger = args[0]?.type.name === "INT64";
  const found = (isInteger ? AGGREGATES[`${call.name} INT64`] : undefined) ?? AGGREGATES[call.name];
  if (!found) throw beyondSubset(call.name, call.at);
  check(call, found);
  const { sql: begun, type } = start(call, found, args);
  const order = call.orderBy?.length ? ` ORDER BY ${context.orderBy(call.orderBy)}` : "";
  const filter = call.ignoresNulls ? ` FILTER (WHERE ${args[0]?.sql} IS NOT NULL)` : "";
  const whole = `${begun}${order})${filter}${context.over(call.over)}`;
  const sql = found.around ? found.around(whole) : whole;
  return { sql: call.limit === undefined ? sql : `(${sql})[1:${call.limit}]`, type, at: call.at };
}

/** The call as far as its arguments, its bracket open. */
function start(call: Call, found: Aggregate, args: readonly Typed[]): Omit<Typed, "at"> {
  if (call.name === "COUNT" && call.isStar) return { sql: "count(*", type: { name: "INT64" } };
  const one = matched(found.signatures, args);
  if (!one) {
    const types = args.map(({ type }) => typeText(type)).join(", ");
    throw invalidQuery(
      `No matching signature for aggregate function ${call.name} for argument types: ${types}`,
      call.at,
    );
  }
  return call.isDistinct ? { ...one, sql: one.sql.replace("(", "(DISTINCT ") } : one;
}

function check(
  { name, at, over, orderBy, limit, ignoresNulls, isStar }: Call,
  { over: rule, takesOrder }: Aggregate,
): void {
  if (rule === "must" && !over)
    throw invalidQuery(`Analytic function ${name} cannot be called without an OVER clause`, at);
  if (isStar && name !== "COUNT") throw invalidQuery(`Argument * is not supported for ${name}`, at);
  const hasMore = (orderBy?.length ?? 0) > 0 || limit !== undefined || ignoresNulls;
  if (hasMore && (!takesOrder || over)) throw beyondSubset(`ORDER BY, LIMIT or IGNORE NULLS in ${name}`, at);
  if (limit !== undefined && name !== "ARRAY_AGG") throw beyondSubset(`LIMIT in ${name}`, at);
}

function as(text: string, duck: string, before = ""): Signature {
  return signature(text, (...args) => `${duck}(${before}${args.join(", ")}`);
}
