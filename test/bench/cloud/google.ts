import { fork } from "node:child_process";
import { once } from "node:events";

/** host:port of each double. */
export interface Google {
  readonly pubsub: string;
  readonly rest: string;
  readonly storage: string;
}

export interface GoogleOptions {
  /** The double of the Storage Write API answers an append after this long, as a service does that is some way off. */
  readonly answerMs?: number;
}

/** What the doubles may hold: a million messages are a gigabyte. */
const HEAP_MB = 8_192;

/** Runs work beside doubles of Google's services in a process of their own. */
export async function withGoogle<T>(
  work: (google: Google) => Promise<T>,
  { answerMs = 0 }: GoogleOptions = {},
): Promise<T> {
  const child = fork(new URL("./google-child.js", import.meta.url), [String(answerMs)], {
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  try {
    const [google]: Google[] = await Promise.race([once(child, "message"), failed(child)]);
    if (!google) throw new Error("no address");
    return await work(google);
  } finally {
    child.disconnect();
  }
}

async function failed(child: ReturnType<typeof fork>): Promise<never> {
  await once(child, "exit");
  throw new Error("The doubles of Google's services did not start");
}
