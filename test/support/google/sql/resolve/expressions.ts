import { applied, called } from "../functions/catalogue.ts";
import { extracted, plus } from "../functions/time-parts.ts";
import type { Call, Expression, Ordering, Path, Query, Window } from "../parse/ast.ts";
import { beyondSubset, invalidQuery } from "../sql-error.ts";
import { BOOL, quoted, type SqlType, scalarNamed, typeNamed, typeText } from "../types.ts";
import { caseOf, elementOf } from "./branches.ts";
import { cast } from "./cast.ts";
import { coerced } from "./coerce.ts";
import { all, any, between, checkKey, compared, distinct, isComparison, isIn, isInArray } from "./comparisons.ts";
import { constantOf } from "./constants.ts";
import { arrayOf, structOf } from "./constructors.ts";
import type { Context, Relation, Statement } from "./context.ts";
import { columnIn, fieldIn, fieldsOf, type Range, type Scope } from "./scope.ts";
import { isInQuery, subquery } from "./subqueries.ts";
import type { Column, Typed } from "./typed.ts";

export interface ExpressionOptions {
  /** Called with each column that is used. */
  readonly use?: (column: Column) => void;
  /** Columns of each window's PARTITION BY are put here. */
  readonly windows?: (readonly Column[])[];
  /** What names mean beside the scope's columns: the select list's aliases. */
  readonly alias?: (name: string) => Typed | undefined;
}

/** Translates expressions at one place of a statement. */
export class Expressions implements Context {
  readonly statement: Statement;
  readonly scope: Scope;
  readonly #options: ExpressionOptions;

  constructor(statement: Statement, scope: Scope, options: ExpressionOptions = {}) {
    this.statement = statement;
    this.scope = scope;
    this.#options = options;
  }

  one(expression: Expression): Typed {
    switch (expression.kind) {
      case "literal":
        return this.#literal(expression);
      case "param":
        return this.statement.param(expression.name, expression.at);
      case "path":
        return this.#path(expression);
      case "call":
        return this.#call(expression);
      case "field":
        return fieldIn(this.one(expression.of), expression.name, expression.at);
      case "cast":
        return cast(this.one(expression.of), typeNamed(expression.to, expression.at), expression);
      case "case":
        return caseOf(this, expression);
      case "extract":
        return extracted(this, expression);
      case "array":
        return arrayOf(this, expression);
      case "struct":
        return structOf(this, expression);
      case "in":
        return isIn(
          this.one(expression.of),
          expression.list.map((one) => this.one(one)),
          expression.at,
        );
      case "inArray":
        return isInArray(this.one(expression.of), this.one(expression.array), expression.at);
      case "inQuery":
        return isInQuery(this, expression);
      case "subquery":
        return subquery(this, expression);
      case "interval":
        throw beyondSubset("INTERVAL as a value", expression.at);
      case "default":
        throw invalidQuery("DEFAULT is not allowed here", expression.at);
    }
  }

  as(expression: Expression, type: SqlType): Typed {
    const one = this.one(expression);
    const found = coerced(one, type);
    if (!found) throw invalidQuery(`Expected type ${typeText(type)}; found ${typeText(one.type)}`, one.at);
    return found;
  }

  query(query: Query): Relation {
    return this.statement.query(query, this.scope);
  }

  condition(expression: Expression, clause: string): Typed {
    const found = coerced(this.one(expression), BOOL);
    if (found) return found;
    const text = `${clause} should return type BOOL, but returns ${typeText(this.one(expression).type)}`;
    throw invalidQuery(text, expression.at);
  }

  orderBy(orderings: readonly Ordering[]): string {
    return orderings.map((one) => `${this.key(one.by, "Ordering").sql} ${direction(one)}`).join(", ");
  }

  /** A value by which rows are grouped or ordered. */
  key(by: Expression, clause: "Grouping" | "Ordering" | "Partitioning"): Typed {
    const key = this.one(by);
    checkKey(key, clause);
    return key;
  }

