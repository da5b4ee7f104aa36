import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isLoopback } from "../loopback.ts";
import type { Readers, Visitor } from "./readers.ts";

const HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "no-store",
} as const;

/** Sets the security headers, lets only GET and HEAD pass, and while nobody needs to log in only local names. */
export function guardRequests(app: FastifyInstance, { isOpen }: { readonly isOpen: boolean }): void {
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(HEADERS);
    if (request.method !== "GET" && request.method !== "HEAD")
      return reply.code(405).header("allow", "GET, HEAD").send("Only GET and HEAD.\n");
    // DNS rebinding: a foreign page may point its own name at 127.0.0.1, but the Host header still tells that name.
    if (isOpen && !isLoopback(hostNameOf(request.headers.host)))
      return reply.code(421).send("Open this page as http://localhost or http://127.0.0.1.\n");
    return undefined;
  });
}

/** Answers 401 or 429 itself; a visitor comes back only when the handler shall go on. */
export async function visitorOf(
  readers: Readers,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Visitor | undefined> {
  const admission = readers.admit(request.headers.authorization, request.ip);
  if (admission === "limited") await reply.code(429).header("retry-after", "60").send("Too many wrong logins.\n");
  else if (admission === "unknown")
    await reply
      .code(401)
      .header("www-authenticate", 'Basic realm="Kazoe", charset="UTF-8"')
      .send("Log in: name of the reader and token.\n");
  else return admission;
  return undefined;
}

function hostNameOf(host: string | undefined): string {
  return (host ?? "").replace(/:\d+$/, "");
}
