import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { busOf } from "../../../cloud-ingest/bus/open-bus.ts";
import type { BusEntry, BusMessage, LastStored } from "../../../cloud-ingest/bus/port.ts";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { decodeMessage, encodeMessage } from "../../../cloud-ingest/inbox/inbox-message.ts";
import { ClockJudge } from "../../../cloud-ingest/ingest/clock-judge.ts";
import { sortMessages } from "../../../cloud-ingest/ingest/sort.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { MARK_FILE } from "../../../firmware-config/kit/queue/mark.ts";
import { seededRandom } from "../../../firmware-config/kit/seeded-random.ts";
import { damageFile } from "../../support/damage.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { busSuite } from "../bus/bus-suite.ts";
import { ALL, nextBatch, textsOf } from "../bus/next-batch.ts";

let root: string;
let lines: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kazoe-inbox-"));
  lines = [];
});

afterEach(() => rm(root, { recursive: true, force: true }));

const note = (_: object, message: string) => lines.push(message);
const log = { ...silentLog, info: note, error: note };
const open = (name = "a", maxBytes = 1e9) =>
  Inbox.open(join(root, name), { maxBytes, troubles: new Troubles({ log, clock: systemClock }) });
const message = (text: string): BusMessage => ({
  receivedAtMs: 1_772_420_400_123.5,
  topic: "kazoe/v1/日本",
  payload: Buffer.from(text),
});
const FLIPS = Number(process.env.KAZOE_DAMAGE_ROUNDS ?? 40);
const segmentsOf = async (name: string) => {
  const names = await readdir(join(root, name));
  return names.filter((one) => one.endsWith(".seg")).map((one) => join(root, name, one));
};

async function firstBatch(inbox: Inbox, lastStored: LastStored): Promise<readonly BusEntry[]> {
  for await (const batch of inbox.batches(lastStored, ALL, AbortSignal.timeout(5_000))) return batch;
  return [];
}

async function allOf(inbox: Inbox, count: number): Promise<readonly BusEntry[]> {
  const all: BusEntry[] = [];
  for await (const batch of inbox.batches(async () => 0, ALL, AbortSignal.timeout(5_000))) {
    all.push(...batch);
    if (all.length >= count) break;
  }
  return all;
}

const oldest = async (inbox: Inbox) => (await nextBatch(inbox))[0]?.position;

describe("inbox message", () => {
  it.each([
    { name: "text", payload: Buffer.from("hello") },
    { name: "nothing", payload: Buffer.alloc(0) },
    { name: "every byte", payload: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) },
    { name: "a megabyte", payload: Buffer.alloc(1 << 20, 0xff) },
  ])("comes back as it was: $name", ({ payload }) => {
    const before = { ...message(""), payload };
    const after = decodeMessage(encodeMessage(before));
    expect({ ...after, payload: undefined }).toEqual({ ...before, payload: undefined });
    expect(payload.equals(after?.payload ?? Buffer.from("nothing"))).toBe(true);
  });

  it("is none when the format is a later one", () => {
    expect(decodeMessage(Buffer.from([2, 0, 0]))).toBeUndefined();
  });
});

