import type { TableStore } from "../bigquery/table-store.ts";
import { Faults } from "../faults.ts";
import type { Address } from "../grpc/grpc-server.ts";
import { datasetsApi } from "./datasets-api.ts";
import { HttpServer } from "./http-server.ts";
import { type Job, Jobs } from "./jobs.ts";
import { jobsApi } from "./jobs-api.ts";
import { type RunQuery, runNothing } from "./query-job.ts";
import { tablesApi } from "./tables-api.ts";

/** BigQuery's REST API on this machine, over the tables of a store; `run` stands in for its engine. */
export class FakeBigQueryRest {
  /** By the method's name in Google's reference, such as `tables.get`; `code` is an HTTP status. */
  readonly faults = new Faults();
  readonly #jobs = new Jobs();
  readonly #server: HttpServer;

  constructor({ store, run = runNothing }: { readonly store: TableStore; readonly run?: RunQuery }) {
    const routes = [...datasetsApi(store), ...tablesApi(store), ...jobsApi({ store, jobs: this.#jobs, run })];
    this.#server = new HttpServer(routes, this.faults);
  }

  /** Listens; `endpoint` is the client's `apiEndpoint`. */
  async start(port = 0): Promise<Address> {
    return this.#server.start(port);
  }

  /** Cuts all connections. */
  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** All jobs that were taken, the failed ones too. */
  jobs(): readonly Job[] {
    return this.#jobs.all();
  }
}
