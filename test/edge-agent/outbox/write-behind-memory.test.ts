import { expect, test, vi } from "vitest";
import { type Batch, WriteBehind } from "../../../edge-agent/outbox/write-behind.ts";
import type { DataMessage } from "../../../firmware-config/contract/messages.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { eventDraft } from "../../support/drafts.ts";
import { LogRecorder } from "../../support/log-recorder.ts";

const MOST = 10_000;
const ENVELOPE = {
  v: 1,
  deviceId: "cam-1",
  bootId: "boot-0001",
  monotonicMs: 0,
  clockSynced: true,
  historical: false,
} as const;
const messages = (from: number, count: number): readonly DataMessage[] =>
  Array.from({ length: count }, (_, i) => ({ ...eventDraft(), ...ENVELOPE, seq: from + i }));
const soon = () => AbortSignal.timeout(5_000);

/** A disk that takes what it is given, or waits, or refuses. */
function disk() {
  const log = new LogRecorder();
  const taken: { readonly seqs: readonly number[]; readonly checkpoint: string | undefined }[] = [];
  const state: { failure: Error | undefined; gate: Promise<void>; writes: number } = {
    failure: undefined,
    gate: Promise.resolve(),
    writes: 0,
  };
  const dropped: number[] = [];
  const write = async ({ messages: given, checkpoint }: Batch) => {
    state.writes += 1;
    await state.gate;
    if (state.failure) throw state.failure;
    taken.push({ seqs: given.map(({ seq }) => seq), checkpoint });
  };
  const unwritten = new WriteBehind({ write, onDropped: (count) => dropped.push(count), log });
  return { unwritten, state, log, taken, dropped };
}

/** A promise, and what resolves it. */
function gate() {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open };
}

test("what comes while a write is under way goes in the next, in order, with the newest checkpoint", async () => {
  const { unwritten, state, taken } = disk();
  const { closed, open } = gate();
  state.gate = closed;
  unwritten.add(messages(0, 2), "a");
  unwritten.add(messages(2, 1), "b");
  unwritten.add(messages(3, 1), undefined);
  expect(unwritten.depth).toBe(4);
  open();
  expect(await unwritten.flush(soon())).toBe(true);
  expect(taken).toEqual([
    { seqs: [0, 1], checkpoint: "a" },
    { seqs: [2, 3], checkpoint: "b" },
  ]);
  expect(unwritten.depth).toBe(0);
  unwritten.add([], undefined);
  expect(await unwritten.flush(soon())).toBe(true);
  expect(taken[2]).toEqual({ seqs: [], checkpoint: "b" });
});

test("a flush ends with its signal and says that not all is on the disk", async () => {
  const { unwritten, state, taken } = disk();
  expect(await unwritten.flush(soon())).toBe(true);
  const { closed, open } = gate();
  state.gate = closed;
  unwritten.add(messages(0, 1), undefined);
  expect(await unwritten.flush(AbortSignal.abort())).toBe(false);
  expect(await unwritten.flush(AbortSignal.timeout(10))).toBe(false);
  open();
  expect(await unwritten.flush(soon())).toBe(true);
  expect(taken).toHaveLength(1);
});

test("what the disk refuses comes again after a second with what came since; both are said once, with what to do", async () => {
  const { unwritten, state, taken, log } = disk();
  state.failure = new AppError("The disk is full: outbox", { code: "DISK_FULL", hint: "Free some space" });
  unwritten.add(messages(0, 1), "a");
  await vi.waitFor(() => expect(log.lines).toHaveLength(1));
  unwritten.add(messages(1, 1), undefined);
  expect(unwritten.depth).toBe(2);
  const startMs = performance.now();
  await vi.waitFor(() => expect(state.writes).toBe(2), 5_000);
  state.failure = undefined;
  expect(await unwritten.flush(soon())).toBe(true);
  expect(performance.now() - startMs).toBeGreaterThan(900);
  expect(taken).toEqual([{ seqs: [0, 1], checkpoint: "a" }]);
  expect(log.lines).toEqual(["error outbox cannot write; counts wait in memory", "info outbox writes again"]);
  expect(log.fields[0]).toEqual({ error: "The disk is full: outbox", hint: "Free some space" });
});

test("a failure that nobody knows has no hint", async () => {
  const { unwritten, state, log } = disk();
  state.failure = new Error("what is this");
  unwritten.add(messages(0, 1), undefined);
  await vi.waitFor(() => expect(log.fields).toEqual([{ error: "what is this", hint: undefined }]));
  await unwritten.close();
});

test("beyond the bound the oldest go and are told of, beside those that are being written", async () => {
  const { unwritten, state, taken, dropped } = disk();
  const { closed, open } = gate();
  state.gate = closed;
  unwritten.add(messages(0, 3), undefined);
  unwritten.add(messages(3, MOST), undefined);
  expect(dropped).toEqual([]);
  unwritten.add(messages(3 + MOST, 2), undefined);
  expect([dropped, unwritten.depth]).toEqual([[2], MOST + 3]);
  open();
  expect(await unwritten.flush(soon())).toBe(true);
  expect(taken.map(({ seqs }) => [seqs[0], seqs.length])).toEqual([
    [0, 3],
    [5, MOST],
  ]);
});

test("what comes back of a write that failed is bounded too", async () => {
  const { unwritten, state, dropped, log } = disk();
  const { closed, open } = gate();
  state.gate = closed;
  state.failure = new Error("full");
  unwritten.add(messages(0, 3), undefined);
  unwritten.add(messages(3, MOST), undefined);
  open();
  await vi.waitFor(() => expect(log.lines).toHaveLength(1));
  expect([dropped, unwritten.depth]).toEqual([[3], MOST]);
  state.failure = undefined;
  await unwritten.close();
});

test("a close writes what waits without delay, and says how much the disk refuses", async () => {
  const { unwritten, state, log, taken } = disk();
  state.failure = new Error("full");
  unwritten.add(messages(0, 7), undefined);
  await vi.waitFor(() => expect(log.lines).toHaveLength(1));
  const startMs = performance.now();
  await unwritten.close();
  expect(performance.now() - startMs).toBeLessThan(900);
  expect(state.writes).toBe(2);
  expect(log.lines.at(-1)).toBe("error messages lost: the disk refuses them");
  expect(log.fields.at(-1)).toEqual({ count: 7 });
  const { unwritten: other, taken: all, log: quiet } = disk();
  other.add(messages(0, 1), undefined);
  await other.close();
  expect([all.length, quiet.lines, taken]).toEqual([1, [], []]);
});
