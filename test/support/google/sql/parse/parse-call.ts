import type { Call, Expression, Ordering, Query, Window } from "./ast.ts";
import { parseOrderBy } from "./parse-order.ts";
import type { TokenReader } from "./token-reader.ts";

/** What a part of the expression parser needs of the others. */
export interface CallParts {
  readonly reader: TokenReader;
  readonly query: () => Query;
  expression(): Expression;
  list(): readonly Expression[];
}

/** Reserved words that are functions too. */
const WORDS = new Set(["IF", "LEFT", "RIGHT", "GROUPING"]);

/** A function's call, with what may stand in an aggregate's brackets and behind them. */
export function parseCall(parts: CallParts): Call | undefined {
  const { reader } = parts;
  const { at, word } = reader.token;
  const isFunction = WORDS.has(word) || (reader.seesName() && reader.token.kind === "name");
  if (reader.ahead(1).word === "." && reader.ahead(3).word === "(") throw reader.unknown(`${reader.token.text}.`);
  if (!isFunction || reader.ahead(1).word !== "(") return undefined;
  reader.take();
  const inside = reader.inBrackets(() => argumentsOf(parts));
  if (reader.sees("IGNORE") || reader.sees("RESPECT")) throw reader.unknown("NULLS behind the brackets");
  const over = reader.accepts("OVER") ? windowOf(parts) : undefined;
  return { kind: "call", name: word, at, ...inside, ...(over && { over }) };
}

function argumentsOf(parts: CallParts): Omit<Call, "kind" | "name" | "at" | "over"> {
  const { reader } = parts;
  if (reader.accepts("*")) return { args: [], isStar: true };
  const isDistinct = reader.accepts("DISTINCT");
  const args = reader.sees(")") ? [] : parts.list();
  const ignoresNulls = reader.accepts("IGNORE", "NULLS");
  if (!ignoresNulls) reader.accepts("RESPECT", "NULLS");
  if (reader.sees("HAVING")) throw reader.unknown("HAVING in a function's brackets");
  const orderBy = orderOf(parts);
  const limit = reader.accepts("LIMIT") ? reader.whole() : undefined;
  return { args, isDistinct, ignoresNulls, orderBy, ...(limit !== undefined && { limit }) };
}

function orderOf(parts: CallParts): readonly Ordering[] {
  return parts.reader.sees("ORDER") ? parseOrderBy(parts) : [];
}

function windowOf(parts: CallParts): Window {
  const { reader } = parts;
  if (!reader.sees("(")) throw reader.unknown("a named window");
  return reader.inBrackets(() => {
    const partitionBy = reader.accepts("PARTITION", "BY") ? parts.list() : [];
    return { partitionBy, orderBy: orderOf(parts), frame: frameOf(reader) };
  });
}

function frameOf(reader: TokenReader): string {
  const unit = reader.acceptsOne("ROWS", "RANGE");
  if (!unit) return "";
  if (!reader.accepts("BETWEEN")) return `${unit} ${boundOf(reader)}`;
  const from = boundOf(reader);
  reader.expects("AND");
  return `${unit} BETWEEN ${from} AND ${boundOf(reader)}`;
}

function boundOf(reader: TokenReader): string {
  if (reader.accepts("CURRENT", "ROW")) return "CURRENT ROW";
  const amount = reader.acceptsOne("UNBOUNDED") ?? String(reader.whole());
  const side = reader.acceptsOne("PRECEDING", "FOLLOWING");
  if (!side) throw reader.unexpected();
  return `${amount} ${side}`;
}
