import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { httpExposure, refuseExposure } from "../exposure.ts";
import { createApp, type HttpServerParts } from "./create-app.ts";
import { listenErrorOf } from "./listen-error.ts";

const DRAIN_MS = 5000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Dashboards, CSV, health and metrics over HTTP. */
export class HttpServer {
  /** Where it listens, once it does; fails with what `run` fails with. */
  readonly ready: Promise<Address>;
  readonly #parts: HttpServerParts;
  #settle: { readonly resolve: (address: Address) => void; readonly reject: (error: unknown) => void };

  constructor(parts: HttpServerParts) {
    this.#parts = parts;
    this.#settle = { resolve: () => {}, reject: () => {} };
    this.ready = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ready.catch(() => {});
  }

  /** Listens until the signal aborts, then lets running answers finish for five seconds. */
  async run(signal: AbortSignal): Promise<void> {
    const app = await this.#listen();
    if (!signal.aborted) await once(signal, "abort");
    const deadline = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
    await app.close();
    clearTimeout(deadline);
  }

  async #listen(): Promise<FastifyInstance> {
    const { config, log } = this.#parts;
    try {
      refuseExposure("http.host", httpExposure(config));
      const app = createApp(this.#parts);
      await app.listen({ host: config.host, port: config.port });
      const port = portOf(app.server.address()) ?? config.port;
      log.info({ host: config.host, port }, "http server listens");
      this.#settle.resolve({ host: config.host, port });
      return app;
    } catch (error) {
      const reason = listenErrorOf(error, config);
      this.#settle.reject(reason);
      throw reason;
    }
  }
}

function portOf(address: AddressInfo | string | null): number | undefined {
  return typeof address === "object" ? address?.port : undefined;
}
