import { coerced, commonType } from "../resolve/coerce.ts";
import type { Typed } from "../resolve/typed.ts";
import { isSame, type SqlType, scalarNamed } from "../types.ts";

/** One way to call a function: the types that it takes, and its translation. */
export interface Signature {
  readonly name: string;
  readonly takes: readonly Parameter[];
  /** A type's name, T, or [T]. */
  readonly gives: string;
  readonly sql: (...args: readonly string[]) => string;
}

interface Parameter {
  /** A type's name, T for any, [T] for an array of it. */
  readonly type: string;
  readonly isOptional: boolean;
  readonly isRepeated: boolean;
}

/**
 * A row of the catalogue, such as `STRPOS STRING STRING -> INT64`. T is one type for all that say T; `?` stands behind what may be
 * left out, `...` behind what may come again.
 */
export function signature(text: string, sql: Signature["sql"]): Signature {
  const [left = "", gives = ""] = text.split(" -> ");
  const [name = "", ...types] = left.split(" ");
  return { name, gives, sql, takes: types.map(parameterOf) };
}

/** The call by the first signature that takes the arguments, those that take them as they are first. */
export function matched(signatures: readonly Signature[], args: readonly Typed[]): Omit<Typed, "at"> | undefined {
  for (const takesType of [isExact, isCoerced]) {
    for (const one of signatures) {
      const found = callOf(one, args, takesType);
      if (found) return found;
    }
  }
  return undefined;
}

function callOf(one: Signature, args: readonly Typed[], takesType: typeof isExact): Omit<Typed, "at"> | undefined {
  const takes = takesFor(one.takes, args.length);
  if (!takes) return undefined;
  const any = anyType(takes, args);
  if (!any) return undefined;
  const types = takes.map(({ type }) => typeOf(type, any));
  if (!args.every((arg, index) => takesType(arg, types[index] ?? any))) return undefined;
  const sqls = args.map((arg, index) => (coerced(arg, types[index] ?? any) ?? arg).sql);
  return { sql: one.sql(...sqls), type: typeOf(one.gives, any) };
}

/** A parameter for each argument. */
function takesFor(takes: readonly Parameter[], count: number): readonly Parameter[] | undefined {
  const last = takes.at(-1);
  const isFit = count >= takes.filter(({ isOptional }) => !isOptional).length;
  if (!isFit || (count > takes.length && !last?.isRepeated)) return undefined;
  return Array.from({ length: count }, (_, index) => takes[index] ?? last).filter((one) => one !== undefined);
}

/** What T is for these arguments; any type where nothing says T. */
function anyType(takes: readonly Parameter[], args: readonly Typed[]): SqlType | undefined {
  const plain = args.filter((_, index) => takes[index]?.type === "T");
  const elements = args.flatMap((arg, index) =>
    takes[index]?.type === "[T]" && arg.type.name === "ARRAY" ? [{ ...arg, type: arg.type.of }] : [],
  );
  const isNeeded = takes.some(({ type }) => type === "T" || type === "[T]");
  return isNeeded ? commonType([...plain, ...elements]) : { name: "INT64" };
}

function typeOf(name: string, any: SqlType): SqlType {
  if (name === "T") return any;
  if (name === "[T]") return { name: "ARRAY", of: any };
  const array = /^\[(\w+)\]$/.exec(name)?.[1];
  const type = scalarNamed(array ?? name);
  if (!type) throw new Error(`no type ${name}`);
  return array === undefined ? type : { name: "ARRAY", of: type };
}

function isExact(arg: Typed, type: SqlType): boolean {
  return isSame(arg.type, type);
}

function isCoerced(arg: Typed, type: SqlType): boolean {
  return coerced(arg, type) !== undefined;
}

function parameterOf(text: string): Parameter {
  return { type: text.replace(/\?|\.\.\./g, ""), isOptional: text.endsWith("?"), isRepeated: text.endsWith("...") };
}
