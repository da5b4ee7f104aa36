import { expect, onTestFinished, test } from "vitest";
import { AskThread } from "../../../firmware-config/kit/ask-thread.ts";
import { scriptUrl } from "../../../firmware-config/kit/script-url.ts";

/** A thread of a few lines beside the built kit. */
function threadOf(answer: string): AskThread<unknown, unknown> {
  const kit = scriptUrl(import.meta.url.replace("/test/", "/cloud-ingest/"), "cloud-ingest", "quality/judge-worker.js");
  const module = new URL("../../firmware-config/kit/ask-thread.js", kit);
  const script = `import { answerAll } from ${JSON.stringify(module.href)}; answerAll(${answer});`;
  const thread = new AskThread<unknown, unknown>(() => new URL(`data:text/javascript,${encodeURIComponent(script)}`));
  onTestFinished(() => thread.close());
  return thread;
}

const never = new AbortController().signal;

test("answers in their order, tells how far it is, and goes on after a wish that fails", async () => {
  const thread = threadOf(
    "async (wish, onDone) => { onDone(0.5); if (wish === 2) throw new Error('no two'); return wish * 10; }",
  );
  const shares: number[] = [];
  const asked = [1, 2, 3].map((wish) => thread.ask(wish, never, (share) => shares.push(share)));
  expect(await Promise.allSettled(asked)).toMatchObject([
    { value: 10 },
    { reason: { message: "no two" } },
    { value: 30 },
  ]);
  expect(shares).toEqual([0.5, 0.5, 0.5]);
});

test("a thread that dies rejects what waits; the next wish gets a new one", async () => {
  const thread = threadOf("(wish) => (wish === 'die' ? process.exit(3) : wish)");
  await expect(thread.ask("die", never)).rejects.toThrow("the thread ended");
  expect(await thread.ask("live", never)).toBe("live");
});

test("a wish that is given up ends at once, with its reason", async () => {
  const thread = threadOf("() => new Promise(() => setInterval(() => {}, 1000))");
  const stop = new AbortController();
  const asked = thread.ask(1, stop.signal);
  setTimeout(() => stop.abort(new Error("enough")), 50);
  await expect(asked).rejects.toThrow("enough");
  await expect(thread.ask(2, stop.signal)).rejects.toThrow("enough");
});
