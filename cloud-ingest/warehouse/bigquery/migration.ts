import type { Table } from "@google-cloud/bigquery";
import { AppError, codeOf } from "../../../firmware-config/kit/errors.ts";
import { type LogicalTable, PARTITIONINGS } from "../partitions/partitioning.ts";
import type { MigrationStep } from "../plan-warehouse.ts";
import type { BigQueryClient } from "./big-query-client.ts";
import type { BigQueryConfig } from "./bigquery-config.ts";
import { bigQueryError, isMissing } from "./bigquery-error.ts";
import { addColumns, createTable, createView, setOptions } from "./ddl.ts";
import { differenceOf, type Field, shapeOf, type TableShape } from "./shape.ts";
import { definitionOf, TABLES } from "./tables.ts";
import { viewOf, viewQuery } from "./views.ts";

/** HTTP's Conflict: another process made it meanwhile. */
const CONFLICT = 409;
/** HTTP's Precondition Failed: another process changed it since it was looked at. */
const CHANGED = 412;
const LOGICAL = Object.keys(PARTITIONINGS).filter(isLogical);

/** One thing that the dataset lacks. */
export interface DatasetStep extends MigrationStep {
  /** True when it is a table that is not there at all. */
  readonly makesTable: boolean;
}

/** What is in the dataset: each table or view by its name, as the API writes it. */
type Found = ReadonlyMap<
  string,
  Partial<TableShape> & { readonly etag?: string; readonly view?: { readonly query?: string } }
>;

/**
 * What the dataset lacks of what the contract asks for, tables before views; nothing when all is there. A column is only ever
 * added. Throws `AppError` when a table of that name has another shape, naming all that differs.
 */
export async function planMigration(client: BigQueryClient): Promise<readonly DatasetStep[]> {
  return stepsOf(client, await lookAround(client));
}

function stepsOf(client: BigQueryClient, found: Found): readonly DatasetStep[] {
  const names = [...TABLES.map(({ name }) => name), ...siblingsIn(found)];
  refuseConflicts(client, found, names);
  const siblings = new Map(LOGICAL.map((table) => [table, siblingsIn(found).filter((name) => isSibling(table, name))]));
  return [
    ...names.flatMap((name) => tableSteps(client, found, name)),
    ...LOGICAL.flatMap((table) => viewSteps(client, found, table, siblings.get(table) ?? [])),
  ];
}

/** What is said of a dataset that this process may not change. */
export function lacking({ dataset }: BigQueryConfig, steps: readonly DatasetStep[]): AppError {
  const names = [...new Set(steps.map(({ name }) => name))].join(", ");
  return new AppError(`Dataset ${dataset} lacks what this version needs: ${names}`, {
    code: "WAREHOUSE_REFUSED",
    hint: "Look at `kazoe warehouse plan`, then run `kazoe warehouse migrate`; or set warehouse.migrate to at-start.",
  });
}

/** Looks after so many changes whether they hold: another process may have written the view beside us, without our table. */
const MOST_LOOKS = 10;

/** Makes what the dataset lacks; looks again where another process changed it meanwhile. Throws `AppError`. */
export async function applyMigration(client: BigQueryClient): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look += 1) if (await applied(await planMigration(client))) return;
  throw contested(client.config);
}

/** Makes the older table of that name where it is missing, and lets the view show it. */
export async function makeSibling(client: BigQueryClient, name: string): Promise<void> {
  const view = viewOf(LOGICAL.find((table) => isSibling(table, name)) ?? "counts");
  let isDone = false;
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const found = await lookAround(client);
    const steps = found.has(name) ? stepsOf(client, found) : tableSteps(client, found, name);
    const ours = steps.filter((step) => step.name === name || step.name === view);
    if (found.has(name) && ours.length === 0) return;
    isDone = await applied(ours);
  }
  if (!isDone) throw contested(client.config);
}

/** False where another process has changed meanwhile what a step was to change: it and those after it are not done. */
async function applied(steps: readonly DatasetStep[]): Promise<boolean> {
  try {
    for (const step of steps) await step.apply();
    return true;
  } catch (error) {
    if (error instanceof AppError && isCode(error.cause, CHANGED)) return false;
    throw error;
  }
}

function contested({ dataset }: BigQueryConfig): AppError {
  return new AppError(`Dataset ${dataset} is changed again and again by somebody else`, {
    code: "WAREHOUSE_UNREACHABLE",
    hint: "It is tried again. Find out who changes views or tables of kazoe; of two versions, stop the older.",
    retryable: true,
  });
}

/** Older tables such as `counts_1990s`, ascending. */
export async function siblingTables(client: BigQueryClient): Promise<readonly string[]> {
  return siblingsIn(await lookAround(client));
}

