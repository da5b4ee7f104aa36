import { ApiError, notFound } from "../../bigquery/api-error.ts";
import type { Table, TableReference } from "../../bigquery/table.ts";
import { type TableStore, tableKey } from "../../bigquery/table-store.ts";
import { invalidQuery, type Place } from "../sql-error.ts";

/** The project and dataset that a statement runs in. */
export interface Home {
  readonly projectId: string;
  readonly defaultDataset?: { readonly datasetId: string; readonly projectId?: string } | undefined;
}

/** Finds tables by the names that stand in statements. */
export class Catalog {
  readonly store: TableStore;
  readonly #home: Home;

  constructor(store: TableStore, home: Home) {
    this.store = store;
    this.#home = home;
  }

  get projectId(): string {
    return this.#home.projectId;
  }

  /** The same, for the text of a view, which has no default dataset. */
  ofView(projectId: string): Catalog {
    return new Catalog(this.store, { projectId });
  }

  /** What the name means; throws for one without a dataset where there is no default. */
  reference(parts: readonly string[], at?: Place): TableReference {
    const [tableId = "", datasetId, projectId, ...more] = [...parts].reverse();
    if (more.length > 0) throw invalidQuery(`Invalid table name: ${parts.join(".")}`, at);
    const home = this.#home.defaultDataset;
    if (datasetId !== undefined) return { projectId: projectId ?? this.projectId, datasetId, tableId };
    if (!home) throw invalidQuery(`Table "${tableId}" must be qualified with a dataset (e.g. dataset.table)`, at);
    return { projectId: home.projectId ?? this.projectId, datasetId: home.datasetId, tableId };
  }

  table(parts: readonly string[], at: Place): Table {
    const reference = this.reference(parts, at);
    const table = this.store.find(reference);
    if (table) return table;
    const { location } = this.dataset(reference);
    throw notFound(`Table ${tableKey(reference)} was not found in location ${location ?? "US"}`);
  }

  dataset({ projectId, datasetId }: Omit<TableReference, "tableId">) {
    try {
      return this.store.dataset({ projectId, datasetId });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw notFound(`Dataset ${projectId}:${datasetId} was not found`);
    }
  }
}
