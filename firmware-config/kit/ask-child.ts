import { fork, type Serializable } from "node:child_process";
import { Worker } from "node:worker_threads";

export interface ChildOptions {
  readonly timeLimitMs: number;
  /** Ends the child. */
  readonly signal?: AbortSignal | undefined;
}

/** A child gave no answer. */
export class ChildBroke extends Error {
  override readonly name = "ChildBroke";
}

/**
 * Asks a process of its own once, so that what hangs, crashes or fills the memory ends with it. `script` runs `answerParent`. Throws
 * `ChildBroke`, whose words say how it ended, or the signal's reason.
 */
export async function askChild<Answer>(
  script: URL,
  wish: Serializable,
  { timeLimitMs, signal }: ChildOptions,
): Promise<Answer> {
  signal?.throwIfAborted();
  // Detached: a Ctrl-C is for us, and would make the child look like one that broke by itself.
  const child = fork(script, [String(process.pid), String(timeLimitMs)], {
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    detached: true,
  });
  const kill = () => child.kill("SIGKILL");
  const timer = setTimeout(kill, timeLimitMs);
  process.once("exit", kill);
  signal?.addEventListener("abort", kill, { once: true });
  try {
    return await new Promise((resolve, reject) => {
      child.once("message", (answer) => resolve(answer as Answer));
      child.once("error", reject);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      child.once("exit", (code, by) =>
        reject(new ChildBroke(howItEnded(code, by, { isLate: child.killed, timeLimitMs }))),
      );
      child.send(wish);
    });
  } finally {
    clearTimeout(timer);
    process.removeListener("exit", kill);
    signal?.removeEventListener("abort", kill);
    kill();
  }
}

function howItEnded(
  code: number | null,
  signal: string | null,
  { isLate, timeLimitMs }: { readonly isLate: boolean; readonly timeLimitMs: number },
): string {
  if (isLate) return `it gave nothing within ${timeLimitMs / 1000} s`;
  const how = signal === null ? `exit code ${code}` : signal;
  return `the process that tried it broke off (${how}); it may need more memory than there is`;
}

/** In the child: answers one wish and ends; ends too when the parent dies or the time is over, whatever holds the thread. */
export function answerParent<Wish, Answer extends Serializable>(answer: (wish: Wish) => Promise<Answer>): void {
  process.once("message", (wish: Wish) => {
    void answer(wish).then((found) => process.send?.(found, () => process.exit()));
  });
  process.once("disconnect", () => process.exit());
  const [, , parent, timeLimitMs] = process.argv;
  // What is under way may block this thread, so another one looks.
  new Worker(new URL("./parent-watch.js", import.meta.url), {
    workerData: { parent: Number(parent), timeLimitMs: Number(timeLimitMs) },
  }).unref();
}
