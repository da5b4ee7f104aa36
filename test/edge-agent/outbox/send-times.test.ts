import { expect, onTestFinished, test } from "vitest";
import { findingsNote, SendTimes } from "../../../edge-agent/outbox/send-times.ts";
import { WallClock } from "../../../edge-agent/outbox/wall-clock.ts";
import type { DataMessage } from "../../../firmware-config/contract/messages.ts";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { eventDraft, FakeClock } from "../../support/drafts.ts";
import { tempDir } from "../../support/temp-dir.ts";

const WRONG_MS = Date.parse("2026-02-01T00:00:00Z");
const RIGHT_MS = Date.parse("2026-03-01T00:00:00Z");
const BOOT = "boot-0001";

/** A boot whose clock is wrong until `correct`. */
async function boot() {
  const queue = await DurableQueue.open(await tempDir());
  onTestFinished(() => queue.close());
  const clock = new FakeClock(WRONG_MS);
  const state = { synced: false };
  const wallClock = new WallClock(clock, () => state.synced);
  const sendTimes = new SendTimes(BOOT, queue, wallClock);
  const correct = () => {
    clock.set(RIGHT_MS + clock.monotonicMs());
    state.synced = true;
  };
  const message = (change: Partial<DataMessage> = {}): DataMessage => {
    const identity = { v: 1, deviceId: "cam-1", bootId: BOOT, seq: 0, historical: false } as const;
    const stamped = { ...eventDraft(WRONG_MS), ...identity, monotonicMs: 0, clockSynced: false };
    return Object.assign(stamped, change);
  };
  const note = () => queue.note(findingsNote(BOOT));
  return { queue, wallClock, sendTimes, correct, message, note };
}

test("a clock that never jumped is worth no note, and changes no message", async () => {
  const { sendTimes, message, note, queue } = await boot();
  const before = message();
  expect(await sendTimes.toSend(1, before)).toBe(before);
  expect(note()).toBeUndefined();
  expect([...queue.notes("")]).toEqual([]);
});

test("a synced message is sent as it is, without a look at the clock", async () => {
  const { sendTimes, message, wallClock, correct, note } = await boot();
  wallClock.look();
  correct();
  const before = message({ clockSynced: true });
  expect(await sendTimes.toSend(1, before)).toBe(before);
  expect([wallClock.history.length, note()]).toEqual([1, undefined]);
});

test("what is found out is on the disk before it is used, with what was sent by then", async () => {
  const { sendTimes, message, wallClock, correct, note } = await boot();
  await sendTimes.toSend(1, message());
  await sendTimes.toSend(2, message());
  sendTimes.forget([2]);
  correct();
  const timed = await sendTimes.toSend(3, message());
  expect(timed).toMatchObject({ ts: new Date(RIGHT_MS).toISOString(), clockSynced: true });
  expect(JSON.parse(note() ?? "")).toEqual({ history: wallClock.history, sent: [1] });
  expect(await sendTimes.toSend(1, message())).toMatchObject({ ts: new Date(WRONG_MS).toISOString() });
});

test("it is written once for each thing that is found out", async () => {
  const { sendTimes, message, correct, queue, wallClock } = await boot();
  wallClock.look();
  correct();
  await sendTimes.toSend(1, message());
  await queue.append([], new Map([[findingsNote(BOOT), "{}"]]));
  await sendTimes.save();
  expect(queue.note(findingsNote(BOOT))).toBe("{}");
});

test("a message of another boot is timed by what that one found out", async () => {
  const { sendTimes, message, queue } = await boot();
  const findings = { history: [{ fromMs: 0, offsetMs: 0, rightMs: 5_000, synced: true }], sent: [7] };
  await queue.append([], new Map([["clock/boot-0000", JSON.stringify(findings)]]));
  const old = message({ bootId: "boot-0000" });
  expect(await sendTimes.toSend(8, old)).toMatchObject({ ts: new Date(WRONG_MS + 5_000).toISOString() });
  expect(await sendTimes.toSend(7, old)).toBe(old);
});
