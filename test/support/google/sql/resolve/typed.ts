import type { Place } from "../sql-error.ts";
import type { SqlType } from "../types.ts";
import type { Filter, Origin } from "./filter.ts";

/** What a literal or a parameter stands for: a number or bigint, a boolean, or text in the store's form; NULL; a list of such. */
export type Constant = string | number | bigint | boolean | null | readonly Constant[];

/** A column that a name can mean. */
export interface Column {
  /** None for an expression without an alias. */
  readonly name: string | undefined;
  /** In DuckDB's words. */
  readonly sql: string;
  readonly type: SqlType;
  /** The tables' columns that it is, where a condition on it may be asked of them instead. */
  readonly origins: readonly Origin[];
  /** Counts what it is made of as read. */
  readonly use: () => void;
}

/** An expression, translated. */
export interface Typed {
  readonly sql: string;
  readonly type: SqlType;
  readonly at: Place;
  /** Set for literals and parameters, whose types give way. */
  readonly constant?: Constant;
  /** Set for a column as it is. */
  readonly column?: Column;
  /** Set for a condition that may tell partitions. */
  readonly filter?: Filter;
}
