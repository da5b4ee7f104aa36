import type { Call } from "../parse/ast.ts";
import type { Context } from "../resolve/context.ts";
import type { Typed } from "../resolve/typed.ts";
import { beyondSubset, invalidQuery, type Place } from "../sql-error.ts";
import { typeText } from "../types.ts";
import { aggregate, isAggregate } from "./aggregates.ts";
import { current } from "./current.ts";
import { formatted } from "./formats.ts";
import { jsonPart, jsonText, parsedJson } from "./json.ts";
import { NUMBERS } from "./numbers.ts";
import { matched, type Signature } from "./signature.ts";
import { TEXTS } from "./texts.ts";
import { difference, shifted, truncated } from "./time-parts.ts";
import { TIMES } from "./times.ts";

type Special = (context: Context, call: Call) => Typed;

const TIME_NAMES = ["DATE", "DATETIME", "TIMESTAMP"];
/** Functions that look at their arguments before these are translated. */
const SPECIAL: Readonly<Record<string, Special>> = {
  ...named(["ADD", "SUB"], shifted),
  ...named(["DIFF"], difference),
  ...named(["TRUNC"], truncated),
  ...Object.fromEntries(TIME_NAMES.map((name) => [`FORMAT_${name}`, formatted])),
  ...Object.fromEntries(TIME_NAMES.map((name) => [`CURRENT_${name}`, current])),
  JSON_VALUE: jsonPart,
  JSON_QUERY: jsonPart,
  PARSE_JSON: parsedJson,
  TO_JSON_STRING: jsonText,
};
const SIGNATURES = byName([...TEXTS, ...NUMBERS, ...TIMES]);

/** A function or an operator; throws for one that is not known here, or does not take these arguments. */
export function called(context: Context, call: Call): Typed {
  const { name, at } = call;
  if (isAggregate(name)) return aggregate(context, call);
  checkPlain(call);
  const special = SPECIAL[name];
  if (special) return special(context, call);
  if (!SIGNATURES.has(name)) throw beyondSubset(`the function ${name}`, at);
  return applied(
    name,
    call.args.map((arg) => context.one(arg)),
    at,
  );
}

/** The call of a plain function or operator by what its arguments came to. */
export function applied(name: string, args: readonly Typed[], at: Place): Typed {
  const found = matched(SIGNATURES.get(name) ?? [], args);
  if (found) return { ...found, at };
  const what = /^\w+$/.test(name) ? `function ${name}` : `operator ${name}`;
  const types = args.map(({ type }) => typeText(type)).join(", ");
  throw invalidQuery(`No matching signature for ${what} for argument types: ${types}`, at);
}

/** What only aggregates take. */
function checkPlain({ name, at, over, isDistinct, isStar, orderBy, limit, ignoresNulls }: Call): void {
  const isMore = over || isDistinct || isStar || orderBy?.length || limit !== undefined || ignoresNulls;
  if (isMore) throw invalidQuery(`Function ${name} is no aggregate function that the fake's SQL knows`, at);
}

function named(ends: readonly string[], special: Special): Readonly<Record<string, Special>> {
  return Object.fromEntries(TIME_NAMES.flatMap((name) => ends.map((end) => [`${name}_${end}`, special])));
}

function byName(all: readonly Signature[]): ReadonlyMap<string, readonly Signature[]> {
  const names = [...new Set(all.map(({ name }) => name))];
  return new Map(names.map((name) => [name, all.filter((one) => one.name === name)]));
}
