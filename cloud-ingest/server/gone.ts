import { setMaxListeners } from "node:events";
import type { Socket } from "node:net";
import type { FastifyRequest } from "fastify";

/** One signal per connection: of requests that were sent ahead on it, only the first has an answer that would tell. */
const signals = new WeakMap<Socket, AbortSignal>();

/** Aborts when the client of the request has gone, so that nothing is done for nobody. */
export function goneSignal({ raw: { socket } }: FastifyRequest): AbortSignal {
  const known = signals.get(socket);
  if (known) return known;
  const gone = new AbortController();
  // Each request that waits on the connection listens; `Turns` bounds them.
  setMaxListeners(0, gone.signal);
  if (socket.destroyed) gone.abort();
  else socket.once("close", () => gone.abort());
  signals.set(socket, gone.signal);
  return gone.signal;
}
