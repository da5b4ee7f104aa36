import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { messageOf } from "../../../firmware-config/kit/errors.ts";
import type { Log } from "../../../firmware-config/kit/log.ts";
import { backOffMs, pause } from "../../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../../firmware-config/kit/wake-up.ts";
import type { AlertStore } from "../../warehouse/alert-port.ts";
import { groupOf } from "./alertmanager-object.ts";
import { type Change, type Notification, NotTaken, type ShownAlert, type Sink } from "./sink.ts";

const FIRST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 15 * 60_000;
/** Nobody is helped by older news; that it was not told is on record. */
const GIVE_UP_MS = 3 * 24 * 3_600_000;
const MINUTE_MS = 60_000;
/** A call under way at a stop may come to its end, so that it is not made again. */
const GRACE_MS = 5_000;
/** Notifications in hand; what is beyond waits in the warehouse for the next start, and is told in the log. */
const MOST_WAITING = 50_000;

export interface DeliveryParts {
  /** Of the sink in the configuration: a renamed one is a new one. */
  readonly name: string;
  readonly sink: Sink;
  readonly store: Pick<AlertStore, "addAlerts">;
  readonly clock: Clock;
  readonly log: Log;
  /** Calls in a minute at most. */
  readonly perMinute: number;
  /** Every alert that was told and has not ended. */
  readonly open: () => readonly ShownAlert[];
  readonly firstPauseMs?: number | undefined;
}

