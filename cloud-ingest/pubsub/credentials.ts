import type { PubSub } from "@google-cloud/pubsub";

/**
 * Asks for credentials before the client does: it keeps a failure for good, and one of its publisher's ends the process. Asked
 * again after a failure it looks again.
 */
export class Credentials {
  readonly #client: PubSub;
  #found: Promise<unknown> | undefined;

  constructor(client: PubSub) {
    this.#client = client;
  }

  /** Resolves when there are some, or none are needed. */
  async found(): Promise<void> {
    if (this.#client.isEmulator) return;
    this.#found ??= this.#client.auth.getClient();
    try {
      await this.#found;
    } catch (error) {
      this.#found = undefined;
      throw error;
    }
  }
}
