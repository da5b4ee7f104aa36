import { expect, test } from "vitest";
import { Outbox } from "../../../edge-agent/outbox/outbox.ts";
import { countsOf, openWindow } from "../../../edge-agent/window/window.ts";
import { eventIdOf } from "../../../firmware-config/contract/envelope.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { eventDraft, FakeClock } from "../../support/drafts.ts";
import { tempDir } from "../../support/temp-dir.ts";

const MINUTE_MS = 60_000;
const TRUE_START_MS = Date.parse("2026-03-01T10:20:30Z");
const iso = (ms: number) => new Date(ms).toISOString();

/** A device whose clock says `wall` at the start; it really is `TRUE_START_MS`. */
async function boot(wall: string, dir: string, bootId = "boot-0001") {
  const clock = new FakeClock(Date.parse(wall));
  const state = { synced: false };
  const limits = { maxBytes: 1e6, maxAgeMs: 30 * 86_400_000 };
  const identity = { dir, deviceId: "cam-1", bootId };
  const isClockSynced = () => state.synced;
  const outbox = await Outbox.open({ ...identity, ...limits, clock, isClockSynced, log: silentLog });
  const commit = async (...drafts: Parameters<Outbox["commit"]>[0]) => {
    await outbox.commit(drafts, undefined);
    await outbox.flush(AbortSignal.timeout(5_000));
  };
  const correct = (synced = true) => {
    clock.set(TRUE_START_MS + clock.monotonicMs());
    state.synced = synced;
  };
  const toSend = async () => Promise.all((await outbox.read(0, 100)).map((entry) => outbox.toSend(entry)));
  return { clock, outbox, commit, correct, toSend };
}

function countsDraft(atMs: number) {
  const target = { cameraId: "door", targetKind: "line", targetId: "entrance" } as const;
  return countsOf(openWindow(target, Math.floor(atMs / MINUTE_MS) * MINUTE_MS, MINUTE_MS));
}

test.each([
  { name: "1970", wall: "1970-01-01T00:00:10Z" },
  { name: "a few hours ago", wall: "2026-03-01T04:11:12Z" },
  { name: "the future: the clock jumps backwards", wall: "2050-07-07T07:07:07Z" },
])("what was counted in $name is sent with its right time", async ({ wall }) => {
  const { clock, outbox, commit, correct, toSend } = await boot(wall, await tempDir());
  for (let i = 0; i < 3; i++) {
    await commit(countsDraft(clock.nowMs()), eventDraft(clock.nowMs()));
    clock.advance(MINUTE_MS);
  }
  const ids = (await outbox.read(0, 100)).map(({ message }) => eventIdOf(message));
  correct();
  await commit(eventDraft(clock.nowMs()));
  expect(outbox.stats()).toMatchObject({ depth: 7, dropped: 0 });
  const sent = await toSend();
  expect(sent.slice(0, 6).map(eventIdOf)).toEqual(ids);
  expect(sent.every(({ clockSynced }) => clockSynced)).toBe(true);
  const events = sent.filter(({ kind }) => kind === "events");
  expect(events.map(({ ts }) => ts)).toEqual([0, 1, 2, 3].map((i) => iso(TRUE_START_MS + i * MINUTE_MS)));
  const starts = sent.flatMap((message) => (message.kind === "counts" ? [Date.parse(message.windowStart)] : []));
  expect(starts.map((start) => start % MINUTE_MS)).toEqual([0, 0, 0]);
  expect(new Set(starts).size).toBe(3);
  expect(Math.abs((starts[0] ?? 0) - TRUE_START_MS)).toBeLessThan(1.5 * MINUTE_MS);
  await outbox.close();
});

test("a visit keeps its length", async () => {
  const { clock, outbox, commit, correct, toSend } = await boot("1970-01-01T00:10:00Z", await tempDir());
  const { kind, ts, cameraId, targetId } = eventDraft(clock.nowMs());
  const enteredAt = iso(clock.nowMs() - 5_000);
  await commit({ kind, ts, cameraId, targetId, eventKind: "visit", enteredAt, dwellS: 5, stop: false });
  correct();
  expect(await toSend()).toMatchObject([{ ts: iso(TRUE_START_MS), enteredAt: iso(TRUE_START_MS - 5_000) }]);
  await outbox.close();
});

