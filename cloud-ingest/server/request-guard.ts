import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isLoopback } from "../loopback.ts";
import { SECURITY_HEADERS, sendText } from "./answers.ts";
import { clientAddress } from "./client-address.ts";
import type { Readers, Visitor } from "./readers.ts";

/** The longest address of ours has 250 characters. */
const MAX_URL = 2048;

/** Where something may be sent to. */
const POSTS = new Set(["/operations", "/rows"]);

/** Sets the security headers, lets only short GET and HEAD pass (and what two addresses take), and while nobody needs to log in only local names. */
export function guardRequests(app: FastifyInstance, { isOpen }: { readonly isOpen: boolean }): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const isPost = request.method === "POST" && POSTS.has(request.url);
    if (request.method !== "GET" && request.method !== "HEAD" && !isPost)
      return sendText(reply.header("allow", "GET, HEAD"), 405, "Only GET and HEAD.");
    if (request.url.length > MAX_URL) return sendText(reply, 414, `An address has at most ${MAX_URL} characters.`);
    if (isCoded(request))
      return sendText(reply.header("connection", "close"), 415, "A body is sent as it is, not compressed.");
    if (hostsOf(request).length !== 1) return sendText(reply, 400, "A request names one Host.");
    // DNS rebinding: a foreign page may point its own name at 127.0.0.1, but the Host header still tells that name.
    if (isOpen && !isLoopback(hostNameOf(request.headers.host)))
      return sendText(reply, 421, "Open this page as http://localhost or http://127.0.0.1.");
    return undefined;
  });
}

/** Answers 401 or 429 itself; a visitor comes back only when the handler shall go on. */
export async function visitorOf(
  readers: Readers,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Visitor | undefined> {
  const admission = readers.admit(request.headers.authorization, clientAddress(request));
  if (admission === "limited") await sendText(reply.header("retry-after", "60"), 429, "Too many wrong logins.");
  else if (admission === "unknown")
    await sendText(
      reply.header("www-authenticate", 'Basic realm="Kazoe", charset="UTF-8"'),
      401,
      "Log in: name of the reader and token.",
    );
  else return admission;
  return undefined;
}

/** A browser sends credentials along with a foreign page's form as well: it also says whose form it is. */
export function isOfThisSite({ headers }: FastifyRequest): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  try {
    return headers.origin !== undefined && new URL(headers.origin).host === headers.host;
  } catch {
    return false;
  }
}

/** Nothing here undoes a coding, and a proxy that did would see another body than we do. */
function isCoded({ headers }: FastifyRequest): boolean {
  const { "transfer-encoding": transfer = "chunked", "content-encoding": content = "identity" } = headers;
  return transfer.trim().toLowerCase() !== "chunked" || content.trim().toLowerCase() !== "identity";
}

/** All that were sent: Node itself keeps the first. */
function hostsOf({ raw: { rawHeaders, headers } }: FastifyRequest): readonly string[] {
  const sent = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === "host");
  return sent.length === 0 && headers.host !== undefined ? [headers.host] : sent;
}

function hostNameOf(host: string | undefined): string {
  return (host ?? "").replace(/:\d+$/, "");
}
