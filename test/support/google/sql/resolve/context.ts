import type { Expression, Ordering, Query, Window } from "../parse/ast.ts";
import type { Place } from "../sql-error.ts";
import type { SqlType } from "../types.ts";
import type { Scope } from "./scope.ts";
import type { Column, Typed } from "./typed.ts";

/** A query, translated: its columns are called `name` of each in `sql`. */
export interface Relation {
  readonly sql: string;
  readonly columns: readonly RelationColumn[];
  /** By SELECT AS STRUCT. */
  readonly isStruct: boolean;
}

/** A column of a query; its `sql` is the bare name that the query gives it. */
export interface RelationColumn extends Column {
  readonly at: Place;
}

/** What is the same for all of a statement. */
export interface Statement {
  readonly nowMicros: bigint;
  query(query: Query, scope: Scope): Relation;
  param(name: string, at: Place): Typed;
  /** A name that no other range of the statement has. */
  rangeName(): string;
}

/** What functions need of the place where they are called. */
export interface Context {
  readonly statement: Statement;
  one(expression: Expression): Typed;
  /** As `type`; throws when it does not become that by itself. */
  as(expression: Expression, type: SqlType): Typed;
  /** A condition of the clause; throws for what is no BOOL. */
  condition(expression: Expression, clause: string): Typed;
  /** A query that sees what is here. */
  query(query: Query): Relation;
  orderBy(orderings: readonly Ordering[]): string;
  over(window: Window | undefined): string;
}
