import type { Draft } from "../../edge-agent/window/message-sink.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";

const START_MS = Date.parse("2026-01-01T00:00:00Z");

/** A clock that stands still until it is told otherwise. */
export class FakeClock implements Clock {
  #elapsedMs = 0;
  advance(ms: number): void {
    this.#elapsedMs += ms;
  }
  nowMs(): number {
    return START_MS + this.#elapsedMs;
  }
  monotonicMs(): number {
    return this.#elapsedMs;
  }
}

/** A valid event. */
export function eventDraft(atMs = START_MS): Extract<Draft, { kind: "events" }> {
  return {
    kind: "events",
    ts: new Date(atMs).toISOString(),
    cameraId: "door",
    eventKind: "crossing",
    targetId: "entrance",
    direction: "in",
  };
}
