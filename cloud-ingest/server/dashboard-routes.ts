import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { DateRange } from "../calendar.ts";
import { renderIndexPage } from "../dashboards/page/index-page.ts";
import { renderNoticePage } from "../dashboards/page/notice-page.ts";
import { contentPolicy } from "../dashboards/page/page-shell.ts";
import { renderStorePage } from "../dashboards/page/store-page.ts";
import { defaultRange, loadStoreReport } from "../report/load-store-report.ts";
import { trafficCsvParts } from "../report/traffic-csv.ts";
import type { StoreInfo, TrafficStore } from "../warehouse/port.ts";
import { type Query, rangeOf, type Span, spanOf } from "./query.ts";
import type { Readers, Visitor } from "./readers.ts";
import { visitorOf } from "./request-guard.ts";

export interface DashboardParts {
  readonly stores: readonly StoreInfo[];
  readonly warehouse: TrafficStore;
  readonly readers: Readers;
  readonly clock: Clock;
}

interface StoreRoute {
  readonly Params: { readonly tenant: string; readonly store: string };
  readonly Querystring: Query;
}

/** The index, the page of a store and its numbers; another tenant's store is not found. */
export function addDashboardRoutes(app: FastifyInstance, parts: DashboardParts): void {
  const { readers, stores } = parts;
  app.get("/", async (request, reply) => {
    const visitor = await visitorOf(readers, request, reply);
    return visitor ? sendPage(reply, renderIndexPage(stores.filter((store) => maySee(visitor, store)))) : reply;
  });
  app.get<StoreRoute>("/stores/:tenant/:store", async (request, reply) => {
    const visitor = await visitorOf(readers, request, reply);
    if (!visitor) return reply;
    const store = findStore(parts, visitor, request.params);
    if (store) return sendStorePage(reply, parts, { store, query: request.query });
    return sendPage(
      reply.code(404),
      renderNoticePage((l) => l.texts.notFound),
    );
  });
  app.get("/stores/:tenant/:store/", async (request, reply) =>
    reply.redirect(request.url.replace(/\/(?=$|\?)/, ""), 308),
  );
  app.get<StoreRoute>("/stores/:tenant/:store/traffic.csv", async (request, reply) => {
    const visitor = await visitorOf(readers, request, reply);
    if (!visitor) return reply;
    const store = findStore(parts, visitor, request.params);
    return store ? sendCsv(reply, parts, { store, query: request.query }) : notFound(reply);
  });
}

function maySee(visitor: Visitor, store: StoreInfo): boolean {
  return visitor.tenant === undefined || visitor.tenant === store.tenant;
}

function findStore({ stores }: DashboardParts, visitor: Visitor, wanted: StoreRoute["Params"]): StoreInfo | undefined {
  const found = stores.find(({ tenant, store }) => tenant === wanted.tenant && store === wanted.store);
  return found && maySee(visitor, found) ? found : undefined;
}

interface StoreRequest {
  readonly store: StoreInfo;
  readonly query: Query;
}

async function sendStorePage(
  reply: FastifyReply,
  { warehouse, clock }: DashboardParts,
  { store, query }: StoreRequest,
) {
  const wanted = rangeOf(query);
  if (wanted && "message" in wanted)
    return sendPage(
      reply.code(400),
      renderNoticePage(() => wanted.message),
    );
  const now = new Date(clock.nowMs());
  const range = wanted ?? defaultRange(store, now);
  const csv = `/stores/${store.tenant}/${store.store}/traffic.csv?from=${range.from}&to=${range.to}&span=hour`;
  const links = { csv, index: "/", hasPeriodForm: true };
  return sendPage(reply, renderStorePage(await loadStoreReport(warehouse, { store, range, now }), links));
}

async function sendCsv(reply: FastifyReply, { warehouse, clock }: DashboardParts, { store, query }: StoreRequest) {
  const wanted = rangeOf(query);
  if (wanted && "message" in wanted) return badQuery(reply, wanted.message);
  const span = spanOf(query);
  if (typeof span !== "string") return badQuery(reply, span.message);
  const now = new Date(clock.nowMs());
  const range = wanted ?? defaultRange(store, now);
  reply.type("text/csv; charset=utf-8");
  reply.header("content-disposition", `attachment; filename="${fileNameOf(store, range, span)}"`);
  return reply.send(Readable.from(trafficCsvParts(warehouse, store, { range, span, now })));
}

function fileNameOf({ tenant, store }: StoreInfo, { from, to }: DateRange, span: Span): string {
  return `${tenant}-${store}-${from}-${to}-${span}.csv`;
}

function sendPage(reply: FastifyReply, page: string): FastifyReply {
  reply.header("content-security-policy", `${contentPolicy()}; frame-ancestors 'none'`);
  return reply.type("text/html; charset=utf-8").send(page);
}

function badQuery(reply: FastifyReply, message: string): FastifyReply {
  return reply.code(400).type("text/plain; charset=utf-8").send(`${message}\n`);
}

function notFound(reply: FastifyReply): FastifyReply {
  return reply.code(404).type("text/plain; charset=utf-8").send("Not found.\n");
}