busSuite("inbox", async () => {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-inbox-"));
  return {
    open: async () => busOf(await Inbox.open(dir, { maxBytes: 1e9, troubles: silentTroubles })),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
});

describe("inbox", () => {
  it("serves all that it keeps when the names of its streams are lost, for nobody can ask how far they are stored", async () => {
    const options = { maxBytes: 1e9, keepBytes: 1e9, troubles: silentTroubles };
    const inbox = await Inbox.open(join(root, "a"), options);
    const texts = Array.from({ length: 40 }, (_, index) => `text ${index}.`);
    for (const text of texts) await inbox.publish(message(text));
    await inbox.ack((await nextBatch(inbox)).slice(0, 30));
    await inbox.close();
    const [file = ""] = await segmentsOf("a");
    const bytes = await readFile(file);
    const until = bytes.indexOf("text 9.");
    await writeFile(file, bytes.fill(0, 0, until));
    const again = await Inbox.open(join(root, "a"), options);
    expect(again.stats()).toMatchObject({ streams: [], acked: 40, depth: 10 });
    const batch = await firstBatch(again, async () => 0);
    expect(batch.map(({ position }) => position?.number)).toEqual(texts.map((_, index) => index + 1));
    const good = batch.filter(({ unusable }) => unusable === undefined);
    expect(textsOf(good)).toEqual(texts.slice(10));
    await again.close();
  });

  it("has on a copy of its folder all that publish resolved for, and goes on counting", async () => {
    const inbox = await open();
    await Promise.all(Array.from({ length: 500 }, (_, index) => inbox.publish(message(String(index)))));
    await cp(join(root, "a"), join(root, "b"), { recursive: true });
    const copy = await open("b");
    const batch = await nextBatch(copy);
    expect(textsOf(batch)).toEqual(Array.from({ length: 500 }, (_, index) => String(index)));
    expect(batch.at(-1)?.position).toEqual({ stream: (await oldest(inbox))?.stream, number: 500 });
    expect(copy.stats()).toMatchObject({ depth: 500, acked: 500 });
    await copy.ack(batch);
    await copy.publish(message("more"));
    expect(copy.stats()).toMatchObject({ depth: 1, acked: 501 });
    expect((await oldest(copy))?.number).toBe(501);
    await Promise.all([inbox.close(), copy.close()]);
  });

  it("is a stream of its own when it is new, and the same one after a restart", async () => {
    const [one, two] = [await open("a"), await open("b")];
    for (const inbox of [one, two]) await inbox.publish(message("one"));
    const stream = (await oldest(one))?.stream;
    expect((await oldest(two))?.stream).not.toBe(stream);
    await Promise.all([one.close(), two.close()]);
    const again = await open("a");
    expect((await oldest(again))?.stream).toBe(stream);
    await again.close();
  });

  it("begins after what the warehouse has, and forgets it", async () => {
    const inbox = await open();
    for (const text of ["one", "two", "three"]) await inbox.publish(message(text));
    expect(textsOf(await nextBatch(inbox, undefined, 2))).toEqual(["three"]);
    expect(inbox.stats().depth).toBe(1);
    await inbox.close();
  });

  it("takes nothing while it is full, says so once, and goes on when there is room", async () => {
    const inbox = await open("a", 1000);
    await inbox.publish(message("x".repeat(2000)));
    let taken = 0;
    const publishing = Array.from({ length: 20 }, (_, index) =>
      inbox.publish(message(String(index))).then(() => taken++),
    );
    await sleep(50);
    expect([taken, inbox.stats().full, inbox.stats().depth]).toEqual([0, true, 1]);
    await inbox.ack(await nextBatch(inbox));
    await Promise.all(publishing);
    expect([taken, inbox.stats().full, inbox.stats().acked]).toEqual([20, false, 21]);
    expect(lines).toEqual([expect.stringContaining("inbox full"), "inbox has room again"]);
    await inbox.close();
  });

  it("lets those fail that wait for room when it closes", async () => {
    const inbox = await open("a", 10);
    await inbox.publish(message("first"));
    const waiting = inbox.publish(message("second"));
    const outcome = expect(waiting).rejects.toThrow("closed");
    await sleep(10);
    await inbox.close();
    await outcome;
  });

  it("counts what it acknowledged in a file that is lost, and hands it over to be quarantined", async () => {
    for (const text of ["one", "two", "three"]) {
      const inbox = await open();
      await inbox.publish(message(text));
      if (text === "three") await inbox.publish(message("four"));
      await inbox.close();
    }
    await rm((await segmentsOf("a")).at(-1) ?? "");
    for (const acked of [4, 5]) {
      const inbox = await open();
      expect(inbox.stats()).toMatchObject({ acked, depth: acked });
      const all = await allOf(inbox, acked);
      expect(textsOf(all.filter(({ unusable }) => !unusable))).toEqual(["one", "two", "five"].slice(0, acked - 2));
      expect(new Set(all.map(({ id }) => id)).size).toBe(acked);
      await inbox.publish(message("five"));
      await inbox.close();
    }
  });

  it("counts what landed of a write that failed, and gives it", async () => {
    const inbox = await open();
    await inbox.publish(message("one"));
    await inbox.publish(message("two"));
    await inbox.close();
    // As after a sync that failed and a power cut before the next write: nobody was told of the second message.
    const [file = ""] = await segmentsOf("a");
    await rm(join(root, "a", MARK_FILE));
    await truncate(file, (await stat(file)).size - 3);
    const torn = await open();
    expect(torn.stats()).toMatchObject({ acked: 2, depth: 2 });
    await torn.close();
    await rm(join(root, "a", MARK_FILE), { force: true });
    await truncate(file, (await stat(file)).size - 30);
    const cut = await open();
    expect(cut.stats()).toMatchObject({ acked: 1, depth: 1 });
    await cut.publish(message("two"));
    // Each start has a stream of its own, and a batch is of one.
    expect(textsOf(await nextBatch(cut))).toEqual(["one"]);
    expect(textsOf(await nextBatch(cut, ALL, 1))).toEqual(["two"]);
    expect(cut.stats()).toMatchObject({ acked: 2, depth: 1 });
    await cut.close();
  });

  it("hands over what is damaged, to be quarantined, and serves the rest", {
    timeout: 30_000 + 1_000 * FLIPS,
  }, async () => {
    const judge = new ClockJudge({ clock: systemClock, troubles: silentTroubles });
    const random = seededRandom(11);
    for (let round = 0; round < FLIPS; round += 1) {
      const inbox = await open(`flip-${round}`);
      const texts = Array.from({ length: 40 }, (_, i) => `message ${i} ${"x".repeat(200)}`);
      for (let i = 0; i < texts.length; i += 8)
        await Promise.all(texts.slice(i, i + 8).map((text) => inbox.publish(message(text))));
      await inbox.close();
      const [file = ""] = await segmentsOf(`flip-${round}`);
      await damageFile(file, "flip", random);
      const again = await open(`flip-${round}`);
      const batch = await nextBatch(again);
      const { data, presence, quarantine } = sortMessages(batch, judge);
      expect(data.length + presence.length + quarantine.length).toBe(again.stats().acked);
      const damaged = batch.filter(({ unusable }) => unusable !== undefined);
      expect(damaged.length).toBeLessThan(2);
      const served = new Set(textsOf(batch.filter(({ unusable }) => unusable === undefined)));
      expect(texts.filter((text) => !served.has(text)).length).toBe(damaged.length);
      if (damaged.length > 0) {
        expect(quarantine.filter(({ reason }) => reason === "damaged in the inbox").length).toBe(1);
        expect(Buffer.from(damaged[0]?.message.payload ?? []).includes("x".repeat(50))).toBe(true);
        expect(lines).toContain("messages in the inbox are damaged");
      }
      await again.ack(batch);
      expect(again.stats()).toMatchObject({ depth: 0, bytes: 0, acked: 40, damaged: damaged.length });
      await again.close();
    }
  });

  it("serves a warehouse again that went back, and says what it does not keep any more", async () => {
    const options = { maxBytes: 1e9, keepBytes: 3e6, troubles: new Troubles({ log, clock: systemClock }) };
    const inbox = await Inbox.open(join(root, "a"), options);
    const text = "y".repeat(50_000);
    const publish = (count: number) =>
      Promise.all(Array.from({ length: count }, (_, i) => inbox.publish(message(`${i} ${text}`))));
    for (let i = 0; i < 30; i += 1) {
      await publish(10);
      await inbox.ack(await nextBatch(inbox, ALL, inbox.stats().acked - 10));
    }
    expect(inbox.stats()).toMatchObject({ depth: 0, bytes: 0, acked: 300 });
    const again = await firstBatch(inbox, async () => 280);
    expect(again.map(({ position }) => position?.number)).toEqual(Array.from({ length: 20 }, (_, i) => 281 + i));
    expect(inbox.stats().depth).toBe(20);
    expect(lines).toEqual([]);
    await inbox.ack(again);
    const all = await firstBatch(inbox, async () => 100);
    const first = all[0]?.position?.number ?? 0;
    expect(first).toBeGreaterThan(101);
    expect(all.at(-1)?.position?.number).toBe(300);
    expect(lines).toEqual(["the warehouse went back further than the inbox"]);
    expect(options.troubles.list()[0]?.text).toContain(`${first - 101} messages`);
    await inbox.close();
  });

  it("gives what comes a name of its own after it went back, and loses none of it", async () => {
    const inbox = await open();
    await Promise.all(Array.from({ length: 50 }, (_, i) => inbox.publish(message(`old ${i}`))));
    const old = await nextBatch(inbox);
    const first = old[0]?.position?.stream ?? "";
    await inbox.ack(old);
    await inbox.close();
    await cp(join(root, "a"), join(root, "backup"), { recursive: true });
    const later = await open();
    await nextBatch(later, ALL, 50);
    for (let i = 0; i < 30; i += 1) await later.publish(message(`later ${i}`));
    const stream = (await nextBatch(later, ALL, 50))[0]?.position?.stream ?? "";
    await later.close();
    // The warehouse has 80 messages of the two starts, the backup 50; what comes before they are compared is twice restarted.
    const stored = new Map([
      [first, 50],
      [stream, 80],
    ]);
    const lastStored = async (name: string) => stored.get(name) ?? 0;
    for (const text of ["new 1", "new 2"]) {
      const restored = await open("backup");
      await restored.publish(message(text));
      await restored.close();
    }
    const names = new Set([first, stream]);
    for (const text of ["new 1", "new 2", "new 3"]) {
      const restored = await open("backup");
      if (text === "new 3") await restored.publish(message(text));
      const batch = await firstBatch(restored, lastStored);
      expect(textsOf(batch)).toEqual([text]);
      const { stream: name = "", number = 0 } = batch[0]?.position ?? {};
      expect(names).not.toContain(name);
      names.add(name);
      stored.set(name, number);
      await restored.ack(batch);
      await restored.close();
    }
    const after = await open("backup");
    expect(after.stats()).toMatchObject({ acked: 53, depth: 0 });
    await after.close();
  });

  it.skipIf(!canMount)("gives up what it keeps before it refuses anything, and what is not stored never", async () => {
    const { dir } = await smallDisk(24);
    const inbox = await Inbox.open(join(dir, "inbox"), { maxBytes: 1e9, keepBytes: 1e9, troubles: silentTroubles });
    const text = "z".repeat(100_000);
    let acked = 0;
    for (let i = 0; i < 600; i += 1) {
      await inbox.publish(message(`${i} ${text}`));
      if (i % 10 === 9) await inbox.ack(await nextBatch(inbox, ALL, acked));
      if (i % 10 === 9) acked = i + 1;
    }
    expect(inbox.stats()).toMatchObject({ acked: 600, depth: 0 });
    await expect(
      (async () => {
        for (let i = 0; i < 600; i += 1) await inbox.publish(message(`${i} ${text}`));
      })(),
    ).rejects.toMatchObject({ code: "DISK_FULL" });
    const { depth } = inbox.stats();
    expect(depth).toBeGreaterThan(100);
    expect((await nextBatch(inbox, ALL, 600)).length).toBe(depth);
    await inbox.close();
  });
});

it("serves all that the warehouse lost, though damage brought back messages older than what had left", async () => {
  const keeping = () => Inbox.open(join(root, "kept"), { maxBytes: 1e9, keepBytes: 1e9, troubles: silentTroubles });
  const inbox = await keeping();
  const publish = async (from: number, to: number) => {
    for (let i = from; i <= to; i += 1) await inbox.publish(message(`m${i}`));
  };
  await publish(1, 10);
  await inbox.ack(await firstBatch(inbox, async () => 0));
  await publish(11, 50);
  await inbox.ack(await firstBatch(inbox, async () => 10));
  await publish(51, 55);
  await inbox.close();
  // The note that the first ten have left is damaged, the one of the forty after them is not.
  const [file = ""] = await segmentsOf("kept");
  const bytes = await readFile(file);
  const at = bytes.indexOf('"removed":[[1,10]]');
  expect(at).toBeGreaterThan(0);
  await writeFile(file, bytes.fill(0, at, at + 10));
  const again = await keeping();
  expect(textsOf(await allOf(again, 55))).toEqual(Array.from({ length: 55 }, (_, i) => `m${i + 1}`));
  await again.close();
});
