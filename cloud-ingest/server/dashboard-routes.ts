import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { addDays, type DateRange } from "../calendar.ts";
import { renderIndexPage } from "../dashboards/page/index-page.ts";
import { renderQualityPage } from "../dashboards/page/quality-page.ts";
import { renderStorePage } from "../dashboards/page/store-page.ts";
import { loadFaultyViews } from "../report/camera-views.ts";
import { loadForecastView } from "../report/forecast/forecast-view.ts";
import { defaultRange, loadStoreReport } from "../report/load-store-report.ts";
import type { Premises } from "../report/occupancy/premises.ts";
import { qualityScoresOf } from "../report/quality-scores.ts";
import type { SignalStore } from "../warehouse/alert-port.ts";
import { cleanTraffic } from "../warehouse/clean-traffic.ts";
import type { StoreInfo } from "../warehouse/port.ts";
import { sendText } from "./answers.ts";
import { CsvAnswers, type CsvParts } from "./csv-answer.ts";
import { type PageAnswers, sendNotice } from "./page-answer.ts";
import { type Query, rangeOf, type Values, valuesOf } from "./query.ts";
import type { Readers, Visitor } from "./readers.ts";
import { visitorOf } from "./request-guard.ts";

export interface DashboardParts extends CsvParts {
  readonly warehouse: CsvParts["warehouse"] & Pick<SignalStore, "healthBetween">;
  readonly stores: readonly StoreInfo[];
  readonly readers: Readers;
  /** What is known of a shop beside its counts; left out: nothing. */
  readonly premises?: ((store: StoreInfo) => Promise<Premises>) | undefined;
  /** Of this server: they are made a few at once. */
  readonly pages: PageAnswers;
  /** There is a page for operations. */
  readonly hasOperations: boolean;
}

interface StoreRoute {
  readonly Params: { readonly tenant: string; readonly store: string };
  readonly Querystring: Query;
}

/** The index, the page of a store and its numbers; another tenant's store is not found. */
export function addDashboardRoutes(app: FastifyInstance, parts: DashboardParts): void {
  const { readers, stores } = parts;
  const { pages } = parts;
  const csv = new CsvAnswers(parts);
  app.get("/", async (request, reply) => {
    const visitor = await visitorOf(readers, request, reply);
    if (!visitor) return reply;
    const operations = parts.hasOperations && visitor.tenant === undefined ? "/operations" : undefined;
    const render = async () =>
      renderIndexPage(
        stores.filter((store) => maySee(visitor, store)),
        { operations },
      );
    return pages.send(reply, { request, visitor, render });
  });
  app.get<StoreRoute>("/stores/:tenant/:store", async (request, reply) => {
    const visit = await visitOf(parts, request, reply, noPage);
    if (!visit) return reply;
    const range = rangeOf(request.query);
    if (range && "message" in range) return sendNotice(reply, 400, range.message);
    const values = valuesOf(request.query);
    if (typeof values !== "string") return sendNotice(reply, 400, values.message);
    const render = (signal: AbortSignal) => storePage(parts, { store: visit.store, range, values, signal });
    return pages.send(reply, { request, visitor: visit.visitor, render });
  });
  app.get<StoreRoute>("/stores/:tenant/:store/", async (request, reply) => {
    const visit = await visitOf(parts, request, reply, noPage);
    return visit ? reply.redirect(addressOf(visit.store, request), 308) : reply;
  });
  app.get<StoreRoute>("/stores/:tenant/:store/quality", async (request, reply) => {
    const visit = await visitOf(parts, request, reply, noPage);
    if (!visit) return reply;
    const range = rangeOf(request.query);
    if (range && "message" in range) return sendNotice(reply, 400, range.message);
    const render = (signal: AbortSignal) => qualityPage(parts, { store: visit.store, range, signal });
    return pages.send(reply, { request, visitor: visit.visitor, render });
  });
  app.get<StoreRoute>("/stores/:tenant/:store/traffic.csv", async (request, reply) => {
    const visit = await visitOf(parts, request, reply, noText);
    return visit ? csv.send(reply, { request, ...visit }) : reply;
  });
  app.get<StoreRoute>("/stores/:tenant/:store/occupancy.csv", async (request, reply) => {
    const visit = await visitOf(parts, request, reply, noText);
    return visit ? csv.sendOccupancy(reply, { request, ...visit }) : reply;
  });
}

