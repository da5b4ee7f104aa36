import { appendFile, cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { BusEntry, LastStored } from "../../../cloud-ingest/bus/port.ts";
import { Inbox, type InboxOptions } from "../../../cloud-ingest/inbox/inbox.ts";
import { decodeMessage, encodeMessage } from "../../../cloud-ingest/inbox/inbox-message.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { ALL } from "../bus/next-batch.ts";

const NOW = "2026-11-26T12:00:00Z";
const message = (text: string) => ({ receivedAtMs: 1_772_420_400_123, topic: "t", payload: Buffer.from(text) });
const filesIn = async (dir: string) => {
  const names = (await readdir(dir)).filter((name) => name.endsWith(".seg")).sort();
  return names.map((name) => join(dir, name));
};

/** An inbox in a folder of its own, and what it says. */
async function folder() {
  const dir = join(await tempDir(), "inbox");
  const log = new LogRecorder();
  const clock = new ManualClock(NOW);
  const troubles = new Troubles({ log, clock });
  const open = async (over: Partial<InboxOptions> = {}) => {
    const inbox = await Inbox.open(dir, { maxBytes: 1e9, troubles, clock, ...over });
    onTestFinished(() => inbox.close().catch(() => {}));
    return inbox;
  };
  const told = () => troubles.list().map(({ code, subject, text }) => [code, subject, text]);
  return { dir, log, open, told };
}

async function filled(texts: readonly string[]) {
  const made = await folder();
  const inbox = await made.open();
  for (const text of texts) await inbox.publish(message(text));
  await inbox.close();
  const [file = ""] = await filesIn(made.dir);
  return { ...made, file };
}

/** What is served, up to so many batches. */
async function served(inbox: Inbox, lastStored: LastStored = async () => 0, batches = 1) {
  const all: BusEntry[] = [];
  let left = batches;
  for await (const batch of inbox.batches(lastStored, ALL, AbortSignal.timeout(5_000))) {
    all.push(...batch);
    left -= 1;
    if (left === 0) break;
  }
  return all;
}

test("a message that is damaged is handed over with why, what is left of it, and the time of now", async () => {
  const { dir, file, open, told } = await filled(["one", "two", "three"]);
  const bytes = await readFile(file);
  const at = bytes.indexOf("two");
  await writeFile(file, bytes.fill("x", at, at + 3));
  const inbox = await open();
  expect(told()).toEqual([["inbox-damaged", basename(file), "1 messages go to quarantine, 39 bytes are unreadable"]]);
  const [, two] = await served(inbox);
  expect(two).toMatchObject({
    unusable: "damaged in the inbox",
    message: { receivedAtMs: Date.parse(NOW), topic: "" },
    position: { number: 2 },
  });
  expect(Buffer.from(two?.message.payload ?? []).toString("latin1")).toContain("xxx");
  expect(inbox.stats()).toMatchObject({ depth: 3, acked: 3, damaged: 1, full: false });
  expect(await readdir(dir)).toContain("damaged");
});

test("bytes that are no message of this version are none", () => {
  expect(decodeMessage(Buffer.concat([Buffer.from([2]), Buffer.alloc(20)]))).toBeUndefined();
  const bytes = encodeMessage({ ...message(""), topic: "" });
  expect(decodeMessage(bytes)).toEqual({ ...message(""), topic: "" });
  expect(decodeMessage(bytes.subarray(0, -1))).toBeUndefined();
});

test("the bytes of a message are those that every version has written", () => {
  const bytes = Buffer.from(encodeMessage({ receivedAtMs: 1.5, topic: "日t", payload: Buffer.from([7, 8]) }));
  expect(bytes.toString("hex")).toBe("01 3ff8000000000000 0004 e697a574 0708".replaceAll(" ", ""));
});

test("what is wrong with a file is said, with its name, what it costs and what it was", async () => {
  const torn = await filled(["one"]);
  await appendFile(torn.file, Buffer.from([0xd6, 0x4b, 0x5a, 0x01, 1]));
  await torn.open();
  expect(torn.told()).toEqual([]);
  expect(torn.log.lines).toEqual([
    "error the inbox ended in a torn write",
    "info the inbox goes on before the torn write",
  ]);
  expect(torn.log.fields[0]).toMatchObject({
    subject: basename(torn.file),
    error: "5 bytes at the end are set aside in damaged/",
  });
  const unreadable = await filled(["one"]);
  await rm(unreadable.file);
  await mkdir(unreadable.file);
  await unreadable.open();
  expect(unreadable.told()[0]).toEqual([
    "inbox-damaged",
    basename(unreadable.file),
    "the file cannot be read and is set aside in damaged/",
  ]);
});

test("what a backup that was copied over it holds is served again under a name of its own, and said", async () => {
  const { dir, open, told } = await filled(["old"]);
  const copy = join(dir, "..", "copy");
  await cp(dir, copy, { recursive: true });
  const mine = await open();
  await mine.publish(message("mine"));
  await mine.close();
  const theirs = await Inbox.open(copy, {
    maxBytes: 1e9,
    troubles: new Troubles({ log: new LogRecorder(), clock: new ManualClock(NOW) }),
  });
  await theirs.publish(message("theirs"));
  await theirs.publish(message("theirs too"));
  await theirs.close();
  await cp(copy, dir, { recursive: true });
  const inbox = await open();
  const [[code, , text] = []] = told();
  expect([code, text]).toEqual([
    "inbox-mixed",
    expect.stringMatching(/^[12] messages are served again, 0 bytes cannot be$/),
  ]);
  const all = await served(inbox, async () => 0, 3);
  expect(new Set(all.map(({ message: { payload } }) => Buffer.from(payload).toString()))).toEqual(
    new Set(["old", "mine", "theirs", "theirs too"]),
  );
  expect(new Set(all.map(({ position }) => position?.stream)).size).toBe(3);
});

test("what the warehouse has and the inbox lost is said with its number, and counted", async () => {
  const { open, told } = await filled(["one", "two"]);
  const inbox = await open();
  for await (const _ of inbox.batches(async () => 5, ALL, AbortSignal.abort()));
  expect(told()).toEqual([["inbox-behind", "", "3 messages that are stored are not here"]]);
  expect(inbox.stats()).toMatchObject({ acked: 5, depth: 0 });
});

test("an inbox that keeps nothing says what it cannot serve again, and serves what it has", async () => {
  const { open, told } = await filled(["one", "two", "three"]);
  const inbox = await open();
  await inbox.ack((await served(inbox)).slice(0, 2));
  expect((await served(inbox, async () => 1)).map(({ position }) => position?.number)).toEqual([3]);
  expect(told()).toEqual([
    ["inbox-gap", "", "the warehouse went back; 1 messages that it had stored are kept here no more"],
  ]);
});

test("an inbox that keeps what has left serves it again, and has nothing to say", async () => {
  const { open, told } = await filled(["one", "two", "three"]);
  const inbox = await open({ keepBytes: 1e6 });
  await inbox.ack(await served(inbox));
  expect(inbox.stats().depth).toBe(0);
  expect((await served(inbox, async () => 1)).map(({ position }) => position?.number)).toEqual([2, 3]);
  expect(told()).toEqual([]);
});

test("who does not ask how far the warehouse is gets what was not acknowledged", async () => {
  const { open } = await filled(["one", "two", "three"]);
  const inbox = await open({ keepBytes: 1e6 });
  const numbers = async () => {
    for await (const batch of inbox.batches(undefined, ALL, AbortSignal.timeout(5_000)))
      return batch.map(({ position }) => position?.number);
    return [];
  };
  expect(await numbers()).toEqual([1, 2, 3]);
  await inbox.ack((await served(inbox)).slice(0, 2));
  expect(await numbers()).toEqual([3]);
  await inbox.ack([]);
  expect(await numbers()).toEqual([3]);
});

test("it is serving once a reader has said how far the warehouse is, and as long as it reads", async () => {
  const { open } = await filled(["one"]);
  const inbox = await open();
  const isServing = () => inbox.stats().isServing;
  expect(isServing()).toBe(false);
  const lastStored = async () => {
    expect(isServing()).toBe(false);
    return 0;
  };
  for await (const _ of inbox.batches(lastStored, ALL, AbortSignal.timeout(5_000))) {
    expect(isServing()).toBe(true);
    break;
  }
  expect(isServing()).toBe(false);
});

test("it is full at exactly what it may hold, says how much that is, and has room below", async () => {
  const { open, log, told } = await folder();
  const { byteLength } = encodeMessage(message("x"));
  const inbox = await open({ maxBytes: 2 * byteLength });
  await inbox.publish(message("x"));
  await inbox.publish(message("x"));
  let taken = false;
  const third = inbox.publish(message("x")).then(() => {
    taken = true;
  });
  expect(inbox.stats()).toMatchObject({ full: true, depth: 2 });
  expect(told()).toEqual([["inbox-full", "", `2 messages, ${2 * byteLength} bytes`]]);
  const batch = await served(inbox);
  expect(taken).toBe(false);
  await inbox.ack(batch.slice(0, 1));
  await third;
  expect(log.lines.at(-1)).toBe("info inbox has room again");
  expect(inbox.stats()).toMatchObject({ acked: 3, depth: 2 });
});

test("many that wait for room are no leak, and Node does not take them for one", async () => {
  const { open } = await folder();
  const inbox = await open({ maxBytes: 1 });
  const warnings: string[] = [];
  const note = ({ name }: Error) => warnings.push(name);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  await inbox.publish(message("x"));
  const waiting = Array.from({ length: 30 }, () => inbox.publish(message("x")).catch(() => "closed"));
  await inbox.close();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(["closed"]));
  expect(warnings).not.toContain("MaxListenersExceededWarning");
});
