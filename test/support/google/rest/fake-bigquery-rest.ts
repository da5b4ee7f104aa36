import type { TableStore } from "../bigquery/table-store.ts";
import { Faults } from "../faults.ts";
import type { Address } from "../grpc/grpc-server.ts";
import { SqlEngine, type SqlLimits } from "../sql/run/sql-engine.ts";
import { datasetsApi } from "./datasets-api.ts";
import { HttpServer } from "./http-server.ts";
import { type Job, Jobs } from "./jobs.ts";
import { jobsApi } from "./jobs-api.ts";
import { tablesApi } from "./tables-api.ts";

/** BigQuery's REST API on this machine, over the tables of a store. */
export class FakeBigQueryRest {
  /** By the method's name in Google's reference, such as `tables.get`, and `jobs.run` when a job begins; `code` is an HTTP status. */
  readonly faults = new Faults();
  /** Rights that `tables.testIamPermissions` says the caller lacks; no call is refused for it. */
  readonly denied = new Set<string>();
  readonly #jobs = new Jobs();
  readonly #engine: SqlEngine;
  readonly #server: HttpServer;

  constructor({ store, limits }: { readonly store: TableStore; readonly limits?: SqlLimits }) {
    this.#engine = new SqlEngine(store, limits);
    const { faults } = this;
    const jobs = jobsApi({ engine: this.#engine, jobs: this.#jobs, faults });
    const routes = [...datasetsApi(store), ...tablesApi(store, this.denied), ...jobs];
    this.#server = new HttpServer(routes, this.faults);
  }

  /** Listens; `endpoint` is the client's `apiEndpoint`. */
  async start(port = 0): Promise<Address> {
    return this.#server.start(port);
  }

  /** Cuts all connections; jobs that were taken run to their end. */
  async stop(): Promise<void> {
    await this.#server.stop();
    await this.#engine.close();
  }

  /** All jobs that were taken, the failed ones too. */
  jobs(): readonly Job[] {
    return this.#jobs.all();
  }
}