const noPage = (reply: FastifyReply) => sendNotice(reply, 404);
const noText = (reply: FastifyReply) => sendText(reply, 404, "Not found.");

/** Who asks, and the store that they ask for; undefined when that is answered already: by the login, or by `refuse`. */
async function visitOf(
  parts: DashboardParts,
  request: FastifyRequest<StoreRoute>,
  reply: FastifyReply,
  refuse: (reply: FastifyReply) => FastifyReply,
): Promise<{ readonly visitor: Visitor; readonly store: StoreInfo } | undefined> {
  const visitor = await visitorOf(parts.readers, request, reply);
  if (!visitor) return undefined;
  const store = findStore(parts, visitor, request.params);
  if (store) return { visitor, store };
  refuse(reply);
  return undefined;
}

/** A table of so many dates is still read. */
const SCORE_DAYS = 92;

async function qualityPage(
  { warehouse, clock }: DashboardParts,
  { store, range, signal }: Omit<PageWish, "values">,
): Promise<string> {
  const asked = range ?? defaultRange(store, new Date(clock.nowMs()));
  const shown = { from: [asked.from, addDays(asked.to, 1 - SCORE_DAYS)].sort().at(-1) ?? asked.from, to: asked.to };
  const rows = await warehouse.derived("quality_score", store, shown, { signal });
  const back = `/stores/${store.tenant}/${store.store}`;
  return renderQualityPage({ store, range: shown, scores: qualityScoresOf(rows, shown), back });
}

function maySee(visitor: Visitor, store: StoreInfo): boolean {
  return visitor.tenant === undefined || visitor.tenant === store.tenant;
}

function findStore({ stores }: DashboardParts, visitor: Visitor, wanted: StoreRoute["Params"]): StoreInfo | undefined {
  const found = stores.find(({ tenant, store }) => tenant === wanted.tenant && store === wanted.store);
  return found && maySee(visitor, found) ? found : undefined;
}

/** Made of names of ours: what the request calls itself, host and all, must not decide where a redirect leads. */
function addressOf({ tenant, store }: StoreInfo, { url }: FastifyRequest): string {
  const question = url.indexOf("?");
  return `/stores/${tenant}/${store}${question < 0 ? "" : url.slice(question)}`;
}

interface PageWish {
  readonly store: StoreInfo;
  readonly range: DateRange | undefined;
  readonly values: Values;
  readonly signal: AbortSignal;
}

async function storePage(parts: DashboardParts, { store, range, values, signal }: PageWish): Promise<string> {
  const now = new Date(parts.clock.nowMs());
  const { from, to } = range ?? defaultRange(store, now);
  const isRaw = values === "raw";
  const other = isRaw ? "" : "&values=raw";
  const own = isRaw ? "&values=raw" : "";
  const csv = `/stores/${store.tenant}/${store.store}/traffic.csv?from=${from}&to=${to}&span=hour${own}`;
  const warehouse = isRaw ? parts.warehouse : cleanTraffic(parts.warehouse);
  const premises = await parts.premises?.(store);
  const wish = { store, range: { from, to }, now, ...(premises && { premises }) };
  const report = await loadStoreReport(warehouse, wish, { signal });
  const forecast = await loadForecastView(parts.warehouse, { store, now }, { signal });
  const views = await loadFaultyViews(parts.warehouse, { store, now });
  const otherValues = { href: `?from=${from}&to=${to}${other}`, isRaw };
  const occupancyCsv = csv.replace("/traffic.csv?", "/occupancy.csv?").replace("&span=hour", "");
  const quality = `/stores/${store.tenant}/${store.store}/quality?from=${from}&to=${to}`;
  return renderStorePage(
    { ...report, forecast, views },
    { csv, occupancyCsv, quality, index: "/", hasPeriodForm: true, otherValues },
  );
}
