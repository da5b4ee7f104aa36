import type { FastifyInstance } from "fastify";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { HealthReport } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import type { Readers, Visitor } from "./readers.ts";
import { visitorOf } from "./request-guard.ts";

export interface OperationsParts {
  readonly readers: Readers;
  readonly metrics: Metrics;
  readonly health: () => Promise<HealthReport>;
  readonly log: Log;
}

/** `/healthz` for everybody (details for operators) and `/metrics` for readers without a tenant. */
export function addOperationsRoutes(app: FastifyInstance, parts: OperationsParts): void {
  const { readers, metrics } = parts;
  app.get("/healthz", async (request, reply) => {
    const report = await reportOf(parts);
    const admission = readers.admit(request.headers.authorization, request.ip);
    const body = typeof admission !== "string" && seesAll(admission) ? report : { status: report.status };
    return reply.code(report.status === "ok" ? 200 : 503).send(body);
  });
  app.get("/metrics", async (request, reply) => {
    const visitor = await visitorOf(readers, request, reply);
    if (!visitor) return reply;
    if (!seesAll(visitor)) return reply.code(404).type("text/plain; charset=utf-8").send("Not found.\n");
    return reply.type(metrics.contentType).send(await metrics.render());
  });
}

function seesAll(visitor: Visitor): boolean {
  return visitor.tenant === undefined;
}

async function reportOf({ health, log }: OperationsParts): Promise<HealthReport | { readonly status: "fault" }> {
  try {
    return await health();
  } catch (error) {
    log.error({ reason: messageOf(error) }, "health could not be read");
    return { status: "fault" };
  }
}
