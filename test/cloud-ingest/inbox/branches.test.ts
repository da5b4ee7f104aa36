import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { BusEntry, LastStored } from "../../../cloud-ingest/bus/port.ts";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { MARK_FILE } from "../../../firmware-config/kit/queue/mark.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { ALL } from "../bus/next-batch.ts";

/** What the warehouse does with positions: it takes a number of a stream once, and knows every message by its text. */
class Shelf {
  readonly last: Map<string, number>;
  readonly texts: Set<string>;
  /** Traces by stream. */
  readonly traces: Map<string, number>;
  /** Messages that were handed over in all. */
  served = 0;

  constructor(from?: Shelf) {
    this.last = new Map(from?.last);
    this.texts = new Set(from?.texts);
    this.traces = new Map(from?.traces);
  }

  readonly lastStored: LastStored = async (stream) => this.last.get(stream) ?? 0;

  store(batch: readonly BusEntry[]): void {
    this.served += batch.length;
    const { stream, number } = batch.at(-1)?.position ?? { stream: "", number: 0 };
    if (number <= (this.last.get(stream) ?? 0)) return;
    this.last.set(stream, number);
    this.traces.set(stream, (this.traces.get(stream) ?? 0) + batch.length);
    for (const { message } of batch) this.texts.add(Buffer.from(message.payload).toString());
  }

  tracesOf(streams: readonly string[] = []): number {
    return streams.reduce((sum, stream) => sum + (this.traces.get(stream) ?? 0), 0);
  }
}

const message = (text: string) => ({ receivedAtMs: 1_772_420_400_123, topic: "t", payload: Buffer.from(text) });
const textsOf = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => `${prefix} ${i}`);

async function folder() {
  const dir = await tempDir();
  const troubles = new Troubles({ log: silentLog, clock: systemClock });
  const open = (keepBytes = 1e9) => Inbox.open(join(dir, "inbox"), { maxBytes: 1e9, keepBytes, troubles });
  return { dir, troubles, open, codes: () => troubles.list().map(({ code }) => code) };
}

/** Hands all that waits to the shelf; nothing when nothing does. */
async function drain(inbox: Inbox, shelf: Shelf): Promise<void> {
  const stop = new AbortController();
  // The comparison alone first: it may find that something waits.
  for await (const _ of inbox.batches(shelf.lastStored, ALL, AbortSignal.abort()));
  if (inbox.stats().depth === 0) return;
  for await (const batch of inbox.batches(shelf.lastStored, ALL, stop.signal)) {
    shelf.store(batch);
    await inbox.ack(batch);
    if (inbox.stats().depth === 0) stop.abort();
  }
}

/** One start that takes these messages and stores them. */
async function runWith(open: () => Promise<Inbox>, shelf: Shelf, texts: readonly string[]): Promise<void> {
  const inbox = await open();
  await Promise.all(texts.map((text) => inbox.publish(message(text))));
  await drain(inbox, shelf);
  await inbox.close();
}

it("serves nothing twice when ingest compares while the first message of a start is being written", async () => {
  for (const ticks of [0, 1, 2, 3, 5, 8, 13]) {
    const { open, codes } = await folder();
    const shelf = new Shelf();
    for (let start = 1; start <= 3; start += 1) {
      const inbox = await open(0);
      const first = inbox.publish(message(`${start} first`));
      for (let i = 0; i < ticks; i += 1) await Promise.resolve();
      const reading = inbox.batches(shelf.lastStored, ALL, new AbortController().signal);
      const next = reading.next();
      for (let i = 0; i < 4; i += 1) await Promise.resolve();
      await Promise.all([first, inbox.publish(message(`${start} second`))]);
      const { value = [] } = await next;
      shelf.store(value);
      await inbox.ack(value);
      await drain(inbox, shelf);
      expect(inbox.stats()).toMatchObject({ acked: start * 2, depth: 0 });
      await inbox.close();
      expect(shelf.served).toBe(start * 2);
    }
    expect(shelf.texts.size).toBe(6);
    expect(codes()).toEqual([]);
  }
});

