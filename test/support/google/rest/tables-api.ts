import { ApiError } from "../bigquery/api-error.ts";
import type { Table, TableReference } from "../bigquery/table.ts";
import type { TableSettings } from "../bigquery/table-settings.ts";
import { type TableStore, tableKey } from "../bigquery/table-store.ts";
import { type Call, jsonOf, named, pageOf, type Route, StatusReply } from "./call.ts";
import { cellsOf } from "./cells.ts";
import { etagOf } from "./etag.ts";
import { viewSettings } from "./view-settings.ts";

const ALL = "/projects/{projectId}/datasets/{datasetId}/tables";
const ONE = `${ALL}/{tableId}`;

/** tables.insert, get, patch, update, delete, list and testIamPermissions, and tabledata.list. */
export function tablesApi(store: TableStore, denied: ReadonlySet<string>): readonly Route[] {
  const table = (call: Call) => store.table(referenceOf(call));
  return [
    { name: "tables.insert", method: "POST", path: ALL, handle: (call) => insert(store, call) },
    { name: "tables.list", method: "GET", path: ALL, handle: (call) => list(store, call) },
    { name: "tables.get", method: "GET", path: ONE, handle: (call) => tableResource(table(call)) },
    { name: "tables.patch", method: "PATCH", path: ONE, handle: (call) => change(store, call, patched) },
    {
      name: "tables.update",
      method: "PUT",
      path: ONE,
      handle: (call) => change(store, call, (_, wished) => wished),
    },
    {
      name: "tables.delete",
      method: "DELETE",
      path: ONE,
      handle: (call) => {
        store.deleteTable(referenceOf(call));
        return new StatusReply(204);
      },
    },
    {
      name: "tables.testIamPermissions",
      method: "POST",
      path: `${ONE}:testIamPermissions`,
      handle: (call) => {
        table(call);
        const { permissions } = jsonOf<{ readonly permissions: readonly string[] }>(call.body);
        return { permissions: permissions.filter((one) => !denied.has(one)) };
      },
    },
    { name: "tabledata.list", method: "GET", path: `${ONE}/data`, handle: (call) => data(table(call), call) },
  ];
}

/** The table as tables.get answers. */
export function tableResource(table: Table): object {
  const { reference, settings, createdAtMs, rows, bytes, version } = table;
  return {
    kind: "bigquery#table",
    etag: etagOf([tableKey(reference), createdAtMs, version, settings]),
    id: tableKey(reference),
    type: settings.view ? "VIEW" : "TABLE",
    creationTime: String(createdAtMs),
    numRows: String(rows.length),
    numBytes: String(bytes),
    ...settings,
    tableReference: reference,
  };
}

function insert(store: TableStore, call: Call): object {
  const wished = jsonOf<TableSettings & { readonly tableReference?: { readonly tableId?: string } }>(call.body);
  const reference = { ...referenceOf(call), tableId: wished.tableReference?.tableId ?? "" };
  return tableResource(store.createTable(reference, viewSettings(store, reference.projectId, wished)));
}

function list(store: TableStore, call: Call): object {
  const dataset = { projectId: named(call, "projectId"), datasetId: named(call, "datasetId") };
  store.dataset(dataset);
  const all = store.tables(dataset);
  const { items, next } = pageOf(all, call.query);
  const tables = items.map(tableResource);
  return { kind: "bigquery#tableList", tables, totalItems: all.length, ...(next && { nextPageToken: next }) };
}

type Settings = TableSettings & Readonly<Record<string, unknown>>;

function change(store: TableStore, call: Call, next: (before: Settings, wished: Settings) => Settings): object {
  const table = store.table(referenceOf(call));
  const wanted = call.headers["if-match"];
  if (wanted && wanted !== "*" && !JSON.stringify(tableResource(table)).includes(JSON.stringify(wanted))) {
    throw new ApiError(412, "conditionNotMet", "Precondition check failed.");
  }
  const wished = next({ ...table.settings }, settingsIn(call.body));
  table.update(viewSettings(store, table.reference.projectId, wished));
  return tableResource(table);
}

/** What a client sends back of a table that it got is not all its to set. */
function settingsIn(body: Uint8Array): Settings {
  const {
    kind,
    etag,
    id,
    selfLink,
    type,
    creationTime,
    lastModifiedTime,
    numRows,
    numBytes,
    tableReference,
    ...wished
  } = jsonOf<Settings>(body);
  return wished;
}

/** As PATCH does: null takes a setting away, labels are merged, all else is replaced. */
function patched(before: Settings, wished: Settings): Settings {
  const labels = { ...before.labels, ...wished.labels };
  const all = { ...before, ...wished, ...(wished.labels && { labels: withoutNull(labels) }) };
  return withoutNull(all);
}

function withoutNull<Thing extends object>(thing: Thing): Thing {
  const copy = { ...thing };
  for (const [name, value] of Object.entries(copy)) if (value === null) Reflect.deleteProperty(copy, name);
  return copy;
}

function data(table: Table, call: Call): object {
  const { items, next } = pageOf(table.rows, call.query);
  const rows = items.map((row) => cellsOf(table.fields, row));
  return {
    kind: "bigquery#tableDataList",
    totalRows: String(table.rows.length),
    rows,
    ...(next && { pageToken: next }),
  };
}

function referenceOf(call: Call): TableReference {
  const [projectId, datasetId] = [named(call, "projectId"), named(call, "datasetId")];
  return { projectId, datasetId, tableId: call.path.tableId ? named(call, "tableId") : "" };
}
