import { expect, test } from "vitest";
import { Turns } from "../../../cloud-ingest/server/turns.ts";

const LIMITS = { perReader: 2, total: 3, waitingPerReader: 2, waitMs: 60_000 };
const never = new AbortController().signal;

/** Asks for turns by name, and notes who got one in which order. */
function rig(limits = LIMITS) {
  const turns = new Turns(limits);
  const order: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (reader: string, signal = never) =>
    turns.take(reader, signal).then((turn) => {
      order.push(typeof turn === "string" ? `${reader}: ${turn}` : reader);
      if (typeof turn !== "string") ends.push(turn);
    });
  return { ask, order, ends };
}

test("so many at once of a reader and in all; the next one waits", async () => {
  const { ask, order, ends } = rig();
  await Promise.all([ask("a"), ask("a")]);
  const third = ask("a");
  await ask("b");
  const fourth = ask("c");
  expect(order).toEqual(["a", "a", "b"]);
  ends[0]?.();
  ends[0]?.();
  await third;
  expect(order).toEqual(["a", "a", "b", "a"]);
  ends[1]?.();
  await fourth;
  expect(order).toEqual(["a", "a", "b", "a", "c"]);
});

test("who waits comes reader by reader, however many one of them sends", async () => {
  const { ask, order, ends } = rig({ ...LIMITS, total: 1, waitingPerReader: 10 });
  await ask("a");
  const waiting = [...["a", "a", "a", "a"].map((name) => ask(name)), ask("b"), ask("c")];
  for (let at = 0; at < waiting.length; at += 1) {
    ends[at]?.();
    await Promise.race(waiting.slice(at));
    await new Promise(setImmediate);
  }
  expect(order).toEqual(["a", "a", "b", "c", "a", "a", "a"]);
});

test("one too many of a reader is told so at once; when all are, after a while", async () => {
  const { ask, order } = rig({ ...LIMITS, waitMs: 5 });
  await Promise.all([ask("a"), ask("a"), ask("b")]);
  await Promise.all([ask("a"), ask("a"), ask("a"), ask("c")]);
  expect(order.slice(3).sort()).toEqual(["a: reader", "a: reader", "a: reader", "c: all"]);
});

test("who goes while waiting leaves no trace", async () => {
  const { ask, order, ends } = rig();
  await Promise.all([ask("a"), ask("a")]);
  const gone = new AbortController();
  const leaving = [ask("a", gone.signal), ask("a", gone.signal)];
  gone.abort(new Error("gone"));
  for (const left of await Promise.allSettled(leaving)) expect(left).toMatchObject({ status: "rejected" });
  await expect(ask("a", gone.signal)).rejects.toThrow("gone");
  const next = ask("a");
  ends[0]?.();
  await next;
  expect(order).toEqual(["a", "a", "a"]);
});
