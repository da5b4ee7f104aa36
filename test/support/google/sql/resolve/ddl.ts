import type { Field } from "../../bigquery/schema.ts";
import type { TableReference } from "../../bigquery/table.ts";
import type { TableSettings } from "../../bigquery/table-settings.ts";
import type { TableStore } from "../../bigquery/table-store.ts";
import type { Query } from "../parse/ast.ts";
import type { AlterTable, CreateTable, CreateView, Ddl, Drop } from "../parse/statements.ts";
import { invalidQuery } from "../sql-error.ts";
import { altered } from "./alter-table.ts";
import type { Catalog } from "./catalog.ts";
import { columnsOf, partitioningOf, tableOptions } from "./ddl-settings.ts";

/** What a statement of DDL comes to when it is run. */
export interface DdlChange {
  readonly target: TableReference;
  /** Returns what was done, such as CREATE or SKIP. */
  readonly run: () => string;
}

/** Translates a statement of DDL; `describe` gives the columns of a view's query. */
export function ddlOf(catalog: Catalog, ddl: Ddl, describe: (query: Query) => readonly Field[]): DdlChange {
  const target = catalog.reference(ddl.name.parts, ddl.name.at);
  catalog.dataset(target);
  const { store } = catalog;
  switch (ddl.kind) {
    case "createTable":
      return { target, run: () => create(store, target, { ...ddl, settings: tableSettings(ddl) }) };
    case "createView": {
      const settings = viewSettings(ddl, describe(ddl.query));
      return { target, run: () => create(store, target, { ...ddl, settings }) };
    }
    case "drop":
      return { target, run: () => drop(store, target, ddl) };
    case "alterTable":
      return { target, run: () => alter(store, target, ddl) };
  }
}

interface Creation {
  readonly settings: TableSettings;
  readonly isIfNotExists: boolean;
  readonly isReplace: boolean;
}

function create(store: TableStore, target: TableReference, { settings, isIfNotExists, isReplace }: Creation): string {
  const found = store.find(target);
  if (found && isIfNotExists) return "SKIP";
  if (found && isReplace) store.deleteTable(target);
  store.createTable(target, settings);
  return found ? "REPLACE" : "CREATE";
}

function drop(store: TableStore, target: TableReference, { what, isIfExists, at }: Drop): string {
  const found = store.find(target);
  if (!found && isIfExists) return "SKIP";
  const isView = store.table(target).settings.view !== undefined;
  if (isView !== (what === "VIEW")) throw invalidQuery(`${target.tableId} is not a ${what.toLowerCase()}`, at);
  store.deleteTable(target);
  return "DROP";
}

function alter(store: TableStore, target: TableReference, ddl: AlterTable): string {
  const found = store.find(target);
  if (!found && ddl.isIfExists) return "SKIP";
  const table = store.table(target);
  if (table.settings.view) throw invalidQuery(`ALTER TABLE on view ${target.tableId}`, ddl.at);
  table.update(ddl.actions.reduce(altered, table.settings));
  return "ALTER";
}

function tableSettings(ddl: CreateTable): TableSettings {
  const schema = { fields: columnsOf(ddl.columns) };
  const partitioning = ddl.partitionBy && partitioningOf(ddl.partitionBy, schema.fields);
  const base: TableSettings = {
    schema,
    ...(partitioning && { timePartitioning: partitioning }),
    ...(ddl.clusterBy.length > 0 && { clustering: { fields: ddl.clusterBy } }),
  };
  return tableOptions(base, ddl.options);
}

function viewSettings({ options, text }: CreateView, fields: readonly Field[]): TableSettings {
  return tableOptions({ schema: { fields }, view: { query: text, useLegacySql: false } }, options);
}
