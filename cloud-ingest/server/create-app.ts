import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { HttpConfig } from "../config.ts";
import type { JobStats } from "../jobs/job-stats.ts";
import type { Premises } from "../report/occupancy/premises.ts";
import type { RowIntake } from "../rows/intake.ts";
import type { Troubles } from "../troubles.ts";
import type { StoreInfo, Warehouse } from "../warehouse/port.ts";
import { sendText } from "./answers.ts";
import { addDashboardRoutes } from "./dashboard-routes.ts";
import { goneSignal } from "./gone.ts";
import { healthOf } from "./health.ts";
import { LastChange } from "./last-change.ts";
import { createLimitedServer, SERVER_LIMITS, type ServerLimits } from "./limited-server.ts";
import { Metrics } from "./metrics.ts";
import { addOperationsPage, type OperationsBook } from "./operations-page-routes.ts";
import { addOperationsRoutes } from "./operations-routes.ts";
import { PageAnswers } from "./page-answer.ts";
import { Readers } from "./readers.ts";
import { guardRequests } from "./request-guard.ts";
import { addRowRoutes } from "./row-routes.ts";
import { Silence } from "./silence.ts";
import type { Vitals } from "./vitals.ts";

export interface HttpServerParts {
  readonly config: HttpConfig;
  readonly stores: readonly StoreInfo[];
  readonly warehouse: Warehouse;
  readonly vitals: () => Vitals;
  /** Left out where no jobs run. */
  readonly jobs?: (() => JobStats) | undefined;
  /** False where only health and metrics are served; default true. */
  readonly hasDashboards?: boolean;
  /** Left out: no page for operations. */
  readonly operations?: OperationsBook | undefined;
  /** Takes in rows that no device sent; left out: none are taken. */
  readonly rows?: Pick<RowIntake, "add"> | undefined;
  /** What is known of a shop beside its counts; left out: nothing. */
  readonly premises?: ((store: StoreInfo) => Promise<Premises>) | undefined;
  readonly troubles: Troubles;
  readonly log: Log;
  readonly clock: Clock;
  /** Other ones than `SERVER_LIMITS`. */
  readonly limits?: Partial<ServerLimits>;
}

/** The server's routes, not listening yet. While it is ready it looks by itself at what `/healthz` and `/metrics` tell. */
export function createApp(parts: HttpServerParts): FastifyInstance {
  const { config, warehouse, vitals, jobs, troubles, log, clock, hasDashboards = true } = parts;
  const readers = new Readers(config.readers, clock);
  const lastStored = new LastChange(clock, () => vitals().lastStoredAt);
  const silence = new Silence(parts);
  const metrics = new Metrics({ vitals, jobs, troubles, silence, lastStored });
  const health = () =>
    healthOf({ vitals: vitals(), jobs: jobs?.(), troubles: troubles.list(), ingestAgeS: lastStored.ageS() });
  const app = fastify(optionsOf(parts));
  guardRequests(app, { isOpen: config.readers.length === 0 });
  app.setNotFoundHandler((_, reply) => sendText(reply, 404, "Not found."));
  app.setErrorHandler((error, request, reply) => sendFault(error, { request, reply, log }));
  addOperationsRoutes(app, { readers, metrics, health });
  const { stores, premises } = parts;
  const pages = new PageAnswers();
  const hasOperations = parts.operations !== undefined;
  if (hasDashboards)
    addDashboardRoutes(app, { stores, warehouse, readers, clock, log, premises, pages, hasOperations });
  // Turns of its own: a fleet that is long in coming keeps no store's page waiting.
  if (hasDashboards && parts.operations)
    addOperationsPage(app, { readers, pages: new PageAnswers(), clock, book: parts.operations });
  if (hasDashboards && parts.rows) addRowRoutes(app, { readers, rows: parts.rows });
  watch(app, [
    { everyMs: INGEST_LOOK_MS, look: () => void lastStored.ageS() },
    ...(hasDashboards ? [{ everyMs: SILENCE_LOOK_MS, look: () => silence.look() }] : []),
  ]);
  return app;
}

/** An age is exact to this much where nobody asks for it. */
const INGEST_LOOK_MS = 1000;
/** How soon it is known that the warehouse can be read again. */
const SILENCE_LOOK_MS = 2_000;
/** As long as the warehouse waits at most between two tries, and a little. */
const RETRY_AFTER_S = 60;

function optionsOf({ config, limits }: HttpServerParts) {
  const { trustProxy } = config;
  const isBehindProxy = trustProxy.length > 0;
  // There every connection has the proxy's address.
  const total = limits?.total ?? SERVER_LIMITS.total;
  // Elsewhere no address may have all of them.
  const perAddress = isBehindProxy ? total : Math.min(SERVER_LIMITS.perAddress, Math.ceil(total / 2));
  return {
    logger: false,
    trustProxy: isBehindProxy ? trustProxy : false,
    bodyLimit: 1,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 64 },
    serverFactory: (handler: Parameters<typeof createLimitedServer>[0]) =>
      createLimitedServer(handler, { ...SERVER_LIMITS, perAddress, ...limits }),
    // The limited server answers on the socket itself, for each address that it listens on.
    clientErrorHandler: () => {},
    frameworkErrors: (error: FastifyError, _: FastifyRequest, reply: FastifyReply) =>
      void sendText(reply, error.statusCode ?? 400, "This address cannot be read."),
  } as const;
}

interface Failed {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly log: Log;
}

/** What fastify itself refuses: a body that is too long, or of a kind that nobody reads. */
function refusedBody(error: unknown): number | undefined {
  const { code, statusCode } = error as Partial<FastifyError>;
  return code?.startsWith("FST_ERR_CTP_") ? statusCode : undefined;
}

function sendFault(error: unknown, { request, reply, log }: Failed): FastifyReply {
  const refused = refusedBody(error);
  if (refused !== undefined) return sendText(reply, refused, "What this address reads is shorter, or of another kind.");
  if (!goneSignal(request).aborted)
    log.error({ path: request.url.split("?")[0], reason: messageOf(error) }, "request failed");
  if (!isForAWhile(error)) return sendText(reply, 500, "This did not work; the server's log says why.");
  reply.header("retry-after", String(RETRY_AFTER_S));
  return sendText(
    reply,
    503,
    "The numbers cannot be read now; nothing that was counted is lost. Try again in a minute.",
  );
}

/** The machine's trouble, such as a warehouse that cannot be opened: over without anybody's doing here. */
function isForAWhile(error: unknown): boolean {
  return error instanceof AppError && error.fault === "environment";
}

interface Watch {
  readonly everyMs: number;
  readonly look: () => void;
}

function watch(app: FastifyInstance, watches: readonly Watch[]): void {
  const timers: NodeJS.Timeout[] = [];
  app.addHook("onReady", async () => {
    for (const { look, everyMs } of watches) {
      look();
      timers.push(setInterval(look, everyMs).unref());
    }
  });
  app.addHook("onClose", async () => timers.forEach(clearInterval));
}
