import { describe, expect, it } from "vitest";
import { HeldBatches } from "../../../cloud-ingest/ingest/held-batches.ts";

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Whether it has resolved after all that is ready has run. */
async function isDone(work: Promise<unknown>): Promise<boolean> {
  let done = false;
  void work.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

describe("batches held side by side", () => {
  it.each([1, 2, 3])("are %i at once, and one more begins when any of them is stored", async (atOnce) => {
    const held = new HeldBatches(new AbortController().signal);
    const works = Array.from({ length: atOnce }, deferred);
    for (const [index, { promise }] of works.entries())
      expect(await isDone(held.add(promise, atOnce))).toBe(index < atOnce - 1);
    const last = deferred();
    const room = held.add(last.promise, atOnce + 1);
    works.at(-1)?.resolve();
    expect(await isDone(room)).toBe(true);
  });

  it("let the bus read until what was begun is stored, and no longer", async () => {
    const end = new AbortController();
    const held = new HeldBatches(end.signal);
    const work = deferred();
    await held.add(work.promise, 2);
    end.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.reading.aborted).toBe(false);
    work.resolve();
    await expect.poll(() => held.reading.aborted).toBe(true);
    const late = new HeldBatches(end.signal);
    await expect.poll(() => late.reading.aborted).toBe(true);
  });

  it("are waited for at the end", async () => {
    const held = new HeldBatches(new AbortController().signal);
    const work = deferred();
    await held.add(work.promise, 2);
    const finished = held.finish();
    expect(await isDone(finished)).toBe(false);
    work.resolve();
    await finished;
  });
});
