import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import type { Log } from "../../../firmware-config/kit/log.ts";
import { pause } from "../../../firmware-config/kit/pause.ts";
import { callHttp, type HttpTarget } from "./http-call.ts";

export interface HeartbeatParts extends HttpTarget {
  readonly everyMs: number;
  /** True while alerts are judged. */
  readonly isAlive: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Calls an outside address as long as alerts are judged: whoever runs it tells somebody when the calls end. */
export class Heartbeat {
  readonly #parts: HeartbeatParts;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
  }

  /** Beats until the signal aborts. A missed beat is not made up for: the next one comes soon. */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs, isAlive, log } = this.#parts;
    while (!signal.aborted) {
      if (isAlive()) {
        await callHttp(this.#parts, { method: "GET" }, signal).catch((error: unknown) => {
          if (!signal.aborted) log.warn({ reason: messageOf(error) }, "the heartbeat was not taken");
        });
      }
      await pause(everyMs, signal);
    }
  }
}
