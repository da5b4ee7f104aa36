import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { DateRange } from "../calendar.ts";
import { defaultRange } from "../report/load-store-report.ts";
import { occupancyCsvParts } from "../report/occupancy/occupancy-csv.ts";
import { type Premises, UNKNOWN_PREMISES } from "../report/occupancy/premises.ts";
import { trafficCsvParts, unreadableText } from "../report/traffic-csv.ts";
import { cleanTraffic } from "../warehouse/clean-traffic.ts";
import type { DerivedStore } from "../warehouse/derived-port.ts";
import type { StoreInfo, TrafficSpan, TrafficStore } from "../warehouse/port.ts";
import { zoneOf } from "../zone/rules.ts";
import { isHead, sendBusy, sendHead, sendText } from "./answers.ts";
import { csvStream } from "./csv-stream.ts";
import { goneSignal } from "./gone.ts";
import { type Query, rangeOf, spanOf, type Values, valuesOf } from "./query.ts";
import type { Visitor } from "./readers.ts";
import { type Turn, type TurnLimits, Turns } from "./turns.ts";

/** In all many, because the export lane does one piece at a time anyway and a slow reader keeps its turn for long. */
const LIMITS: TurnLimits = { perReader: 2, total: 32, waitingPerReader: 4, waitMs: 5_000 };

export interface CsvParts {
  readonly warehouse: TrafficStore & Pick<DerivedStore, "derived" | "derivedOfStores">;
  readonly clock: Clock;
  readonly log: Log;
  readonly premises?: ((store: StoreInfo) => Promise<Premises>) | undefined;
}

export interface CsvRequest {
  readonly request: FastifyRequest<{ readonly Querystring: Query }>;
  readonly visitor: Visitor;
  readonly store: StoreInfo;
}

/** Answers with the numbers of a store, few at once of one reader. */
export class CsvAnswers {
  readonly #parts: CsvParts;
  readonly #turns = new Turns(LIMITS);

  constructor(parts: CsvParts) {
    this.#parts = parts;
  }

  async send(reply: FastifyReply, { request, visitor, store }: CsvRequest): Promise<FastifyReply> {
    const now = new Date(this.#parts.clock.nowMs());
    const range = rangeOf(request.query) ?? defaultRange(store, now);
    if ("message" in range) return sendText(reply, 400, range.message);
    const span = spanOf(request.query);
    if (typeof span !== "string") return sendText(reply, 400, span.message);
    const values = valuesOf(request.query);
    if (typeof values !== "string") return sendText(reply, 400, values.message);
    if (isHead(request)) return sendHead(csvHeaders(reply, { store, range, span, values }));
    const signal = goneSignal(request);
    const turn = await this.#turns.take(visitor.name, signal);
    if (typeof turn === "string") return sendBusy(reply, turn);
    const { warehouse, log } = this.#parts;
    const unreadable = span === "window" ? await this.#unreadable(store, range, turn) : [];
    if (unreadable.length > 0) return sendText(reply, 503, unreadableText(unreadable));
    const onError = (error: Error) => log.error({ path: "traffic.csv", reason: messageOf(error) }, "request failed");
    const counts = values === "raw" ? warehouse : cleanTraffic(warehouse);
    const rows = trafficCsvParts(counts, store, { range, span, signal });
    const stream = csvStream(rows, { response: reply.raw, signal, turn, onError });
    return csvHeaders(reply, { store, range, span, values }).send(stream);
  }

  /** People inside by hour; reads and limits are those of the counts. */
  async sendOccupancy(reply: FastifyReply, { request, visitor, store }: CsvRequest): Promise<FastifyReply> {
    const { warehouse, log, clock, premises: ask } = this.#parts;
    const range = rangeOf(request.query) ?? defaultRange(store, new Date(clock.nowMs()));
    if ("message" in range) return sendText(reply, 400, range.message);
    const values = valuesOf(request.query);
    if (typeof values !== "string") return sendText(reply, 400, values.message);
    const file = { store, range, span: "occupancy", values } as const;
    if (isHead(request)) return sendHead(csvHeaders(reply, file));
    const signal = goneSignal(request);
    const premises = (await ask?.(store)) ?? UNKNOWN_PREMISES;
    const turn = await this.#turns.take(visitor.name, signal);
    if (typeof turn === "string") return sendBusy(reply, turn);
    const onError = (error: Error) => log.error({ path: "occupancy.csv", reason: messageOf(error) }, "request failed");
    const nowLocal = zoneOf(store.timeZone).local(clock.nowMs());
    const counts = values === "raw" ? warehouse : cleanTraffic(warehouse);
    const rows = occupancyCsvParts(counts, store, { range, premises, nowLocal, signal });
    return csvHeaders(reply, file).send(csvStream(rows, { response: reply.raw, signal, turn, onError }));
  }

  /** Asked before the answer begins, when it can still be another; gives the turn back unless there are none. */
  async #unreadable(store: StoreInfo, range: DateRange, turn: Turn): Promise<readonly string[]> {
    let isFree = true;
    try {
      const dates = await this.#parts.warehouse.unreadableDates(store, range, { isExport: true });
      isFree = dates.length > 0;
      return dates;
    } finally {
      if (isFree) turn();
    }
  }
}

interface CsvFile {
  readonly store: StoreInfo;
  readonly range: DateRange;
  readonly span: TrafficSpan | "occupancy";
  readonly values: Values;
}

/** The file's name is made of identifiers and dates that were checked: nothing in it can end the header. */
function csvHeaders(
  reply: FastifyReply,
  { store: { tenant, store }, range: { from, to }, span, values }: CsvFile,
): FastifyReply {
  const name = `${tenant}-${store}-${from}-${to}-${span}${values === "raw" ? "-raw" : ""}.csv`;
  return reply.type("text/csv; charset=utf-8").header("content-disposition", `attachment; filename="${name}"`);
}