it("does not take for stored what is published while it asks how far the warehouse is", async () => {
  const { open } = await folder();
  const shelf = new Shelf();
  await runWith(open, shelf, ["one"]);
  const inbox = await open();
  const asked: LastStored = async (stream) => {
    const number = await shelf.lastStored(stream);
    await inbox.publish(message("two"));
    return number;
  };
  for await (const _ of inbox.batches(asked, ALL, AbortSignal.abort()));
  expect(inbox.stats()).toMatchObject({ acked: 2, depth: 1 });
  await drain(inbox, shelf);
  expect([...shelf.texts]).toEqual(["one", "two"]);
  await inbox.close();
});

it("loses nothing when the newer warehouse is put beside an inbox from a backup", async () => {
  const { dir, open, codes } = await folder();
  const shelf = new Shelf();
  await runWith(open, shelf, textsOf("old", 100));
  await cp(join(dir, "inbox"), join(dir, "backup"), { recursive: true });
  const backup = new Shelf(shelf);
  await runWith(open, shelf, textsOf("newer", 50));
  await rm(join(dir, "inbox"), { recursive: true });
  await cp(join(dir, "backup"), join(dir, "inbox"), { recursive: true });
  await runWith(open, backup, textsOf("other", 40));
  // The newer warehouse comes back: it has 150 of the numbers, and 40 of those are other messages here.
  const inbox = await open();
  await drain(inbox, shelf);
  for (const text of textsOf("other", 40)) expect(shelf.texts).toContain(text);
  const { acked, depth, streams } = inbox.stats();
  expect(acked - depth - shelf.tracesOf(streams)).toBe(0);
  expect(codes()).toEqual([]);
  await inbox.close();
});

it("says that it lost its end, counts what is stored of it, and takes nothing new for it", async () => {
  const { dir, open, codes } = await folder();
  const shelf = new Shelf();
  await runWith(open, shelf, textsOf("old", 20));
  const inbox = await open();
  // Three files of one start.
  for (const text of textsOf("x".repeat(3e6), 5)) await inbox.publish(message(text));
  await drain(inbox, shelf);
  await inbox.close();
  const files = (await readdir(join(dir, "inbox"))).filter((name) => name.endsWith(".seg")).sort();
  await rm(join(dir, "inbox", files.at(-1) ?? ""));
  // With its mark it would know that all of it is stored, and go on behind it.
  await rm(join(dir, "inbox", MARK_FILE));
  await runWith(open, shelf, textsOf("new", 5));
  expect(codes()).toEqual(["inbox-behind"]);
  expect(shelf.texts.size).toBe(30);
  const again = await open();
  await drain(again, shelf);
  const { acked, streams } = again.stats();
  expect([acked, shelf.tracesOf(streams)]).toEqual([30, 30]);
  await again.close();
});

it("serves what both branches hold when a newer inbox is copied over an older one", async () => {
  const { dir, open, codes } = await folder();
  const copy = (from: string, to: string) => cp(join(dir, from), join(dir, to), { recursive: true });
  const shelf = new Shelf();
  await runWith(open, shelf, textsOf("old", 100));
  await copy("inbox", "backup");
  const restored = new Shelf(shelf);
  await runWith(open, shelf, textsOf("newer", 50));
  await copy("inbox", "newer");
  await rm(join(dir, "inbox"), { recursive: true });
  await copy("backup", "inbox");
  await runWith(open, restored, textsOf("other", 40));
  await copy("newer", "inbox");
  for (let start = 0; start < 2; start += 1) {
    await runWith(open, restored, textsOf(`last ${start}`, 10));
    for (const [prefix, count] of [["newer", 50] as const, ["other", 40] as const])
      for (const text of textsOf(prefix, count)) expect(restored.texts).toContain(text);
  }
  expect(restored.texts.size).toBe(210);
  expect(codes()).toEqual(["inbox-mixed"]);
  const inbox = await open();
  const { acked, depth, streams } = inbox.stats();
  expect([acked - restored.tracesOf(streams), depth]).toEqual([0, 0]);
  await inbox.close();
});
