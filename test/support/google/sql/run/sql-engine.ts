import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { ApiError } from "../../bigquery/api-error.ts";
import type { Table } from "../../bigquery/table.ts";
import type { TableStore } from "../../bigquery/table-store.ts";
import type { Row } from "../../bigquery/values.ts";
import { fromDuck } from "../duck-values.ts";
import { parseScript } from "../parse/parse-script.ts";
import type { StatementNode } from "../parse/statements.ts";
import { Catalog, type Home } from "../resolve/catalog.ts";
import type { Params, QueryParameter } from "../resolve/params.ts";
import { invalidQuery } from "../sql-error.ts";
import { DmlQuota } from "./dml-quota.ts";
import { connected } from "./duckdb.ts";
import { Mirror } from "./mirror.ts";
import { type Plan, planned } from "./plan.ts";

export interface SqlJob extends Home {
  readonly sql: string;
  readonly parameters: readonly QueryParameter[] | undefined;
}

export interface SqlLimits {
  /** Statements of DML that one table takes in 10 s. */
  readonly dmlPer10s?: number;
}

/** Runs GoogleSQL over the tables of a store. */
export class SqlEngine {
  readonly store: TableStore;
  readonly #quota: DmlQuota;
  #session: Promise<Session> | undefined;
  #before: Promise<unknown> = Promise.resolve();

  constructor(store: TableStore, { dmlPer10s }: SqlLimits = {}) {
    this.store = store;
    this.#quota = new DmlQuota(store.clock, dmlPer10s);
  }

  /** The statements of a job; throws for what is no GoogleSQL that is known here. */
  parse({ sql }: SqlJob): readonly StatementNode[] {
    return parseScript(sql);
  }

  /** What a statement would do, for what the tables are now; throws as BigQuery does before it runs one. */
  plan(node: StatementNode, job: SqlJob, duckName: (table: Table) => string = () => "t"): Plan {
    return planned(node, { catalog: new Catalog(this.store, job), parameters: job.parameters, duckName });
  }

  /** Counts the job's statements of DML against what their tables take; what it returns is called when the job is done. */
  beginDml(nodes: readonly StatementNode[], job: SqlJob): () => void {
    const catalog = new Catalog(this.store, job);
    const ends: (() => void)[] = [];
    for (const node of nodes) {
      const table = "target" in node ? this.store.find(catalog.reference(node.target.parts, node.at)) : undefined;
      if (table) ends.push(this.#quota.begin(table, node.kind !== "insert"));
    }
    return () => {
      for (const end of ends) end();
    };
  }

  /** Runs `work` when all that came before is done, so that each job sees what the ones before it did. */
  async inTurn<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    const turn = this.#before.then(async () => {
      this.#session ??= connected().then((connection) => new Session(connection));
      return work(await this.#session);
    });
    this.#before = turn.catch(() => {});
    return turn;
  }

  /** Gives back what DuckDB holds; the next job begins anew. */
  async close(): Promise<void> {
    await this.#before;
    const session = await this.#session;
    this.#session = undefined;
    await session?.close();
  }
}

/** DuckDB, with the tables as they are. */
export class Session {
  readonly mirror: Mirror;
  readonly #connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
    this.mirror = new Mirror(connection);
  }

  async bringUpToDate(tables: Iterable<Table>): Promise<void> {
    for (const table of new Set(tables)) await this.mirror.bringUpToDate(table);
  }

  /** Rows in the store's form, by the names of the columns. */
  async rows(sql: string, params: Params, columns: Extract<Plan["work"], { readonly kind: "rows" }>["columns"]) {
    const all = await this.read(sql, params);
    return all.map(
      (row): Row =>
        Object.fromEntries(columns.map(({ name, type }, index) => [name, fromDuck(type, row[index] ?? null)])),
    );
  }

  /** Rows as DuckDB has them; what fails is the statement's error. */
  async read(sql: string, { values, types }: Params): Promise<readonly DuckDBValue[][]> {
    try {
      const prepared = await this.#connection.prepare(sql);
      for (let index = 1; index <= prepared.parameterCount; index++) {
        const name = prepared.parameterName(index);
        prepared.bindValue(index, values[name] ?? null, types[name]);
      }
      return await (await prepared.runAndReadAll()).getRows();
    } catch (error) {
      throw error instanceof ApiError ? error : invalidQuery(messageOf(error));
    }
  }

  async close(): Promise<void> {
    await this.mirror.drop();
    this.#connection.closeSync();
  }
}

/** DuckDB's words without the kind of error and the statement, which is not the caller's. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .replace(/^[\w ]+ Error: /, "")
      .split("\n\nLINE ")[0]
      ?.trim() ?? text
  );
}
