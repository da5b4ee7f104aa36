import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { HttpConfig } from "../config.ts";
import { httpExposure, refuseExposure } from "../exposure.ts";
import type { Troubles } from "../troubles.ts";
import type { StoreInfo, Warehouse } from "../warehouse/port.ts";
import { addDashboardRoutes } from "./dashboard-routes.ts";
import { healthOf } from "./health.ts";
import { listenErrorOf } from "./listen-error.ts";
import { Metrics } from "./metrics.ts";
import { addOperationsRoutes } from "./operations-routes.ts";
import { Readers } from "./readers.ts";
import { guardRequests } from "./request-guard.ts";
import type { Vitals } from "./vitals.ts";

const DRAIN_MS = 5000;
const RUNS_READ = 100;
/** As long as the warehouse waits at most between two tries, and a little. */
const RETRY_AFTER_S = 60;

export interface HttpServerParts {
  readonly config: HttpConfig;
  readonly stores: readonly StoreInfo[];
  readonly warehouse: Warehouse;
  readonly vitals: () => Vitals;
  readonly troubles: Troubles;
  readonly log: Log;
  readonly clock: Clock;
}

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

/** The server's routes without a socket; exported for tests. */
export function createApp(parts: HttpServerParts): FastifyInstance {
  const { config, stores, warehouse, vitals, troubles, log, clock } = parts;
  const readers = new Readers(config.readers, clock);
  const startedMs = clock.nowMs();
  const app = fastify(LIMITS);
  const metrics = new Metrics({ stores, warehouse, vitals, troubles, nowMs: () => clock.nowMs() });
  const health = async () =>
    healthOf({
      ...{ vitals: vitals(), troubles: troubles.list(), runs: await warehouse.runs(RUNS_READ) },
      ...{ nowMs: clock.nowMs(), startedMs },
    });
  guardRequests(app, { isOpen: config.readers.length === 0 });
  addErrorAnswers(app, log);
  addOperationsRoutes(app, { readers, metrics, health, log });
  addDashboardRoutes(app, { stores, warehouse, readers, clock });
  return app;
}

const LIMITS = {
  logger: false,
  bodyLimit: 1,
  connectionTimeout: 60_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 20_000,
  forceCloseConnections: "idle",
  routerOptions: { maxParamLength: 64 },
  http: { maxHeaderSize: 16_384 },
} as const;

function portOf(address: AddressInfo | string | null): number | undefined {
  return typeof address === "object" ? address?.port : undefined;
}

/** The machine's trouble, such as a warehouse that cannot be opened: over without anybody's doing here. */
function isForAWhile(error: unknown): boolean {
  return error instanceof AppError && error.fault === "environment";
}

function sayDown(reply: FastifyReply): FastifyReply {
  reply.header("retry-after", String(RETRY_AFTER_S));
  const text = "The numbers cannot be read now; nothing that was counted is lost. Try again in a minute.\n";
  return reply.code(503).type("text/plain; charset=utf-8").send(text);
}

function addErrorAnswers(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((_, reply) => reply.code(404).type("text/plain; charset=utf-8").send("Not found.\n"));
  app.setErrorHandler((error, request, reply) => {
    log.error({ path: request.url.split("?")[0], reason: messageOf(error) }, "request failed");
    if (isForAWhile(error)) return sayDown(reply);
    return reply.code(500).type("text/plain; charset=utf-8").send("This did not work; the server's log says why.\n");
  });
}
