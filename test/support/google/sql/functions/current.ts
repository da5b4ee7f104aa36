import { timestampText } from "../../bigquery/values.ts";
import type { Call } from "../parse/ast.ts";
import { literal } from "../resolve/constants.ts";
import type { Context } from "../resolve/context.ts";
import type { Typed } from "../resolve/typed.ts";
import { beyondSubset } from "../sql-error.ts";
import { local } from "./times.ts";

/** CURRENT_TIMESTAMP and its kin: the store's clock, the same all through a statement. */
export function current(context: Context, { name, args, at }: Call): Typed {
  const [zone] = args;
  if (zone && name === "CURRENT_TIMESTAMP") throw beyondSubset("CURRENT_TIMESTAMP with a zone", zone.at);
  const now = literal({ name: "TIMESTAMP" }, timestampText(context.statement.nowMicros));
  const time = local(now, zone && context.as(zone, { name: "STRING" }).sql);
  if (name === "CURRENT_DATE") return { sql: `CAST(${time} AS DATE)`, type: { name: "DATE" }, at };
  return { sql: time, type: { name: name === "CURRENT_DATETIME" ? "DATETIME" : "TIMESTAMP" }, at };
}
