import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { bindingType, toDuck } from "../duck-values.ts";
import type { TypeName } from "../parse/ast.ts";
import { invalidQuery, type Place } from "../sql-error.ts";
import { duckType, quoted, type SqlType, typeNamed } from "../types.ts";
import { constantOf } from "./constants.ts";
import type { Constant, Typed } from "./typed.ts";

/** A query parameter as the API sends it. */
export interface QueryParameter {
  readonly name?: string;
  readonly parameterType: ParameterType;
  readonly parameterValue: ParameterValue;
}

interface ParameterType {
  readonly type: string;
  readonly arrayType?: ParameterType;
  readonly structTypes?: readonly { readonly name: string; readonly type: ParameterType }[];
}

interface ParameterValue {
  readonly value?: string | number | boolean | null;
  readonly arrayValues?: readonly ParameterValue[];
  readonly structValues?: Readonly<Record<string, ParameterValue>>;
}

const START: Place = { line: 1, column: 1 };

/** A job's parameters: scalars stand in the SQL of DuckDB as literals, arrays are bound. */
export class Params {
  /** What is bound, by name. */
  readonly values: Record<string, DuckDBValue> = {};
  readonly types: Record<string, DuckDBType> = {};
  readonly #parameters = new Map<string, QueryParameter>();
  readonly #typed = new Map<string, Typed>();

  constructor(parameters: readonly QueryParameter[] = []) {
    for (const [index, one] of parameters.entries())
      this.#parameters.set((one.name ?? String(index)).toLowerCase(), one);
  }

  typed(name: string, at: Place): Typed {
    const key = name.toLowerCase();
    const found = this.#typed.get(key) ?? this.#read(key, at);
    this.#typed.set(key, found);
    return { ...found, at };
  }

  #read(key: string, at: Place): Typed {
    const parameter = this.#parameters.get(key);
    if (!parameter) throw invalidQuery(`Query parameter '${key}' not found`, at);
    const type = typeNamed(nameOf(parameter.parameterType), START);
    return type.name === "ARRAY" ? this.#bound(type, parameter.parameterValue) : scalar(type, parameter.parameterValue);
  }

  #bound(type: SqlType, value: ParameterValue): Typed {
    const constant = constantFor(type, value);
    const name = `p${this.#typed.size}`;
    this.values[name] = toDuck(type, constant);
    this.types[name] = bindingType(type);
    const isPlain = type.name === "ARRAY" && type.of.name !== "STRUCT";
    const sql = `CAST($${name} AS ${duckType(type)})`;
    return { sql, type, at: START, ...(isPlain && isConstant(constant) && { constant }) };
  }
}

function scalar(type: SqlType, value: ParameterValue): Typed {
  if (type.name === "ARRAY") {
    const items = (value.arrayValues ?? []).map((one) => scalar(type.of, one).sql);
    return { sql: `CAST([${items.join(", ")}] AS ${duckType(type)})`, type, at: START };
  }
  if (type.name !== "STRUCT") return constantOf(type, rawOf(value), START);
  const members = type.fields.map((field) => {
    const member = scalar(field.type, value.structValues?.[field.name] ?? {});
    return `${quoted(field.name)} := ${member.sql}`;
  });
  return { sql: `struct_pack(${members.join(", ")})`, type, at: START };
}

/** The value in the store's form; throws for a text that its type does not have. */
function constantFor(type: SqlType, value: ParameterValue): unknown {
  if (type.name === "ARRAY") return (value.arrayValues ?? []).map((one) => constantFor(type.of, one));
  if (type.name !== "STRUCT") return constantOf(type, rawOf(value), START).constant;
  const members = type.fields.map((field) => [
    field.name,
    constantFor(field.type, value.structValues?.[field.name] ?? {}),
  ]);
  return Object.fromEntries(members);
}

function rawOf({ value }: ParameterValue): string | null {
  return value === null || value === undefined ? null : String(value);
}

function nameOf({ type, arrayType, structTypes }: ParameterType): TypeName {
  if (type === "ARRAY" && arrayType) return { name: "ARRAY", of: nameOf(arrayType) };
  if (type !== "STRUCT") return { name: type };
  return {
    name: "STRUCT",
    fields: (structTypes ?? []).map((field) => ({ name: field.name, type: nameOf(field.type) })),
  };
}

function isConstant(value: unknown): value is Constant {
  return value !== undefined;
}
