import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Outbox, type OutboxOptions } from "../../../edge-agent/outbox/outbox.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { eventDraft, FakeClock } from "../../support/drafts.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";

const FLUSH = () => AbortSignal.timeout(5_000);

async function open(dir: string, change: Partial<OutboxOptions> = {}) {
  const options = { dir, deviceId: "cam-1", bootId: "boot-0001", maxBytes: 1e6, maxAgeMs: 1e9, log: silentLog };
  return Outbox.open({ ...options, clock: new FakeClock(), isClockSynced: () => true, ...change });
}

test("messages are stamped in a sequence without gaps and read back in order", async () => {
  const outbox = await open(await tempDir());
  await outbox.commit([eventDraft(), eventDraft()], undefined);
  await outbox.commit([eventDraft()], undefined);
  expect(await outbox.flush(FLUSH())).toBe(true);
  const entries = await outbox.read(0, 10);
  expect(entries.map(({ message }) => message.seq)).toEqual([0, 1, 2]);
  expect(entries[0]?.message).toMatchObject({ v: 1, deviceId: "cam-1", bootId: "boot-0001", clockSynced: true });
  await outbox.close();
});

test("what was flushed survives without a close, with its checkpoint and the record of its boot", async () => {
  const dir = await tempDir();
  const outbox = await open(dir);
  await outbox.commit([eventDraft()], "[1]");
  await outbox.flush(FLUSH());
  const copy = join(await tempDir(), "copy");
  await cp(dir, copy, { recursive: true });
  const next = await open(copy, { bootId: "boot-0002" });
  expect(next.checkpoint).toBe("[1]");
  await next.commit([eventDraft(), eventDraft()], "[]");
  await next.flush(FLUSH());
  expect(next.bootRecords()).toEqual([
    { bootId: "boot-0001", lastSeq: 0 },
    { bootId: "boot-0002", lastSeq: 1 },
  ]);
  expect((await next.read(0, 10)).map(({ message }) => message.bootId)).toEqual([
    "boot-0001",
    "boot-0002",
    "boot-0002",
  ]);
  await next.close();
  await outbox.close();
});

test("each start on a disk has a higher number, also when none was closed or counted anything", async () => {
  let dir = await tempDir();
  const numbers: number[] = [];
  for (let start = 1; start <= 3; start++) {
    const outbox = await open(dir, { bootId: `boot-000${start}` });
    numbers.push(outbox.bootNumber);
    const copy = join(await tempDir(), "copy");
    await cp(dir, copy, { recursive: true });
    await outbox.close();
    dir = copy;
  }
  expect(numbers).toEqual([1, 2, 3]);
});

test("only an acknowledged message leaves", async () => {
  const outbox = await open(await tempDir());
  await outbox.commit([eventDraft(), eventDraft()], undefined);
  await outbox.flush(FLUSH());
  await outbox.acknowledge([1]);
  expect((await outbox.read(0, 10)).map(({ id }) => id)).toEqual([2]);
  expect(outbox.stats()).toMatchObject({ depth: 1, dropped: 0 });
  await outbox.close();
});

test("when it is full the oldest go, and the loss is counted, also after a restart", async () => {
  const dir = await tempDir();
  const outbox = await open(dir, { maxBytes: 60_000 });
  for (let i = 0; i < 400; i++) {
    await outbox.commit([eventDraft()], undefined);
    await outbox.flush(FLUSH());
  }
  const { depth, dropped, bytes } = outbox.stats();
  expect(dropped).toBeGreaterThan(0);
  expect(depth + dropped).toBe(400);
  expect(bytes).toBeLessThan(70_000);
  expect((await outbox.read(0, 1))[0]?.message.seq).toBe(dropped);
  await outbox.close();
  const again = await open(dir);
  expect(again.stats().dropped).toBe(dropped);
  await again.close();
});

test("messages that are too old go, and the loss is counted", async () => {
  const clock = new FakeClock();
  const outbox = await open(await tempDir(), { clock, maxAgeMs: 600_000 });
  const commit = async () => {
    await outbox.commit([eventDraft(clock.nowMs())], undefined);
    await outbox.flush(FLUSH());
  };
  await commit();
  clock.advance(300_000);
  await commit();
  expect(await outbox.oldestAgeS()).toBe(300);
  clock.advance(301_000);
  await commit();
  expect(outbox.stats()).toMatchObject({ depth: 2, dropped: 1 });
  await outbox.close();
});

test("many that are too old go in one sweep with one line in the log", async () => {
  const dir = await tempDir();
  const clock = new FakeClock();
  const first = await open(dir, { clock, maxAgeMs: 600_000 });
  await first.commit(
    Array.from({ length: 350 }, () => eventDraft()),
    undefined,
  );
  await first.flush(FLUSH());
  await first.close();
  clock.advance(700_000);
  const log = new LogRecorder();
  const outbox = await open(dir, { clock, bootId: "boot-0002", maxAgeMs: 600_000, log });
  await outbox.commit([eventDraft(clock.nowMs())], undefined);
  await outbox.flush(FLUSH());
  expect(outbox.stats()).toMatchObject({ depth: 1, dropped: 350 });
  expect(log.lines).toEqual(["warn messages given up: full or too old"]);
  await outbox.close();
});

test("a draft that breaks the contract is our fault and uses no number", async () => {
  const outbox = await open(await tempDir());
  await expect(outbox.commit([{ ...eventDraft(), cameraId: "Not An Id" }], undefined)).rejects.toMatchObject({
    code: "INTERNAL",
    fault: "bug",
  });
  await outbox.commit([eventDraft()], undefined);
  await outbox.flush(FLUSH());
  expect((await outbox.read(0, 10)).map(({ message }) => message.seq)).toEqual([0]);
  await outbox.close();
});

test("messages in a lost file are counted as dropped, also after a restart, and no boot number comes again", async () => {
  const dir = await tempDir();
  for (const bootId of ["boot-0001", "boot-0002"]) {
    const outbox = await open(dir, { bootId });
    await outbox.commit([eventDraft(), eventDraft(), eventDraft()], undefined);
    await outbox.flush(FLUSH());
    if (bootId === "boot-0002") await outbox.acknowledge([1, 2, 3, 4]);
    await outbox.close();
  }
  const names = (await readdir(dir)).filter((name) => name.endsWith(".seg")).sort();
  await rm(join(dir, names.at(-1) ?? ""));
  for (const bootNumber of [3, 4]) {
    const outbox = await open(dir, { bootId: `boot-000${bootNumber}` });
    expect(outbox.bootNumber).toBe(bootNumber);
    expect(outbox.stats()).toMatchObject({ depth: bootNumber - 3, dropped: 2 });
    await outbox.commit([eventDraft()], undefined);
    await outbox.flush(FLUSH());
    expect((await outbox.read(0, 10)).map(({ id }) => id)).toEqual([7, 8].slice(0, bootNumber - 2));
    await outbox.close();
  }
});
