import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits `ms` milliseconds, or less when `signal` aborts; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // Only an abort ends the wait early; the caller looks at the signal.
  }
}

/** Waits for `work`, whatever comes of it, but no longer than `ms`. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController();
  await Promise.race([work.catch(() => {}), pause(ms, done.signal)]);
  done.abort();
}

/** Resolves when `signal` aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
}

/** Waiting time before try number `attempt` (from 0): doubles from `firstMs` to `mostMs`, with up to a half taken off at random. */
export function backOffMs(
  attempt: number,
  firstMs: number,
  mostMs: number,
  random: () => number = Math.random,
): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30)) * (1 - random() / 2);
}