  over(window: Window | undefined): string {
    if (!window) return "";
    const keys = window.partitionBy.map((one) => this.key(one, "Partitioning"));
    this.#options.windows?.push(keys.flatMap(({ column }) => column ?? []));
    const partition = keys.length > 0 ? `PARTITION BY ${keys.map(({ sql }) => sql).join(", ")}` : "";
    const order = window.orderBy.length > 0 ? `ORDER BY ${this.orderBy(window.orderBy)}` : "";
    return ` OVER (${[partition, order, window.frame].filter(Boolean).join(" ")})`;
  }

  /** A column, counted as used. */
  column(column: Column, at: Typed["at"]): Typed {
    (this.#options.use ?? used)(column);
    return { sql: column.sql, type: column.type, at, column };
  }

  /** A whole row of a range, or an array's element. */
  row(range: Range, at: Typed["at"]): Typed {
    if (range.value) return this.column(range.value, at);
    const fields = range.columns.map((column) => ({ name: column.name ?? "", type: column.type }));
    const values = range.columns.map((one) => `${quoted(one.name ?? "")} := ${this.column(one, at).sql}`);
    return { sql: `struct_pack(${values.join(", ")})`, type: { name: "STRUCT", fields }, at };
  }

  #literal({ type, value, at }: Extract<Expression, { readonly kind: "literal" }>): Typed {
    if (type === "NULL") return { sql: "NULL", type: { name: "NULL" }, at, constant: null };
    const found = scalarNamed(type);
    if (!found) throw beyondSubset(`literals of type ${type}`, at);
    const raw = type === "BYTES" ? Buffer.from(value, "latin1").toString("base64") : value;
    return constantOf(found, raw, at);
  }

  #path({ parts: [first = "", ...rest], at }: Path): Typed {
    const range = rest.length > 0 ? this.scope.range(first) : undefined;
    const [second = "", ...more] = rest;
    if (range) return this.#fields(this.column(columnIn(range, second, at), at), more);
    return this.#fields(this.#name(first, at), rest);
  }

  #name(name: string, at: Typed["at"]): Typed {
    const alias = this.#options.alias?.(name);
    const column = this.scope.column(name, at);
    if (column && alias && alias.column !== column)
      throw beyondSubset(`${name}, which is a column and another alias`, at);
    if (column) return this.column(column, at);
    if (alias) return alias;
    const range = this.scope.range(name);
    if (range) return this.row(range, at);
    throw invalidQuery(`Unrecognized name: ${name}`, at);
  }

  #fields(of: Typed, names: readonly string[]): Typed {
    return names.reduce((one, name) => fieldIn(one, name, of.at), of);
  }

  #call(call: Call): Typed {
    const { name, args, at } = call;
    const [first, second, third] = args;
    if (name === "[]" && first) return elementOf(this, { of: this.one(first), at: second, place: at });
    if (!first || call.over) return called(this, call);
    if ((name === "+" || name === "-") && second?.kind === "interval") return this.#shifted(first, second, name);
    const left = () => this.one(first);
    if (second && isComparison(name)) return compared(name, [left(), this.one(second)], at);
    if (second && name === "IS_DISTINCT_FROM") return distinct([left(), this.one(second)], at);
    if (second && third && name === "BETWEEN") return between([left(), this.one(second), this.one(third)], at);
    return name === "AND" || name === "OR" ? this.#both(call) : called(this, call);
  }

  #both({ name, args, at }: Call): Typed {
    const sides = args.map((one) => this.one(one));
    return { ...applied(name, sides, at), filter: name === "AND" ? all(...sides) : any(sides) };
  }

  #shifted(time: Expression, interval: Extract<Expression, { readonly kind: "interval" }>, sign: "+" | "-"): Typed {
    const of = this.one(time);
    const type: SqlType = { name: of.type.name === "TIMESTAMP" ? "TIMESTAMP" : "DATETIME" };
    return plus(of, interval, { context: this, sign, type });
  }
}

/** How DuckDB is told the order. */
export function direction({ isDescending, nulls }: Ordering): string {
  return `${isDescending ? "DESC" : "ASC"} NULLS ${nulls}`;
}

/** The fields of a struct, each as an expression. */
export function spread(of: Typed): readonly (Typed & { readonly name: string })[] {
  return fieldsOf(of.type).map(({ name }) => ({ ...fieldIn(of, name, of.at), name }));
}

function used(column: Column): void {
  column.use();
}
