import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Outbox, type OutboxOptions } from "../../../edge-agent/outbox/outbox.ts";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { MARK_FILE } from "../../../firmware-config/kit/queue/mark.ts";
import { eventDraft, FakeClock } from "../../support/drafts.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";
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

async function write(outbox: Outbox, count: number, atMs?: number): Promise<void> {
  const drafts = Array.from({ length: count }, () => eventDraft(atMs));
  await outbox.commit(drafts, undefined);
  expect(await outbox.flush(FLUSH())).toBe(true);
}

const idsIn = async (outbox: Outbox) => (await outbox.read(0, 1_000)).map(({ id }) => id);

/** Spoils what stands in the outbox's file from one text to another. */
async function spoil(dir: string, from: string, to: string): Promise<void> {
  const [name = ""] = (await readdir(dir)).filter((one) => one.endsWith(".seg"));
  const bytes = await readFile(join(dir, name));
  await writeFile(join(dir, name), bytes.fill(0, bytes.indexOf(from), bytes.indexOf(to)));
}

test("the publisher is woken by what the disk has, and by nothing else", async () => {
  const outbox = await open(await tempDir());
  let woken = 0;
  const stop = new AbortController();
  void outbox.arrivals.wait(stop.signal).then(() => {
    woken += 1;
  });
  await outbox.commit([], "[1]");
  await outbox.flush(FLUSH());
  expect([woken, outbox.checkpoint]).toEqual([0, "[1]"]);
  await write(outbox, 1);
  expect([woken, outbox.lastId]).toEqual([1, 1]);
  await outbox.close();
});

test("a new outbox has nothing, and is the first boot", async () => {
  const outbox = await open(await tempDir());
  expect(outbox.stats()).toEqual({ depth: 0, bytes: 0, dropped: 0 });
  expect([outbox.checkpoint, outbox.bootNumber, outbox.bootRecords()]).toEqual([undefined, 1, []]);
  expect([outbox.lastId, await outbox.oldestAgeS()]).toEqual([0, 0]);
  await outbox.close();
});

test("damaged messages are given up when they are read, counted once, and what stands behind them is given", async () => {
  const dir = await tempDir();
  const outbox = await open(dir);
  await write(outbox, 6);
  await spoil(dir, '"seq":1', '"seq":2');
  expect((await outbox.read(1, 2)).map(({ id }) => id)).toEqual([4, 5]);
  expect(await idsIn(outbox)).toEqual([1, 4, 5, 6]);
  expect(outbox.stats()).toMatchObject({ depth: 4, dropped: 2 });
  await outbox.close();
  const again = await open(dir, { bootId: "boot-0002" });
  expect(await idsIn(again)).toEqual([1, 4, 5, 6]);
  expect(again.stats()).toMatchObject({ depth: 4, dropped: 2 });
  await again.close();
});

test("messages that were found damaged at the start are dropped before anybody reads them", async () => {
  const dir = await tempDir();
  const first = await open(dir);
  await write(first, 6);
  await first.close();
  await spoil(dir, '"seq":1', '"seq":2');
  const outbox = await open(dir, { bootId: "boot-0002" });
  expect(outbox.stats()).toMatchObject({ depth: 4, dropped: 2 });
  expect(await idsIn(outbox)).toEqual([1, 4, 5, 6]);
  expect(outbox.stats()).toMatchObject({ depth: 4, dropped: 2 });
  await outbox.close();
});

test.skipIf(!canMount)("what is damaged is counted although the disk refuses to note it, which is said", async () => {
  const { dir } = await smallDisk(1);
  const log = new LogRecorder();
  const outbox = await open(join(dir, "outbox"), { log });
  await write(outbox, 6);
  await spoil(join(dir, "outbox"), '"seq":1', '"seq":2');
  await writeFile(join(dir, "junk"), Buffer.alloc(2e6)).catch(() => {});
  // A write that needs no more room than the last page has is not refused.
  await expect(
    outbox.commit(
      Array.from({ length: 20 }, () => eventDraft()),
      undefined,
    ),
  ).resolves.toBeUndefined();
  expect(await outbox.flush(AbortSignal.timeout(100))).toBe(false);
  expect((await outbox.read(0, 3)).map(({ id }) => id)).toEqual([1]);
  expect(outbox.stats()).toMatchObject({ depth: 24, dropped: 2 });
  await outbox.close();
});

test.skipIf(!canMount)("a start on a full disk goes on, and says what it could not note", async () => {
  const { dir } = await smallDisk(1);
  const boots = Array.from({ length: 1_001 }, (_, i): [string, string] => [`boot/b-${1_000 + i}`, String(i)]);
  const queue = await DurableQueue.open(join(dir, "outbox"));
  await queue.append([], new Map(boots));
  await queue.close();
  await writeFile(join(dir, "junk"), Buffer.alloc(2e6)).catch(() => {});
  const log = new LogRecorder();
  const outbox = await open(join(dir, "outbox"), { log });
  expect(log.lines).toEqual(["warn outbox cannot forget old boots", "warn outbox cannot note this start"]);
  const full = { error: expect.stringMatching(/^The disk is full: /) };
  expect(log.fields).toEqual([full, full]);
  expect([outbox.bootNumber, outbox.bootRecords().length]).toEqual([1, 1_001]);
  await outbox.close();
});

