/** Thrown when something took too long. */
export class LateError extends Error {}

/** What `work` comes to; rejects with `LateError` when that takes longer than `ms`. The work itself is not stopped, and nobody hears of its end. */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LateError(`no answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
