import type { Field } from "../../bigquery/schema.ts";
import type { Place } from "../sql-error.ts";
import type { Expression, From, Query, TableName } from "./ast.ts";

interface Node {
  readonly at: Place;
}

export interface Insert extends Node {
  readonly kind: "insert";
  readonly target: TableName;
  readonly columns: readonly string[] | undefined;
  readonly rows: readonly (readonly Expression[])[] | Query;
}

export interface Assignment extends Node {
  readonly column: string;
  readonly value: Expression;
}

export interface Update extends Node {
  readonly kind: "update";
  readonly target: TableName;
  readonly set: readonly Assignment[];
  readonly from?: From;
  readonly where: Expression;
}

export interface Delete extends Node {
  readonly kind: "delete";
  readonly target: TableName;
  readonly where: Expression;
}

export interface Merge extends Node {
  readonly kind: "merge";
  readonly target: TableName;
  readonly source: From;
  readonly on: Expression;
  readonly whens: readonly MergeWhen[];
}

export interface MergeWhen extends Node {
  readonly match: "MATCHED" | "NOT MATCHED" | "NOT MATCHED BY SOURCE";
  readonly condition?: Expression;
  readonly action:
    | { readonly kind: "delete" }
    | { readonly kind: "update"; readonly set: readonly Assignment[] }
    /** No values: INSERT ROW. */
    | {
        readonly kind: "insert";
        readonly columns: readonly string[] | undefined;
        readonly values?: readonly Expression[];
      };
}

/** OPTIONS(...), by name in lower case. */
export type Options = ReadonlyMap<string, Expression>;

export interface CreateTable extends Node {
  readonly kind: "createTable";
  readonly name: TableName;
  readonly isIfNotExists: boolean;
  readonly isReplace: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly partitionBy?: Expression;
  readonly clusterBy: readonly string[];
  readonly options: Options;
}

export interface ColumnDefinition {
  readonly field: Field;
  readonly options: Options;
}

export interface CreateView extends Node {
  readonly kind: "createView";
  readonly name: TableName;
  readonly isIfNotExists: boolean;
  readonly isReplace: boolean;
  readonly options: Options;
  readonly query: Query;
  /** The query as it stands in the statement. */
  readonly text: string;
}

export interface Drop extends Node {
  readonly kind: "drop";
  readonly what: "TABLE" | "VIEW";
  readonly name: TableName;
  readonly isIfExists: boolean;
}

export interface AlterTable extends Node {
  readonly kind: "alterTable";
  readonly name: TableName;
  readonly isIfExists: boolean;
  readonly actions: readonly AlterAction[];
}

export type AlterAction = Node &
  (
    | { readonly kind: "addColumn"; readonly isIfNotExists: boolean; readonly column: ColumnDefinition }
    | { readonly kind: "setOptions"; readonly options: Options }
    | { readonly kind: "columnOptions"; readonly column: string; readonly options: Options }
    | { readonly kind: "dropNotNull"; readonly column: string }
  );

export type Dml = Insert | Update | Delete | Merge;
export type Ddl = CreateTable | CreateView | Drop | AlterTable;

export type StatementNode =
  | Query
  | Dml
  | Ddl
  | (Node & { readonly kind: "transaction"; readonly word: "BEGIN" | "COMMIT" | "ROLLBACK" });
