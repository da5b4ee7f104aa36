import { type Clock, systemClock } from "../../../../firmware-config/kit/clock.ts";
import { ApiError, duplicate, invalid, notFound } from "./api-error.ts";
import { Table, type TableReference } from "./table.ts";
import type { TableSettings } from "./table-settings.ts";
import type { Row } from "./values.ts";

export interface DatasetReference {
  readonly projectId: string;
  readonly datasetId: string;
}

/** A dataset; what the fake does not act on is echoed. */
export interface Dataset {
  readonly datasetReference: DatasetReference;
  readonly location?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const ID = /^\w{1,1024}$/;

/** Datasets, tables and rows, shared by the fakes of BigQuery's REST API and of its Storage Write API. */
export class TableStore {
  readonly clock: Clock;
  readonly #datasets = new Map<string, Dataset>();
  readonly #tables = new Map<string, Table>();

  constructor({ clock = systemClock }: { readonly clock?: Clock } = {}) {
    this.clock = clock;
  }

  createDataset(dataset: Dataset): Dataset {
    const key = datasetKey(dataset.datasetReference);
    if (!ID.test(dataset.datasetReference.datasetId)) throw invalid(`Invalid dataset ID "${key}"`);
    if (this.#datasets.has(key)) throw duplicate(`Dataset ${key}`);
    this.#datasets.set(key, dataset);
    return dataset;
  }

  dataset(reference: DatasetReference): Dataset {
    const dataset = this.#datasets.get(datasetKey(reference));
    if (!dataset) throw notFound(`Dataset ${datasetKey(reference)}`);
    return dataset;
  }

  datasets(projectId: string): readonly Dataset[] {
    return [...this.#datasets.values()].filter(({ datasetReference }) => datasetReference.projectId === projectId);
  }

  /** Throws for a dataset that has tables, unless they go too. */
  deleteDataset(reference: DatasetReference, { withTables = false } = {}): void {
    this.dataset(reference);
    const tables = this.tables(reference);
    if (tables.length > 0 && !withTables) {
      throw new ApiError(400, "resourceInUse", `Dataset ${datasetKey(reference)} is still in use`);
    }
    for (const table of tables) this.deleteTable(table.reference);
    this.#datasets.delete(datasetKey(reference));
  }

  createTable(reference: TableReference, settings: TableSettings): Table {
    this.dataset(reference);
    if (!/^[\p{L}\p{N}\p{M}_ -]{1,1024}$/u.test(reference.tableId))
      throw invalid(`Invalid table ID "${reference.tableId}"`);
    if (this.#tables.has(tableKey(reference))) throw duplicate(`Table ${tableKey(reference)}`);
    const table = new Table(reference, settings, this.clock);
    this.#tables.set(tableKey(reference), table);
    return table;
  }

  table(reference: TableReference): Table {
    const table = this.find(reference);
    if (!table) throw notFound(`Table ${tableKey(reference)}`);
    return table;
  }

  find(reference: TableReference): Table | undefined {
    return this.#tables.get(tableKey(reference));
  }

  tables(reference: DatasetReference): readonly Table[] {
    const of = [...this.#tables.values()].filter((table) => datasetKey(table.reference) === datasetKey(reference));
    return of.sort((a, b) => (a.reference.tableId < b.reference.tableId ? -1 : 1));
  }

  deleteTable(reference: TableReference): void {
    this.table(reference);
    this.#tables.delete(tableKey(reference));
  }

  /** The rows of `project.dataset.table`, in the order in which they came. */
  rows(name: string): readonly Row[] {
    return this.table(referenceOf(name)).rows;
  }
}

export function tableKey({ projectId, datasetId, tableId }: TableReference): string {
  return `${projectId}:${datasetId}.${tableId}`;
}

/** Of `project.dataset.table`, or of `dataset.table` in `projectId`. */
export function referenceOf(name: string, projectId = ""): TableReference {
  const [tableId = "", datasetId = "", project = projectId] = name.split(".").reverse();
  return { projectId: project, datasetId, tableId };
}

function datasetKey({ projectId, datasetId }: DatasetReference): string {
  return `${projectId}:${datasetId}`;
}
