import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { withTimeLimit } from "../../../firmware-config/kit/time-limit.ts";
import { guardedLookup, type Resolve, refuseAddress } from "./address.ts";
import { NotTaken } from "./sink.ts";

const ANSWER_MS = 10_000;
/** What is read of an answer. */
const MOST_ANSWER_BYTES = 64 * 1024;
const LONGEST_WAIT_MS = 60 * 60_000;
/** Too many requests without a time: minutes, as PagerDuty asks. */
const BUSY_MS = 2 * 60_000;
/** What is wrong with the message itself stays wrong. */
const FINAL: readonly number[] = [400, 413, 422];

export interface HttpTarget {
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly answerMs?: number | undefined;
  readonly resolve?: Resolve | undefined;
}

export interface HttpMessage {
  readonly method?: "POST" | "GET";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Calls an address that the configuration names, and only an address that it may lead to; redirects are not followed, nothing is kept open, and
 * the answer is read to a bound. Throws `NotTaken`, whose text holds neither the address nor a secret.
 */
export async function callHttp(target: HttpTarget, message: HttpMessage, signal: AbortSignal): Promise<string> {
  const { answerMs = ANSWER_MS } = target;
  const limit = { signal, limitMs: answerMs, late: new Error(`no answer within ${answerMs / 1_000} s`) };
  const answer = await withTimeLimit(limit, (ends) => exchange(target, message, ends)).catch((error: unknown) => {
    throw new NotTaken(reasonOf(error));
  });
  const { status, text, retryAfter } = answer;
  if (status >= 200 && status < 300) return text;
  const isBusy = status === 429 || status === 503;
  const afterMs = waitMs(retryAfter) ?? (status === 429 ? BUSY_MS : undefined);
  throw new NotTaken(status >= 300 && status < 400 ? "a redirect, which is not followed" : `answered ${status}`, {
    isFinal: FINAL.includes(status),
    ...(isBusy && { afterMs }),
  });
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

function exchange(
  { url, allowPrivate, resolve }: HttpTarget,
  message: HttpMessage,
  signal: AbortSignal,
): Promise<Answer> {
  const { protocol, hostname } = new URL(url);
  const isPlain = protocol !== "https:";
  const rule = { allowPrivate, isPlain };
  refuseAddress(hostname, rule);
  const { method = "POST", headers = {}, body = "" } = message;
  const length = method === "GET" ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
  const options = {
    method,
    headers: { ...headers, ...length },
    lookup: guardedLookup(rule, resolve),
    agent: false,
    signal,
  };
  return new Promise((done, fail) => {
    const call = isPlain ? httpRequest(url, options) : httpsRequest(url, options);
    call.once("error", fail);
    call.once("response", (response) => {
      read(response).then(done, fail);
    });
    call.end(method === "GET" ? undefined : body);
  });
}

async function read(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Breaking off the loop closes the connection.
    if (bytes >= MOST_ANSWER_BYTES) break;
  }
  const text = Buffer.concat(chunks).toString("utf8");
  return { status: response.statusCode ?? 0, text, retryAfter: response.headers["retry-after"] };
}

/** Seconds, or a date. */
function waitMs(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now();
  return Number.isFinite(ms) ? Math.min(LONGEST_WAIT_MS, Math.max(0, ms)) : undefined;
}

/** System errors name the address; only their code is said. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return "failed";
  if (error.name === "AbortError") return error.cause instanceof Error ? error.cause.message : "was stopped";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
