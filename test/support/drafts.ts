import type { Draft } from "../../edge-agent/window/message-sink.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";

const START_MS = Date.parse("2026-01-01T00:00:00Z");

/** A clock that stands still until it is told otherwise. */
export class FakeClock implements Clock {
  #elapsedMs = 0;
  #wallStartMs: number;
  constructor(wallStartMs = START_MS) {
    this.#wallStartMs = wallStartMs;
  }
  advance(ms: number): void {
    this.#elapsedMs += ms;
  }
  /** Sets the wall clock alone. */
  set(nowMs: number): void {
    this.#wallStartMs = nowMs - this.#elapsedMs;
  }
  nowMs(): number {
    return this.#wallStartMs + this.#elapsedMs;
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
