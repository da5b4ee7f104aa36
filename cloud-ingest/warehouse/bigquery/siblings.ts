import type { BigQueryClient } from "./big-query-client.ts";
import { makeSibling, siblingTables } from "./migration.ts";

/** Older tables such as `counts_1990s`: made when the first row for them comes. */
export class Siblings {
  readonly #client: BigQueryClient;
  readonly #known = new Set<string>();

  constructor(client: BigQueryClient) {
    this.#client = client;
  }

  /** Makes sure that the table is there and that its view shows it. */
  async need(name: string): Promise<void> {
    if (this.#known.has(name)) return;
    if (!(await siblingTables(this.#client)).includes(name)) await makeSibling(this.#client, name);
    this.#known.add(name);
  }
}
