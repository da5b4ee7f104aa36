import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Turn } from "./turns.ts";

interface CsvAnswer {
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
  readonly turn: Turn;
  readonly onError: (error: Error) => void;
}

/**
 * A stream of the parts. It keeps its turn until the last work for it has ended, ends with its client, and is not cut off for
 * want of rows while it works; a client that takes nothing for the server's idle time is.
 */
export function csvStream(parts: AsyncGenerator<string>, { response, signal, turn, onError }: CsvAnswer): Readable {
  let isWorking = false;
  async function* watched(): AsyncGenerator<string> {
    try {
      for (;;) {
        isWorking = true;
        const { done, value } = await parts.next();
        isWorking = false;
        if (done) return;
        yield value;
      }
    } finally {
      await parts.return(undefined);
    }
  }
  const stream = Readable.from(watched());
  response.on("timeout", () => (isWorking ? response.setTimeout(response.socket?.timeout ?? 0) : response.destroy()));
  const onGone = () => stream.destroy();
  signal.addEventListener("abort", onGone);
  stream.once("error", (error) => signal.aborted || onError(error));
  // Also of a stream that never began, and only once its generator has come to rest.
  stream.once("close", () => {
    signal.removeEventListener("abort", onGone);
    turn();
  });
  return stream;
}
