/** Long for an answer, short for a person; the clients by themselves try for ten minutes. */
const ANSWER_MS = 15_000;

/** What the work comes to; throws when it takes longer than a person waits for. */
export async function within<T>(work: Promise<T>, limitMs = ANSWER_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
