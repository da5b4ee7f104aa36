import type { Field } from "../../bigquery/schema.ts";
import { normalizedFields } from "../../bigquery/schema.ts";
import type { Table, TableReference } from "../../bigquery/table.ts";
import type { TableStore } from "../../bigquery/table-store.ts";
import type { Query } from "../parse/ast.ts";
import { parseQuery } from "../parse/parse-script.ts";
import type { StatementNode } from "../parse/statements.ts";
import { Catalog } from "../resolve/catalog.ts";
import type { Relation, RelationColumn } from "../resolve/context.ts";
import { type DdlChange, ddlOf } from "../resolve/ddl.ts";
import { changeOf, type TableChange } from "../resolve/dml.ts";
import { mergeOf } from "../resolve/merge.ts";
import { Params, type QueryParameter } from "../resolve/params.ts";
import { Scope } from "../resolve/scope.ts";
import { StatementResolver } from "../resolve/statement-resolver.ts";
import { invalidQuery } from "../sql-error.ts";
import { fieldOf, type SqlType } from "../types.ts";
import { checkBounds, type TableUsage, usageOf } from "./usage.ts";

/** What a statement is to do. */
export type Work =
  | { readonly kind: "rows"; readonly sql: string; readonly columns: readonly OutputColumn[] }
  | { readonly kind: "change"; readonly change: TableChange }
  | { readonly kind: "ddl"; readonly change: DdlChange }
  | { readonly kind: "transaction"; readonly word: "BEGIN" | "COMMIT" | "ROLLBACK" };

export interface OutputColumn {
  readonly name: string;
  readonly type: SqlType;
}

export interface Plan {
  readonly statementType: string;
  readonly work: Work;
  readonly params: Params;
  readonly usage: readonly TableUsage[];
  /** All tables that the statement reads or writes. */
  readonly tables: readonly TableReference[];
  /** Of the rows that it answers. */
  readonly fields: readonly Field[];
}

export interface PlanOptions {
  readonly catalog: Catalog;
  readonly parameters: readonly QueryParameter[] | undefined;
  readonly duckName: (table: Table) => string;
}

const TYPES: Readonly<Record<StatementNode["kind"], string>> = {
  query: "SELECT",
  insert: "INSERT",
  update: "UPDATE",
  delete: "DELETE",
  merge: "MERGE",
  createTable: "CREATE_TABLE",
  createView: "CREATE_VIEW",
  drop: "DROP_TABLE",
  alterTable: "ALTER_TABLE",
  transaction: "TRANSACTION",
};

/** Translates a statement; throws as BigQuery does before it runs one. */
export function planned(node: StatementNode, { catalog, parameters, duckName }: PlanOptions): Plan {
  const params = new Params(parameters);
  const nowMicros = BigInt(Math.round(catalog.store.clock.nowMs() * 1000));
  const statement = new StatementResolver({ catalog, params, nowMicros, duckName });
  const work = workOf(node, statement);
  checkBounds(statement.scans);
  const changed = work.kind === "change" ? work.change : undefined;
  const usage = usageOf(
    statement.scans,
    changed?.steps.some(({ kind }) => kind !== "insert") ? changed.target : undefined,
  );
  const written = changed ? [changed.table.reference] : work.kind === "ddl" ? [work.change.target] : [];
  const tables = [...usage.map(({ table }) => table.reference), ...written];
  return { statementType: typeOf(node), work, params, usage, tables, fields: fieldsOf(work) };
}

function typeOf(node: StatementNode): string {
  if (node.kind === "drop") return `DROP_${node.what}`;
  return node.kind === "transaction" ? `${node.word}_TRANSACTION` : TYPES[node.kind];
}

/** The columns of a query, such as a view's, that the tables of the catalog are there for. */
export function outputFields(query: Query, catalog: Catalog): readonly Field[] {
  const statement = new StatementResolver({ catalog, params: new Params(), nowMicros: 0n, duckName: () => "t" });
  return fieldsOf(rowsOf(statement.query(query, new Scope([]))));
}

/** The columns of a view by its text. */
export function viewFields(store: TableStore, projectId: string, sql: string): readonly Field[] {
  return outputFields(parseQuery(sql), new Catalog(store, { projectId }));
}

function workOf(node: StatementNode, statement: StatementResolver): Work {
  if (node.kind === "query") return rowsOf(statement.query(node, new Scope([])));
  if (node.kind === "merge") return { kind: "change", change: mergeOf(statement, node) };
  if (node.kind === "insert" || node.kind === "update" || node.kind === "delete") {
    return { kind: "change", change: changeOf(statement, node) };
  }
  if (node.kind === "transaction") return { kind: "transaction", word: node.word };
  const describe = (query: Query) => outputFields(query, statement.catalog.ofView(statement.catalog.projectId));
  return { kind: "ddl", change: ddlOf(statement.catalog, node, describe) };
}

function rowsOf({ sql, columns }: Relation): Extract<Work, { readonly kind: "rows" }> {
  for (const column of columns) column.use();
  return { kind: "rows", sql, columns: namedColumns(columns) };
}

/** Those without a name are called f0_, f1_ and so on. */
function namedColumns(columns: readonly RelationColumn[]): readonly OutputColumn[] {
  let unnamed = 0;
  const named = columns.map(({ name, type }) => ({ type, name: name ?? `f${unnamed++}_` }));
  const names = named.map(({ name }) => name.toLowerCase());
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) {
    throw invalidQuery(
      `Duplicate column names in the result are not supported. Found duplicate(s): ${twice.join(", ")}`,
    );
  }
  return named;
}

function fieldsOf(work: Work): readonly Field[] {
  return work.kind === "rows" ? normalizedFields(work.columns.map(({ name, type }) => fieldOf(name, type))) : [];
}
