import type { IncomingHttpHeaders } from "node:http";
import { invalid } from "../bigquery/api-error.ts";

/** One request: the names in its path, its query, and its body. */
export interface Call {
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Of this server, for addresses in answers. */
  readonly origin: string;
}

/** What is sent back; an object is sent as JSON with status 200. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface Route {
  /** As in Google's reference, such as `tables.get`; faults are planned by it. */
  readonly name: string;
  readonly method: string;
  /** Parts in braces are names, as in `/projects/{projectId}/datasets`. */
  readonly path: string;
  readonly handle: (call: Call) => object | Promise<object>;
}

/** A reply with more than a body. */
export class StatusReply implements Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.headers = headers;
  }
}

/** The body as `Body`, unchecked: the fake trusts the clients' own types. */
export function jsonOf<Body>(bytes: Uint8Array): Body {
  try {
    return JSON.parse(Buffer.from(bytes).toString() || "{}");
  } catch {
    throw invalid("Parse Error: the body is no JSON");
  }
}

/** A name in the call's path. */
export function named(call: Call, name: string): string {
  return decodeURIComponent(call.path[name] ?? "");
}

/** One page of `all`, by the call's maxResults and pageToken. */
export function pageOf<Item>(
  all: readonly Item[],
  query: URLSearchParams,
  mostInAPage = 10_000,
): { readonly items: readonly Item[]; readonly next: string | undefined } {
  const from = Number(query.get("pageToken") ?? query.get("startIndex") ?? 0);
  const until = from + Math.min(Number(query.get("maxResults") ?? mostInAPage), mostInAPage);
  return { items: all.slice(from, until), next: until < all.length ? String(until) : undefined };
}
