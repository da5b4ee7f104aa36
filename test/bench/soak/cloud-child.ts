import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { SoakSample, SoakStart } from "./sample.ts";

/** Time for what is in the bus, and for the database's log. */
const STOP_MS = 20_000;

/** The cloud half in a process of its own, which says what it holds when it is asked. */
export class CloudChild {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it with that configuration and returns once it listens. */
  static async start(configFile: string): Promise<{ readonly cloud: CloudChild; readonly start: SoakStart }> {
    const child = fork(new URL("./cloud-process.js", import.meta.url), [configFile]);
    return { cloud: new CloudChild(child), start: await heard(child, "start") };
  }

  sample(): Promise<SoakSample> {
    this.#child.send("sample");
    return heard(this.#child, "sample");
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    if (this.#child.exitCode !== null || !this.#child.connected) return;
    this.#child.send("stop");
    const late = new AbortController();
    const killing = sleep(STOP_MS, undefined, { signal: late.signal }).then(() => this.#child.kill("SIGKILL"));
    await Promise.race([exited, killing]);
    late.abort();
    await killing.catch(() => undefined);
  }
}

type Said<K extends "start" | "sample"> = K extends "start" ? SoakStart : SoakSample;

function heard<K extends "start" | "sample">(child: ChildProcess, kind: K): Promise<Said<K>> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error("The cloud half ended"));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      if (isSaid(message, kind)) resolve(message);
      else reject(new Error(`The cloud half said something else than ${kind}`));
    });
  });
}

function isSaid<K extends "start" | "sample">(message: unknown, kind: K): message is Said<K> {
  return typeof message === "object" && message !== null && "kind" in message && message.kind === kind;
}
