import type { BigQueryClient } from "./big-query-client.ts";
import { makeSibling } from "./migration.ts";

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
    await makeSibling(this.#client, name);
    this.#known.add(name);
  }

  /** Somebody may have deleted it: the next who needs it looks again. */
  forget(name: string): void {
    this.#known.delete(name);
  }
}
