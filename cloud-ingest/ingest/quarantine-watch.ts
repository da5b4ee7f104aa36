import type { Clock } from "../../firmware-config/kit/clock.ts";
import { pause } from "../../firmware-config/kit/pause.ts";
import type { Troubles } from "../troubles.ts";
import { REASON_CLASSES, type ReasonClass, reasonClassOf } from "./reason-class.ts";

const MINUTE_MS = 60_000;
/** Long enough for a device's messages of one a minute to be some, short enough to be told while it matters. */
const WINDOW_MIN = 15;
export const QUARANTINE_WINDOW_MS = WINDOW_MIN * MINUTE_MS;
/** Numbers are expected to hold within a percent; a device that is being set up may send some nonsense. */
const MOST_SHARE = 0.01;
const MOST_MESSAGES = 20;

export interface QuarantineWatchParts {
  readonly clock: Clock;
  readonly troubles: Troubles;
}

interface Minute {
  messages: number;
  readonly refused: Map<ReasonClass, number>;
}

/** Raises `quarantine-rising` while more than 1 %, and more than 20, of the last 15 minutes' messages were refused. */
export class QuarantineWatch {
  readonly #parts: QuarantineWatchParts;
  readonly #totals = new Map<ReasonClass, number>();
  /** By the minute of the monotonic clock. */
  readonly #minutes = new Map<number, Minute>();
  #isRaised = false;

  constructor(parts: QuarantineWatchParts) {
    this.#parts = parts;
  }

  /** Messages refused since the start, by what was wrong with them. */
  get refusedByClass(): Readonly<Record<string, number>> {
    return Object.fromEntries(REASON_CLASSES.map((name) => [name, this.#totals.get(name) ?? 0]));
  }

  /** Told of messages that were stored or refused now, `messages` of them in all. */
  saw(messages: number, reasons: readonly string[]): void {
    for (const reason of reasons) add(this.#totals, reasonClassOf(reason), 1);
    this.remember(
      messages,
      reasons.map((reason) => ({ reason, messages: 1 })),
    );
  }

  /** The same for what came shortly before the start. */
  remember(messages: number, refused: readonly { readonly reason: string; readonly messages: number }[]): void {
    const now = this.#minute;
    const minute = this.#minutes.get(now) ?? { messages: 0, refused: new Map() };
    this.#minutes.set(now, minute);
    minute.messages += messages;
    for (const one of refused) add(minute.refused, reasonClassOf(one.reason), one.messages);
    this.#judge();
  }

  /** Looks every minute, because silence too brings the share down. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#judge();
      await pause(MINUTE_MS, signal);
    }
  }

  #judge(): void {
    const { messages, refused } = this.#lately();
    const count = [...refused.values()].reduce((sum, one) => sum + one, 0);
    const isOver = (times: number) => count > MOST_MESSAGES * times && count > MOST_SHARE * times * messages;
    this.#isRaised = isOver(this.#isRaised ? 0.5 : 1);
    const { troubles } = this.#parts;
    if (this.#isRaised) troubles.raise("quarantine-rising", textOf(count, { messages, refused }));
    else troubles.clear("quarantine-rising");
  }

  #lately(): Minute {
    const sum: Minute = { messages: 0, refused: new Map() };
    for (const [minute, { messages, refused }] of this.#minutes) {
      if (minute <= this.#minute - WINDOW_MIN) this.#minutes.delete(minute);
      else {
        sum.messages += messages;
        for (const [name, times] of refused) add(sum.refused, name, times);
      }
    }
    return sum;
  }

  get #minute(): number {
    return Math.floor(this.#parts.clock.monotonicMs() / MINUTE_MS);
  }
}

function add(counts: Map<ReasonClass, number>, name: ReasonClass, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

function textOf(count: number, { messages, refused }: Minute): string {
  const reasons = [...refused].sort(([, a], [, b]) => b - a).map(([name, times]) => `${name} ${times}`);
  const share = `${count} of ${messages} messages of the last ${WINDOW_MIN} minutes were refused`;
  return `${share} (${reasons.join(", ")}); see kazoe quarantine list`;
}
