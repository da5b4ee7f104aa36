import { expect, test } from "vitest";
import { Outbox } from "../../../edge-agent/outbox/outbox.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { eventDraft } from "../../support/drafts.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";

const events = (count: number) => Array.from({ length: count }, () => eventDraft());
const soon = () => AbortSignal.timeout(20_000);

async function onSmallDisk() {
  const disk = await smallDisk(2);
  const log = new LogRecorder();
  const identity = { dir: `${disk.dir}/outbox`, deviceId: "cam-1", bootId: "boot-0001" };
  const limits = { maxBytes: 1e9, maxAgeMs: 1e12 };
  const outbox = await Outbox.open({ ...identity, ...limits, clock: systemClock, isClockSynced: () => true, log });
  return { ...disk, outbox, log };
}

test.skipIf(!canMount)("while the disk refuses, counting goes on in memory, up to a bound", async () => {
  const { outbox, log, remount } = await onSmallDisk();
  await outbox.commit(events(1), "[0]");
  expect(await outbox.flush(soon())).toBe(true);
  for (let i = 0; i < 130; i++) await outbox.commit(events(100), `[${i}]`);
  expect(await outbox.flush(AbortSignal.timeout(1_500))).toBe(false);
  const { depth, dropped } = outbox.stats();
  expect(depth + dropped).toBe(13_001);
  // The first hundred were on their way before the others came.
  expect(dropped).toBe(2_900);
  await remount(32);
  expect(await outbox.flush(soon())).toBe(true);
  await outbox.commit(events(1), "[130]");
  expect(await outbox.flush(soon())).toBe(true);
  const entries = await outbox.read(0, 20_000);
  const seqs = new Set(entries.map(({ message }) => message.seq));
  expect(seqs.has(0)).toBe(true);
  expect(seqs.has(3_000)).toBe(false);
  expect(Array.from({ length: 10_001 }, (_, i) => 3_001 + i).every((seq) => seqs.has(seq))).toBe(true);
  expect(outbox.checkpoint).toBe("[130]");
  expect(log.lines).toEqual(["error outbox cannot write; counts wait in memory", "info outbox writes again"]);
  await outbox.close();
});

test.skipIf(!canMount)("the loss of what waited in memory is counted over a restart", async () => {
  const { outbox, dir, remount } = await onSmallDisk();
  await outbox.commit(events(13_000), undefined);
  await outbox.flush(AbortSignal.timeout(500));
  await remount(32);
  expect(await outbox.flush(soon())).toBe(true);
  const { dropped } = outbox.stats();
  expect(dropped).toBe(3_000);
  await outbox.close();
  const identity = { dir: `${dir}/outbox`, deviceId: "cam-1", bootId: "boot-0002" };
  const limits = { maxBytes: 1e9, maxAgeMs: 1e12 };
  const log = new LogRecorder();
  const next = await Outbox.open({ ...identity, ...limits, clock: systemClock, isClockSynced: () => true, log });
  expect(next.stats().dropped).toBe(3_000);
  await next.close();
});

test.skipIf(!canMount)("a stop while the disk refuses says what is lost", async () => {
  const { outbox, log } = await onSmallDisk();
  await outbox.commit(events(9_000), undefined);
  await outbox.flush(AbortSignal.timeout(500));
  await outbox.close();
  expect(log.lines.at(-1)).toBe("error messages lost: the disk refuses them");
});

test.skipIf(!canMount)("what is acknowledged while the disk refuses leaves with the next write", async () => {
  const { outbox, remount } = await onSmallDisk();
  await outbox.commit(events(2), undefined);
  await outbox.flush(soon());
  await outbox.commit(events(9_000), undefined);
  await outbox.flush(AbortSignal.timeout(500));
  await outbox.acknowledge([1]);
  await remount(32);
  expect(await outbox.flush(soon())).toBe(true);
  expect((await outbox.read(0, 1)).map(({ id }) => id)).toEqual([2]);
  await outbox.close();
});

test.skipIf(!canMount)("what is on the disk can be read while it refuses more", async () => {
  const { outbox } = await onSmallDisk();
  await outbox.commit(events(2), undefined);
  await outbox.flush(soon());
  await outbox.commit(events(9_000), undefined);
  await outbox.flush(AbortSignal.timeout(2_500));
  expect((await outbox.read(0, 10)).map(({ id }) => id)).toEqual([1, 2]);
  await outbox.close();
});
