import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { rawAnswer, SECURITY_HEADERS } from "./answers.ts";
import { networkOf } from "./client-address.ts";

/** What one server spends on clients that do not get on. */
export interface ServerLimits {
  /** Connections in all. */
  readonly total: number;
  /** Connections of one address, which behind a proxy is everybody's. */
  readonly perAddress: number;
  /** For the whole request to come, from the opening of the connection on. */
  readonly requestMs: number;
  /** For the next request on an open connection. */
  readonly keepAliveMs: number;
  /** For a client that takes nothing of its answer. */
  readonly idleMs: number;
}

/** A browser opens six connections, and a shop behind one address has some of them; a connection costs about 10 kB. */
export const SERVER_LIMITS: ServerLimits = {
  ...{ total: 1000, perAddress: 200 },
  ...{ requestMs: 10_000, keepAliveMs: 20_000, idleMs: 60_000 },
};

/** Node's server with limits, and with our answers where Node would answer by itself. */
export function createLimitedServer(handler: RequestListener, limits: ServerLimits): Server {
  const { total, requestMs, keepAliveMs, idleMs } = limits;
  const server = createServer(
    {
      ...{ requestTimeout: requestMs, headersTimeout: requestMs, keepAliveTimeout: keepAliveMs },
      // Node looks for late requests every 30 s by default; one that trickles would live so much longer.
      ...{ connectionsCheckingInterval: Math.min(1000, requestMs), maxHeaderSize: 16_384, requireHostHeader: false },
    },
    handler,
  );
  server.maxConnections = total;
  server.setTimeout(idleMs);
  limitAddresses(server, limits.perAddress);
  server.on("clientError", answerUnreadable);
  server.on("checkExpectation", refuseExpectation);
  return server;
}

function limitAddresses(server: Server, perAddress: number): void {
  const open = new Map<string, number>();
  const count = (address: string, by: 1 | -1) => {
    const now = (open.get(address) ?? 0) + by;
    if (now === 0) open.delete(address);
    else open.set(address, now);
    return now;
  };
  server.on("connection", (socket: Socket) => {
    const address = networkOf(socket.remoteAddress ?? "");
    socket.once("close", () => count(address, -1));
    if (count(address, 1) > perAddress) socket.destroy();
  });
}

const UNREADABLE: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, "The address and headers of the request are too long."],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not come in time."],
};

/** Time for a client to take such an answer, half a kilobyte. */
const CLOSE_MS = 2000;

/** Says on the socket why no request could be read from it, and closes it. */
function answerUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  const [code, sentence] = UNREADABLE[error.code ?? ""] ?? [400, "This is not an HTTP request."];
  if (!socket.writable || error.code === "ECONNRESET") return void socket.destroy();
  socket.end(rawAnswer(code, sentence));
  // Half closed it would be nobody's: Node's own time limits end with the parser.
  setTimeout(() => socket.destroy(), CLOSE_MS).unref();
}

function refuseExpectation(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(417, { ...SECURITY_HEADERS, "content-type": "text/plain; charset=utf-8", connection: "close" });
  response.end("Only 100-continue may be expected.\n");
}
