import type { Role } from "../roles.ts";

/** What the driver of BigQuery calls on tables, views and the dataset, by the role of the process. */
const OF_TABLES: Readonly<Record<Role, readonly string[]>> = {
  broker: [],
  ingest: ["bigquery.tables.get", "bigquery.tables.getData", "bigquery.tables.updateData", "bigquery.tables.update"],
  jobs: ["bigquery.tables.get", "bigquery.tables.getData", "bigquery.tables.updateData", "bigquery.tables.update"],
  server: ["bigquery.tables.get", "bigquery.tables.getData"],
};

/** Roles that make tables: those of dates long ago whatever the configuration says, all others where it lets every start do so. */
const MAKERS: readonly Role[] = ["ingest", "jobs"];

/** On each table. */
export function tableRights(roles: ReadonlySet<Role>): readonly string[] {
  return [...new Set([...roles].flatMap((role) => OF_TABLES[role]))];
}

export const makesTables = (roles: ReadonlySet<Role>) => MAKERS.some((role) => roles.has(role));

export const usesWarehouse = (roles: ReadonlySet<Role>) => tableRights(roles).length > 0;

/** The part of the configuration that says whether the server takes rows, which it publishes like a broker. */
export interface RowTakers {
  readonly http?: { readonly readers: readonly { readonly writes?: readonly string[] }[] };
}

export const takesRows = ({ http }: RowTakers, roles: ReadonlySet<Role>) =>
  roles.has("server") && (http?.readers ?? []).some(({ writes = [] }) => writes.length > 0);

/** True where something is published to the topic. */
export const publishes = (config: RowTakers, roles: ReadonlySet<Role>) =>
  roles.has("broker") || takesRows(config, roles);

export const usesBus = (config: RowTakers, roles: ReadonlySet<Role>) => roles.has("ingest") || publishes(config, roles);

/** Google's role that has all of it, and no more than a part of it needs. */
export const datasetRole = (roles: ReadonlySet<Role>) =>
  makesTables(roles) ? "roles/bigquery.dataEditor" : "roles/bigquery.dataViewer";
