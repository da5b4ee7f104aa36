import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { LateError, withDeadline } from "../../firmware-config/kit/deadline.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { renderOperationsPage } from "../dashboards/page/operations-page.ts";
import { type FleetRecord, type OpenAlert, operationsView } from "../report/operations/operations-view.ts";
import { sendText } from "./answers.ts";
import { type PageAnswers, sendNotice } from "./page-answer.ts";
import type { Readers, Visitor } from "./readers.ts";
import { isOfThisSite, visitorOf } from "./request-guard.ts";

export const SAYINGS = ["ack", "silence", "closed"] as const;
export type Saying = (typeof SAYINGS)[number];

/** What the page for operations shows, and what its reader can say. */
export interface OperationsBook {
  alerts(): Promise<readonly OpenAlert[]>;
  fleet(): Promise<readonly FleetRecord[]>;
  /** Throws `AppError` for an alert that there is not. */
  say(word: Saying, alertId: string, by: string): Promise<void>;
}

export interface OperationsPageParts {
  readonly readers: Readers;
  readonly pages: PageAnswers;
  readonly clock: Clock;
  readonly book: OperationsBook;
}

const FORM = "application/x-www-form-urlencoded";
const MOST_FORM_BYTES = 1_000;
/** As the alert engine makes them. */
const ALERT_ID = /^[0-9A-Za-z-]{1,100}$/;
/** A warehouse that hangs must hold no connection. */
const SAID_WITHIN_MS = 10_000;

/** `/operations` for readers without a tenant; what is said there is taken from who may act, and from this very page. */
export function addOperationsPage(app: FastifyInstance, { readers, pages, clock, book }: OperationsPageParts): void {
  // Nothing else is read: not even JSON.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(FORM, { parseAs: "string", bodyLimit: MOST_FORM_BYTES }, (_, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  app.get("/operations", async (request, reply) => {
    const visitor = await operatorOf(readers, request, reply);
    if (!visitor) return reply;
    const render = async () => {
      const [alerts, fleet] = [await book.alerts(), await book.fleet()];
      const view = operationsView(alerts, fleet, new Date(clock.nowMs()));
      return renderOperationsPage({ ...view, mayAct: visitor.acts === true });
    };
    return pages.send(reply, { request, visitor, render });
  });
  app.post("/operations", { bodyLimit: MOST_FORM_BYTES }, async (request, reply) => {
    const visitor = await operatorOf(readers, request, reply);
    if (!visitor) return reply;
    if (!visitor.acts) return sendText(reply, 403, "This reader may look and not act (http.readers[].acts).");
    if (!isOfThisSite(request)) return sendText(reply, 403, "This was not sent by the page of this server.");
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    const [word, alert] = [SAYINGS.find((one) => one === form.get("word")), form.get("alert") ?? ""];
    if (!word || !ALERT_ID.test(alert)) return sendText(reply, 400, "An alert and a word are needed.");
    try {
      await withDeadline(book.say(word, alert, visitor.name), SAID_WITHIN_MS);
    } catch (error) {
      if (error instanceof AppError && error.code === "USAGE") return sendNotice(reply, 400, error.message);
      if (!(error instanceof LateError)) throw error;
      reply.header("retry-after", "60");
      return sendText(reply, 503, "The warehouse does not answer; look again whether it was taken.");
    }
    return reply.redirect("/operations", 303);
  });
}

/** Who asks, if it is somebody who sees all tenants; answers itself otherwise. */
async function operatorOf(
  readers: Readers,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Visitor | undefined> {
  const visitor = await visitorOf(readers, request, reply);
  if (!visitor) return undefined;
  if (visitor.tenant === undefined) return visitor;
  await sendNotice(reply, 404);
  return undefined;
}
