import { fork } from "node:child_process";
import { once } from "node:events";
import { makeTopic } from "./messages.ts";

/** host:port of each double. */
export interface GoogleAddresses {
  readonly pubsub: string;
  readonly rest: string;
  readonly storage: string;
}

export interface Google extends GoogleAddresses {
  /** Makes topic and subscription, and puts so many messages there. */
  readonly publish: (messages: number) => Promise<void>;
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
    const heard = () => Promise.race([once(child, "message"), failed(child)]);
    const [google]: GoogleAddresses[] = await heard();
    if (!google) throw new Error("no address");
    const publish = async (messages: number) => {
      await makeTopic(google.pubsub);
      child.send(messages);
      await heard();
    };
    return await work({ ...google, publish });
  } finally {
    child.disconnect();
  }
}

async function failed(child: ReturnType<typeof fork>): Promise<never> {
  await once(child, "exit");
  throw new Error("The doubles of Google's services broke off");
}