/**
 * Carries notifications to one sink, those of an alert in their order. Each is on record before it is taken off: one that was on its way when
 * the process died is sent again, with the same id, and no other is.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #waiting: Notification[] = [];
  readonly #known = new Set<string>();
  readonly #wakeUp = new WakeUp();
  #calls: number[] = [];
  #change: ((signal: AbortSignal) => Promise<void>) | undefined;
  #lost = 0;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.name;
  }

  /** How many wait. */
  get depth(): number {
    return this.#waiting.length;
  }

  /** Adds what is not there yet, in the order of their numbers. */
  offer(notifications: readonly Notification[]): void {
    for (const one of notifications) {
      if (this.#known.has(one.id)) continue;
      if (this.#waiting.length >= MOST_WAITING) {
        this.#lost += 1;
        continue;
      }
      this.#known.add(one.id);
      this.#waiting.push(one);
    }
    if (this.#lost > 0)
      this.#parts.log.error({ sink: this.name, alerts: this.#lost }, "more alerts wait than are held");
    this.#lost = 0;
    this.#wakeUp.notify();
  }

  /** Forgets what waits: another process sends it. */
  clear(): void {
    this.#waiting.length = 0;
    this.#known.clear();
    this.#change = undefined;
  }

  /** Tells of a change where somebody looks for changes; `noted` is called when it is told, or nobody looks. */
  offerChange(change: Change, noted: () => Promise<void>): void {
    const { sink } = this.#parts;
    this.#change = async (signal) => {
      await sink.change?.(change, signal);
      await noted();
    };
    this.#wakeUp.notify();
  }

  /** Sends until the signal aborts; what waits then is sent after the next start. */
  async run(signal: AbortSignal): Promise<void> {
    const lease = this.#renewing(signal);
    const grace = graceOf(signal);
    while (!signal.aborted) {
      await this.#tellChange(signal);
      const batch = this.#next();
      if (batch.length === 0) await this.#wakeUp.wait(signal);
      else await this.#carry(batch, signal, grace);
    }
    await lease;
  }

  /** The oldest one and what goes with it: others of its store. */
  #next(): readonly Notification[] {
    const [first] = this.#waiting;
    if (!first) return [];
    const group = groupOf(first.alert);
    return this.#waiting.filter(({ alert }) => groupOf(alert) === group).slice(0, this.#parts.sink.atOnce);
  }

  async #carry(batch: readonly Notification[], signal: AbortSignal, grace: AbortSignal): Promise<void> {
    const { name, sink, log, clock, firstPauseMs = FIRST_PAUSE_MS } = this.#parts;
    const sinceMs = clock.monotonicMs();
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await this.#turn(signal);
        if (signal.aborted) return;
        await sink.deliver(batch, grace);
        return await this.#settle(batch, { outcome: "delivered", details: "" }, signal);
      } catch (error) {
        if (signal.aborted) return;
        const reason = messageOf(error);
        const isFinal = error instanceof NotTaken && error.isFinal;
        const isOver = clock.monotonicMs() - sinceMs >= GIVE_UP_MS;
        if (isFinal || isOver) {
          log.error({ sink: name, alerts: batch.length, reason }, "alerts are not taken, and given up");
          return await this.#settle(batch, { outcome: isFinal ? "refused" : "given up", details: reason }, signal);
        }
        log.warn({ sink: name, alerts: batch.length, attempt, reason }, "alerts not taken; they are sent again");
        const afterMs = error instanceof NotTaken ? error.afterMs : undefined;
        await pause(Math.max(afterMs ?? 0, backOffMs(attempt, firstPauseMs, MOST_PAUSE_MS)), signal);
      }
    }
  }

  /** Until it is on record nothing else is sent: what is not might be sent again after a start. */
  async #settle(
    batch: readonly Notification[],
    said: { readonly outcome: string; readonly details: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { name, store, clock, log, firstPauseMs = FIRST_PAUSE_MS } = this.#parts;
    const at = new Date(clock.nowMs()).toISOString();
    const rows = batch.map(({ id, number }) => ({
      ...{ deliveryId: `${name} ${id}`, notificationId: id, number, sink: name, at, ...said },
    }));
    const done = new Set(batch);
    for (let attempt = 0; ; attempt += 1) {
      try {
        await store.addAlerts("alert_delivery", rows);
        break;
      } catch (error) {
        log.warn({ sink: name, reason: messageOf(error) }, "what was told could not be recorded; it is tried again");
        if (signal.aborted) break;
        await pause(backOffMs(attempt, firstPauseMs, MOST_PAUSE_MS), signal);
      }
    }
    this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter((one) => !done.has(one)));
    for (const { id } of batch) this.#forget(id);
  }

  /** Names of what is done are kept for a while: a start of the engine may offer them once more. */
  #forget(id: string): void {
    this.#known.delete(id);
    this.#known.add(id);
    for (const old of this.#known) {
      if (this.#known.size <= 2 * MOST_WAITING) break;
      this.#known.delete(old);
    }
  }

  /** Waits until there may be one more call in this minute. */
  async #turn(signal: AbortSignal): Promise<void> {
    const { clock, perMinute } = this.#parts;
    for (;;) {
      const nowMs = clock.monotonicMs();
      this.#calls = this.#calls.filter((ms) => nowMs - ms < MINUTE_MS);
      const [oldest] = this.#calls;
      if (signal.aborted || oldest === undefined || this.#calls.length < perMinute) break;
      await pause(MINUTE_MS - (nowMs - oldest), signal);
    }
    this.#calls.push(clock.monotonicMs());
  }

  async #tellChange(signal: AbortSignal): Promise<void> {
    const tell = this.#change;
    this.#change = undefined;
    await tell?.(signal).catch((error: unknown) => {
      this.#parts.log.warn({ sink: this.name, reason: messageOf(error) }, "a change was not told");
    });
  }

  async #renewing(signal: AbortSignal): Promise<void> {
    const { name, sink, open, log } = this.#parts;
    if (!sink.lease) return;
    while (!signal.aborted) {
      await pause(sink.lease.everyMs, signal);
      if (signal.aborted) return;
      await sink.lease.renew(open(), signal).catch((error: unknown) => {
        log.warn({ sink: name, reason: messageOf(error) }, "open alerts could not be told again");
      });
    }
  }
}

/** Aborts some seconds after the other one. */
function graceOf(signal: AbortSignal): AbortSignal {
  const end = new AbortController();
  const later = () => void setTimeout(() => end.abort(), GRACE_MS).unref();
  if (signal.aborted) later();
  signal.addEventListener("abort", later, { once: true });
  return end.signal;
}