async function lookAround(client: BigQueryClient): Promise<Found> {
  try {
    const [tables] = await client.client.dataset(client.config.dataset).getTables();
    const ours = tables.filter(({ id = "" }) => isOurs(id));
    const all = await Promise.all(
      ours.map(async (table) => {
        const metadata = await metadataOf(table);
        return metadata === undefined ? [] : [[table.id ?? "", metadata] as const];
      }),
    );
    return new Map(all.flat());
  } catch (error) {
    throw refusal(client, error);
  }
}

/** Undefined for a table that was deleted since it was listed. */
async function metadataOf(table: Table) {
  try {
    const [metadata] = await table.getMetadata();
    return metadata;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function isOurs(name: string): boolean {
  return (
    TABLES.some((table) => table.name === name) ||
    LOGICAL.some((table) => viewOf(table) === name || isSibling(table, name))
  );
}

const isSibling = (table: LogicalTable, name: string) =>
  name.startsWith(`${table}_`) && /^\d{4}s$/.test(name.slice(table.length + 1));

function siblingsIn(found: Found): readonly string[] {
  return [...found.keys()].filter((name) => LOGICAL.some((table) => isSibling(table, name))).sort();
}

/** What the table of that name, or its older sibling, must be. */
function wantedShape({ config }: BigQueryClient, name: string): TableShape {
  const logical = LOGICAL.find((table) => isSibling(table, name));
  return shapeOf(definitionOf(logical ?? name), config);
}

function refuseConflicts(client: BigQueryClient, found: Found, names: readonly string[]): void {
  const conflicts = names.flatMap((name) => {
    const table = found.get(name);
    const faults = table ? differenceOf(wantedShape(client, name), table).conflicts : [];
    return faults.map((fault) => `${name}: ${fault}`);
  });
  if (conflicts.length === 0) return;
  const { dataset, project } = client.config;
  throw new AppError(`Dataset ${dataset} of project ${project} has tables of another shape: ${conflicts.join("; ")}`, {
    code: "WAREHOUSE_REFUSED",
    hint: `Name a dataset of its own under "warehouse", or move these tables away; nothing in them was changed.`,
  });
}

function tableSteps(client: BigQueryClient, found: Found, name: string): readonly DatasetStep[] {
  const wanted = wantedShape(client, name);
  const table = found.get(name);
  if (!table) {
    const apply = () => make(client, name, wanted);
    return [{ name, ddl: createTable(name, wanted), makesTable: true, apply }];
  }
  const { missing, isSettings } = differenceOf(wanted, table);
  const fields: readonly Field[] = [...(table.schema?.fields ?? []), ...missing];
  const { schema: _, ...settings } = wanted;
  const step = (ddl: string, metadata: object): DatasetStep => {
    return { name, ddl, makesTable: false, apply: () => change(client, name, metadata) };
  };
  return [
    ...(missing.length > 0 ? [step(addColumns(name, missing), { schema: { fields }, etag: table.etag })] : []),
    ...(isSettings && !client.config.emulator ? [step(setOptions(name, wanted), settings)] : []),
  ];
}

function viewSteps(
  client: BigQueryClient,
  found: Found,
  table: LogicalTable,
  siblings: readonly string[],
): readonly DatasetStep[] {
  const name = viewOf(table);
  const query = viewQuery(client.config.dataset, table, siblings);
  const before = found.get(name);
  if (before?.view?.query === query) return [];
  const view = { query, useLegacySql: false };
  const apply = before ? () => change(client, name, { view, etag: before.etag }) : () => make(client, name, { view });
  return [{ name, ddl: createView(name, query), makesTable: false, apply }];
}

async function make(client: BigQueryClient, name: string, metadata: object): Promise<void> {
  try {
    await client.client.dataset(client.config.dataset).createTable(name, metadata);
  } catch (error) {
    if (isCode(error, CONFLICT)) return;
    throw refusal(client, error, name);
  }
}

/** With an `etag`: only while it is as it was looked at, or the change would take back that of another process. */
async function change(client: BigQueryClient, name: string, metadata: object): Promise<void> {
  try {
    await client.client.dataset(client.config.dataset).table(name).setMetadata(metadata);
  } catch (error) {
    throw refusal(client, error, name);
  }
}

function refusal({ config }: BigQueryClient, error: unknown, table?: string): AppError {
  const { dataset, project, location } = config;
  const place =
    table === undefined
      ? `dataset ${dataset} of project ${project}`
      : `table ${dataset}.${table} of project ${project}`;
  if (table === undefined && isMissing(error)) {
    return new AppError(`There is no dataset ${dataset} in project ${project}, or this account may not see it`, {
      code: "WAREHOUSE_REFUSED",
      hint: `Make it: bq --location=${location} mk -d ${project}:${dataset}; or name the right one under "warehouse".`,
      cause: error,
    });
  }
  return bigQueryError(error, { place, role: "roles/bigquery.dataEditor" });
}

const isCode = (error: unknown, code: number) => codeOf(error) === code;

function isLogical(name: string): name is LogicalTable {
  return name in PARTITIONINGS;
}
