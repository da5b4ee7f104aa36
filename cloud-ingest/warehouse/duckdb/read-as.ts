import type { ReadWish } from "../port.ts";
import type { Database } from "./database.ts";
import type { Session } from "./session.ts";

/** DuckDB forgets an interrupt that comes before its statement has begun, so it is said until it is heard. */
const INTERRUPT_EVERY_MS = 50;

/** Reads as it is wished for: in its lane, and no longer than somebody wants the answer. Throws `AppError` or the signal's reason. */
export async function readAs<T>(
  database: Database,
  { isExport = false, signal }: ReadWish,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    return await database.read((session) => whileWanted(session, work, signal), isExport ? "export" : "page");
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** What waited in its lane until nobody wanted it is not begun; a statement under way is interrupted. */
async function whileWanted<T>(
  session: Session,
  work: (session: Session) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  signal?.throwIfAborted();
  let again: NodeJS.Timeout | undefined;
  const interrupt = () => {
    session.interrupt();
    again = setInterval(() => session.interrupt(), INTERRUPT_EVERY_MS);
  };
  signal?.addEventListener("abort", interrupt);
  try {
    return await work(session);
  } finally {
    signal?.removeEventListener("abort", interrupt);
    clearInterval(again);
  }
}