test("a window of before the jump that is stamped after it, and times of after it", async () => {
  const { clock, outbox, commit, correct, toSend } = await boot("1970-01-01T00:00:10Z", await tempDir());
  await commit(eventDraft(clock.nowMs()));
  const before = countsDraft(clock.nowMs());
  clock.advance(30_000);
  correct(false);
  await commit(before, eventDraft(clock.nowMs()));
  correct(true);
  const [, counts, event] = await toSend();
  expect(counts).toMatchObject({ windowStart: "2026-03-01T10:20:00.000Z", ts: "2026-03-01T10:20:00.000Z" });
  expect(event).toMatchObject({ ts: iso(TRUE_START_MS + 30_000), clockSynced: true });
  await outbox.close();
});

test("a clock that was set by hand is better than one that never was, but not called synced", async () => {
  const { clock, outbox, commit, correct, toSend } = await boot("1970-01-01T00:00:10Z", await tempDir());
  await commit(eventDraft(clock.nowMs()));
  correct(false);
  expect(await toSend()).toMatchObject([{ ts: iso(TRUE_START_MS), clockSynced: false }]);
  await outbox.close();
});

test("what a boot found out about its clock outlives it", async () => {
  const dir = await tempDir();
  const first = await boot("1970-01-01T00:00:10Z", dir);
  await first.commit(eventDraft(first.clock.nowMs()));
  first.clock.advance(MINUTE_MS);
  first.correct();
  await first.commit(eventDraft(first.clock.nowMs()));
  await first.outbox.close();
  const next = await boot("1970-01-01T00:00:10Z", dir, "boot-0002");
  expect((await next.toSend()).map(({ ts }) => ts)).toEqual([iso(TRUE_START_MS), iso(TRUE_START_MS + MINUTE_MS)]);
  await next.outbox.close();
});

test("what a boot counted that never knew the time is sent as it is, never given up", async () => {
  const dir = await tempDir();
  const first = await boot("1970-01-01T00:00:10Z", dir);
  await first.commit(eventDraft(first.clock.nowMs()));
  await first.outbox.close();
  const next = await boot("1970-01-01T00:00:10Z", dir, "boot-0002");
  next.correct();
  next.clock.advance(5_000);
  await next.commit(eventDraft(next.clock.nowMs()));
  expect(next.outbox.stats()).toMatchObject({ depth: 2, dropped: 0 });
  expect(await next.outbox.oldestAgeS()).toBe(5);
  expect((await next.toSend())[0]).toMatchObject({ ts: "1970-01-01T00:00:10.000Z", clockSynced: false });
  await next.outbox.close();
});

test("a synced message is not given up by a clock that is not", async () => {
  const dir = await tempDir();
  const first = await boot("2026-03-01T10:20:30Z", dir);
  first.correct();
  await first.commit(eventDraft(first.clock.nowMs()));
  await first.outbox.close();
  const next = await boot("2050-01-01T00:00:00Z", dir, "boot-0002");
  await next.commit(eventDraft(next.clock.nowMs()));
  expect(next.outbox.stats()).toMatchObject({ depth: 2, dropped: 0 });
  await next.outbox.close();
});

test("what was once sent as it was stamped keeps its time, also for the next boot", async () => {
  const dir = await tempDir();
  const first = await boot("2026-02-01T00:00:00Z", dir);
  await first.commit(eventDraft(first.clock.nowMs()));
  await first.toSend();
  await first.commit(eventDraft(first.clock.nowMs()));
  first.correct();
  const expected = ["2026-02-01T00:00:00.000Z", iso(TRUE_START_MS)];
  expect((await first.toSend()).map(({ ts }) => ts)).toEqual(expected);
  await first.outbox.close();
  const next = await boot("2026-03-01T10:30:00Z", dir, "boot-0002");
  expect((await next.toSend()).map(({ ts }) => ts)).toEqual(expected);
  await next.outbox.close();
});
