import type { Duplex } from "node:stream";

/**
 * Connections of which nobody knows yet whose they are. The oldest goes when there are too many: a device says who it is within a round
 * trip, and whoever floods the port with connections that say nothing pushes out his own.
 */
export class Pending {
  readonly #max: number;
  readonly #connections = new Set<Duplex>();

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#connections.size;
  }

  /** A new connection; returns the one that must go for it, if any. */
  add(connection: Duplex): Duplex | undefined {
    this.#connections.add(connection);
    const [oldest] = this.#connections;
    return this.#connections.size > this.#max ? oldest : undefined;
  }

  /** The connection's device is known, or it is gone. */
  delete(connection: Duplex): void {
    this.#connections.delete(connection);
  }
}
