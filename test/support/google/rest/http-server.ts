import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ApiError, notFound } from "../bigquery/api-error.ts";
import type { Fault, Faults } from "../faults.ts";
import type { Address } from "../grpc/grpc-server.ts";
import { type Call, type Reply, type Route, StatusReply } from "./call.ts";

/** A test that keeps this process busy loses no connection. */
const KEEP_ALIVE_MS = 120_000;
const HOST = "127.0.0.1";
/** Clients that take the emulator's address leave the prefix out. */
const PREFIX = "(?:/upload)?(?:/bigquery/v2)?";

interface Match {
  readonly route: Route;
  readonly pattern: RegExp;
}

/** An HTTP server on this machine whose calls meet the planned faults before their routes. */
export class HttpServer {
  readonly #faults: Faults;
  readonly #routes: readonly Match[];
  #server: Server | undefined;
  #origin = "";

  constructor(routes: readonly Route[], faults: Faults) {
    this.#faults = faults;
    this.#routes = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  }

  /** `endpoint` has the scheme, as the client takes it. */
  async start(port = 0): Promise<Address> {
    const server = createServer(
      { keepAliveTimeout: KEEP_ALIVE_MS },
      (request, response) => void this.#serve(request, response),
    );
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, HOST, resolve);
    });
    const bound = server.address();
    const got = typeof bound === "object" && bound ? bound.port : port;
    this.#origin = `http://${HOST}:${got}`;
    return { host: HOST, port: got, endpoint: this.#origin };
  }

  /** Cuts all connections. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const call = await this.#callOf(request);
      const found = this.#find(request.method ?? "", call.url.pathname);
      const reply = await this.#underFault(found, { ...call, path: found.path });
      if (reply === "cut") request.socket.destroy();
      else if (reply !== "silence") send(response, reply);
    } catch (error) {
      const failed = error instanceof ApiError ? error : new ApiError(500, "backendError", `the fake failed: ${error}`);
      send(response, { status: failed.status, body: failed.body() });
    }
  }

  async #callOf(request: IncomingMessage) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const url = new URL(request.url ?? "/", this.#origin);
    return {
      url,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(chunks),
      origin: this.#origin,
    };
  }

  #find(method: string, pathname: string): { readonly route: Route; readonly path: Record<string, string> } {
    for (const { route, pattern } of this.#routes) {
      const match = route.method === method ? pattern.exec(pathname) : null;
      if (match) return { route, path: { ...match.groups } };
    }
    throw notFound(`${method} ${pathname} in the fake`);
  }

  async #underFault({ route }: { readonly route: Route }, call: Call): Promise<Reply | "cut" | "silence"> {
    const fault = this.#faults.take(route.name);
    if (fault?.kind === "hang") return "silence";
    if (fault?.kind === "close") return "cut";
    if (fault?.kind === "fail") throw planned(fault);
    if (fault?.kind === "late") await fault.until;
    if (fault?.kind === "twice") await route.handle(call);
    const answer = await route.handle(call);
    if (fault?.kind === "lose") throw planned(fault);
    return answer instanceof StatusReply ? answer : { status: 200, body: answer };
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${PREFIX}${path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
}

function planned(fault: Extract<Fault, { readonly code: number }>): ApiError {
  const reason = REASONS[fault.code] ?? "backendError";
  return new ApiError(fault.code, reason, fault.message ?? "planned by the test");
}

const REASONS: Readonly<Record<number, string>> = {
  400: "invalid",
  401: "authError",
  403: "accessDenied",
  429: "rateLimitExceeded",
};

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { "content-type": "application/json; charset=UTF-8", ...headers });
  response.end(body && JSON.stringify(body));
}
