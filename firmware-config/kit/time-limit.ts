/**
 * Runs work that must come to its end within `limitMs`: its signal aborts then with `late`, or with `signal`'s own reason. Not
 * `AbortSignal.any` with `AbortSignal.timeout`: on Node 20 the time-out may be collected as garbage while a `fetch` waits for it, which then waits for ever.
 */
export async function withTimeLimit<T>(
  { signal, limitMs, late }: { readonly signal: AbortSignal; readonly limitMs: number; readonly late: Error },
  work: (signal: AbortSignal, refresh: () => void) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const stop = () => end.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  const timer = setTimeout(() => end.abort(late), limitMs);
  try {
    return await work(end.signal, () => void timer.refresh());
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}
