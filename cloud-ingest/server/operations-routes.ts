import type { FastifyInstance } from "fastify";
import { isHead, sendHead, sendText } from "./answers.ts";
import { clientAddress } from "./client-address.ts";
import type { HealthReport } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import type { Readers, Visitor } from "./readers.ts";
import { visitorOf } from "./request-guard.ts";

export interface OperationsParts {
  readonly readers: Readers;
  readonly metrics: Metrics;
  readonly health: () => HealthReport;
}

/** `/healthz` for everybody (details for operators) and `/metrics` for readers without a tenant; both from memory. */
export function addOperationsRoutes(app: FastifyInstance, { readers, metrics, health }: OperationsParts): void {
  app.get("/healthz", async (request, reply) => {
    const report = health();
    const admission = readers.admit(request.headers.authorization, clientAddress(request));
    const body = typeof admission !== "string" && seesAll(admission) ? report : { status: report.status };
    return reply.code(report.status === "ok" ? 200 : 503).send(body);
  });
  app.get("/metrics", async (request, reply) => {
    const visitor = await visitorOf(readers, request, reply);
    if (!visitor) return reply;
    if (!seesAll(visitor)) return sendText(reply, 404, "Not found.");
    reply.type(metrics.contentType);
    return isHead(request) ? sendHead(reply) : reply.send(await metrics.render());
  });
}

function seesAll(visitor: Visitor): boolean {
  return visitor.tenant === undefined;
}
