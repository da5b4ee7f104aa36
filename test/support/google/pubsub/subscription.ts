import type { Clock } from "../../../../firmware-config/kit/clock.ts";
import { Backlog } from "./backlog.ts";
import type { Bury, Outcome } from "./lease.ts";
import type { PullStream } from "./pull-stream.ts";
import type { SubscriptionSettings } from "./resources.ts";

const MOST_IN_AN_ANSWER = 1000;

/** A subscription: its backlog, and the open streams that share it. */
export class Subscription {
  readonly backlog: Backlog;
  #streams: PullStream[] = [];
  #isPumping = false;

  constructor(settings: SubscriptionSettings, clock: Clock, bury: Bury) {
    this.backlog = new Backlog(settings, clock, bury);
  }

  get settings(): SubscriptionSettings {
    return this.backlog.settings;
  }

  get streams(): readonly PullStream[] {
    return this.#streams;
  }

  open(stream: PullStream): void {
    this.#streams.push(stream);
    stream.greet();
    this.pump();
  }

  left(stream: PullStream): void {
    this.#streams = this.#streams.filter((one) => one !== stream);
  }

  ack(ackIds: readonly string[]): Outcome {
    const outcome = this.backlog.ack(ackIds);
    this.pump();
    return outcome;
  }

  modify(ackIds: readonly string[], seconds: readonly number[]): Outcome {
    const outcome = this.backlog.modify(ackIds, seconds);
    this.pump();
    return outcome;
  }

  /** Shares what waits between the streams, in turn, until nobody can take more. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    let given = 1;
    while (given > 0 && this.#streams.length > 0) given = this.#round();
    this.#isPumping = false;
  }

  /** Ends all streams with that code. */
  closeStreams(code: number): void {
    for (const stream of this.#streams.splice(0)) stream.close(code);
  }

  #round(): number {
    const share = Math.ceil(this.backlog.unackedCount / this.#streams.length);
    const limit = Math.max(1, Math.min(share, MOST_IN_AN_ANSWER));
    const streams = [...this.#streams];
    const first = this.#streams.shift();
    if (first) this.#streams.push(first);
    return streams.reduce((sum, stream) => sum + stream.pump(limit), 0);
  }
}
