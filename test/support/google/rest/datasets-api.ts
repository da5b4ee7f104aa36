import type { Dataset, DatasetReference, TableStore } from "../bigquery/table-store.ts";
import { type Call, jsonOf, named, pageOf, type Route, StatusReply } from "./call.ts";
import { etagOf } from "./etag.ts";

const ALL = "/projects/{projectId}/datasets";
const ONE = `${ALL}/{datasetId}`;

/** datasets.insert, get, list and delete. */
export function datasetsApi(store: TableStore): readonly Route[] {
  return [
    { name: "datasets.insert", method: "POST", path: ALL, handle: (call) => insert(store, call) },
    { name: "datasets.list", method: "GET", path: ALL, handle: (call) => list(store, call) },
    { name: "datasets.get", method: "GET", path: ONE, handle: (call) => resource(store.dataset(referenceOf(call))) },
    {
      name: "datasets.delete",
      method: "DELETE",
      path: ONE,
      handle: (call) => {
        store.deleteDataset(referenceOf(call), { withTables: call.query.get("deleteContents") === "true" });
        return new StatusReply(204);
      },
    },
  ];
}

function insert(store: TableStore, call: Call): object {
  const wished = jsonOf<Dataset>(call.body);
  const { datasetId } = wished.datasetReference;
  const datasetReference = { projectId: named(call, "projectId"), datasetId };
  return resource(store.createDataset({ location: "US", ...wished, datasetReference }));
}

function list(store: TableStore, call: Call): object {
  const { items, next } = pageOf(store.datasets(named(call, "projectId")), call.query);
  return { kind: "bigquery#datasetList", datasets: items.map(resource), ...(next && { nextPageToken: next }) };
}

function referenceOf(call: Call): DatasetReference {
  return { projectId: named(call, "projectId"), datasetId: named(call, "datasetId") };
}

function resource(dataset: Dataset): object {
  const { projectId, datasetId } = dataset.datasetReference;
  return { kind: "bigquery#dataset", etag: etagOf(dataset), id: `${projectId}:${datasetId}`, ...dataset };
}