test("the newest thousand boots are remembered, and of the others what they knew of their clock is forgotten too", async () => {
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir);
  const notes = Array.from({ length: 1_002 }, (_, i): [string, string][] => [
    [`boot/b-${1_000 + i}`, String(i)],
    [`clock/b-${1_000 + i}`, "{}"],
  ]);
  await queue.append([], new Map(notes.flat().reverse()));
  await queue.close();
  const outbox = await open(dir);
  const records = outbox.bootRecords();
  expect(records).toHaveLength(1_000);
  expect(records).toContainEqual({ bootId: "b-1002", lastSeq: 2 });
  expect(records.map(({ bootId }) => bootId)).not.toContain("b-1001");
  await outbox.close();
  const left = await DurableQueue.open(dir);
  expect([left.note("clock/b-1001"), left.note("clock/b-1002")]).toEqual([undefined, "{}"]);
  expect(left.notes("clock/").size).toBe(1_000);
  await left.close();
});

test("what is too old is looked for once a minute", async () => {
  const clock = new FakeClock();
  const log = new LogRecorder();
  const outbox = await open(await tempDir(), { clock, maxAgeMs: 10_000, log });
  await write(outbox, 1, clock.nowMs());
  clock.advance(59_999);
  await write(outbox, 1, clock.nowMs());
  expect(outbox.stats()).toMatchObject({ depth: 2, dropped: 0 });
  clock.advance(1);
  await write(outbox, 1, clock.nowMs());
  expect(outbox.stats()).toMatchObject({ depth: 2, dropped: 1 });
  expect(log.lines).toEqual(["warn messages given up: full or too old"]);
  expect(log.fields).toEqual([{ count: 1, dropped: 1 }]);
  await outbox.close();
});

test("what is exactly as old as it may be stays", async () => {
  const clock = new FakeClock();
  const outbox = await open(await tempDir(), { clock, maxAgeMs: 60_000 });
  await write(outbox, 1, clock.nowMs());
  clock.advance(60_000);
  await write(outbox, 1, clock.nowMs());
  expect(outbox.stats()).toMatchObject({ depth: 2, dropped: 0 });
  await outbox.close();
});

test("as many bytes as it may hold stay, one more costs the oldest hundred", async () => {
  const dir = await tempDir();
  const first = await open(dir);
  await write(first, 150);
  const { bytes } = first.stats();
  await first.close();
  const full = await open(dir, { maxBytes: bytes, bootId: "boot-0002" });
  await write(full, 1);
  expect(full.stats()).toMatchObject({ depth: 151, dropped: 0 });
  await write(full, 1);
  expect(full.stats()).toMatchObject({ depth: 52, dropped: 100 });
  await full.close();
});

test("the age of a message of another boot is told by clocks that are right, and is never less than nothing", async () => {
  const dir = await tempDir();
  const clock = new FakeClock();
  const first = await open(dir, { clock });
  clock.advance(5_000);
  await write(first, 1, clock.nowMs());
  expect(await first.oldestAgeS()).toBe(0);
  clock.advance(2_000);
  expect(await first.oldestAgeS()).toBe(2);
  await first.close();
  const state = { synced: true };
  const next = await open(dir, { clock, bootId: "boot-0002", isClockSynced: () => state.synced });
  clock.advance(10_000);
  expect(await next.oldestAgeS()).toBe(12);
  state.synced = false;
  expect(await next.oldestAgeS()).toBe(10);
  state.synced = true;
  clock.set(0);
  expect(await next.oldestAgeS()).toBe(0);
  await next.close();
});

test("what the publisher acknowledged is not told as sent as it was stamped any more", async () => {
  const dir = await tempDir();
  const clock = new FakeClock();
  const state = { synced: false };
  const outbox = await open(dir, { clock, isClockSynced: () => state.synced });
  await write(outbox, 2, clock.nowMs());
  for (const entry of await outbox.read(0, 10)) await outbox.toSend(entry);
  await outbox.acknowledge([1]);
  clock.set(clock.nowMs() + 1e9);
  state.synced = true;
  await write(outbox, 1, clock.nowMs());
  await outbox.close();
  const queue = await DurableQueue.open(dir);
  expect(JSON.parse(queue.note("clock/boot-0001") ?? "{}")).toMatchObject({ sent: [2] });
  await queue.close();
});

test("the loss and the number of the boot are known from the files alone, and from the mark alone", async () => {
  const dir = await tempDir();
  const clock = new FakeClock();
  for (const bootId of ["boot-0001", "boot-0002"]) {
    const outbox = await open(dir, { clock, bootId, maxAgeMs: 10_000 });
    await write(outbox, 1, clock.nowMs());
    clock.advance(60_000);
    await write(outbox, 1, clock.nowMs());
    await outbox.close();
  }
  await rm(join(dir, MARK_FILE));
  const third = await open(dir, { bootId: "boot-0003" });
  expect([third.bootNumber, third.stats().dropped]).toEqual([3, 3]);
  await third.close();
  // Its own file holds nothing but the note of its start.
  const names = (await readdir(dir)).filter((name) => name.endsWith(".seg")).sort();
  await rm(join(dir, names.at(-1) ?? ""));
  const fourth = await open(dir, { bootId: "boot-0004" });
  expect([fourth.bootNumber, fourth.stats().dropped]).toEqual([4, 3]);
  await fourth.close();
});
