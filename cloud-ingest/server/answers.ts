import { STATUS_CODES } from "node:http";
import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";

/** On every answer, whoever gives it. */
export const SECURITY_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "no-store",
} as const;

const TEXT = "text/plain; charset=utf-8";

/** A refusal or a fault: one plain sentence, with our headers also where no hook has run. */
export function sendText(reply: FastifyReply, code: number, sentence: string): FastifyReply {
  return reply.headers(SECURITY_HEADERS).code(code).type(TEXT).send(`${sentence}\n`);
}

/** Too much at once: come again. */
export function sendBusy(reply: FastifyReply, busy: "reader" | "all"): FastifyReply {
  reply.header("retry-after", String(RETRY_AFTER_S));
  return busy === "reader"
    ? sendText(reply, 429, "You have as many requests under way as one reader may. Wait until one has ended.")
    : sendText(reply, 503, "Too many readers ask at once. Try again in a moment.");
}

const RETRY_AFTER_S = 5;

/** The answer to HEAD: the headers of GET, without its work and so without the length. */
export function sendHead(reply: FastifyReply): FastifyReply {
  return reply.send(Readable.from([]));
}

export function isHead(request: FastifyRequest): boolean {
  return request.method === "HEAD";
}

/** An answer for a socket on which no request could be read; it closes the connection. */
export function rawAnswer(code: number, sentence: string): string {
  const body = `${sentence}\n`;
  const headers = {
    ...SECURITY_HEADERS,
    ...{ "content-type": TEXT, "content-length": String(Buffer.byteLength(body)), connection: "close" },
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ""}\r\n${lines.join("")}\r\n${body}`;
}
