import type { FastifyReply, FastifyRequest } from "fastify";
import { renderNoticePage } from "../dashboards/page/notice-page.ts";
import { contentPolicy } from "../dashboards/page/page-shell.ts";
import { isHead, sendBusy, sendHead } from "./answers.ts";
import { goneSignal } from "./gone.ts";
import type { Visitor } from "./readers.ts";
import { type TurnLimits, Turns } from "./turns.ts";
import { type Place, UnreadPages } from "./unread-pages.ts";

/** Two at once keep the page's lane and the JavaScript thread busy; more would only make each later. */
const LIMITS: TurnLimits = { perReader: 2, total: 2, waitingPerReader: 20, waitMs: 10_000 };

export interface PageRequest {
  readonly request: FastifyRequest;
  readonly visitor: Visitor;
  /** Makes the page; ends early when the signal aborts because the reader has gone. */
  readonly render: (signal: AbortSignal) => Promise<string>;
}

interface Work extends Omit<PageRequest, "request"> {
  readonly place: Place;
  readonly signal: AbortSignal;
}

/** Answers with pages: makes a few at once, and holds a few that are not taken yet. */
export class PageAnswers {
  readonly #turns = new Turns(LIMITS);
  readonly #unread = new UnreadPages();

  async send(reply: FastifyReply, { request, visitor, render }: PageRequest): Promise<FastifyReply> {
    pageHeaders(reply);
    if (isHead(request)) return sendHead(reply);
    const signal = goneSignal(request);
    const place = await this.#unread.take(visitor.name, signal);
    if (typeof place === "string") return sendBusy(reply, place);
    for (const end of ["finish", "close"]) reply.raw.once(end, place.leave);
    signal.addEventListener("abort", place.leave, { once: true });
    return this.#make(reply, { visitor, render, place, signal });
  }

  async #make(reply: FastifyReply, { visitor, render, place, signal }: Work): Promise<FastifyReply> {
    const turn = await this.#turns.take(visitor.name, signal);
    if (typeof turn === "string") return sendBusy(reply, turn);
    try {
      const full = this.#unread.whyFull(visitor.name);
      if (full !== undefined) return sendBusy(reply, full);
      const page = Buffer.from(await render(signal));
      place.weigh(page.length);
      return reply.send(page);
    } finally {
      turn();
    }
  }
}

/** A page that says what is not there or not understood, with a way back. */
export function sendNotice(reply: FastifyReply, code: 400 | 404, message?: string): FastifyReply {
  return pageHeaders(reply.code(code)).send(renderNoticePage((l) => message ?? l.texts.notFound));
}

function pageHeaders(reply: FastifyReply): FastifyReply {
  reply.header("content-security-policy", `${contentPolicy()}; frame-ancestors 'none'`);
  return reply.type("text/html; charset=utf-8");
}
