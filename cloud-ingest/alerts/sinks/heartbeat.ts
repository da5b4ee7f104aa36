import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import type { Log } from "../../../firmware-config/kit/log.ts";
import { pause } from "../../../firmware-config/kit/pause.ts";
import { callHttp, type HttpTarget } from "./http-call.ts";

const LOOK_MS = 1_000;

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
      const beats = isAlive();
      if (beats) {
        await callHttp(this.#parts, { method: "GET" }, signal).catch((error: unknown) => {
          if (!signal.aborted) log.warn({ reason: messageOf(error) }, "the heartbeat was not taken");
        });
      }
      // The first beat comes as soon as alerts are judged.
      await pause(beats ? everyMs : Math.min(everyMs, LOOK_MS), signal);
    }
  }
}
