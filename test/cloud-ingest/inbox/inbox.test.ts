import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { decodeMessage, encodeMessage, type InboxMessage } from "../../../cloud-ingest/inbox/inbox-message.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";

const NEVER = new AbortController().signal;
const ALL = { maxMessages: 1000, maxBytes: 1e9 };

let root: string;
let lines: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kazoe-inbox-"));
  lines = [];
});

afterEach(() => rm(root, { recursive: true, force: true }));

const note = (_: object, message: string) => lines.push(message);
const log = { ...silentLog, info: note, error: note };
const open = (name = "a", maxBytes = 1e9) => Inbox.open(join(root, name), { maxBytes, log });
const message = (text: string): InboxMessage => ({
  receivedAtMs: 1_772_420_400_123.5,
  topic: "kazoe/v1/日本",
  payload: Buffer.from(text),
});
const textsOf = async (inbox: Inbox, afterId = 0, limit = ALL) =>
  (await inbox.read(afterId, limit)).map((entry) => Buffer.from(entry.message.payload).toString());

describe("inbox message", () => {
  it.each([
    { name: "text", payload: Buffer.from("hello") },
    { name: "nothing", payload: Buffer.alloc(0) },
    { name: "every byte", payload: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)) },
    { name: "a megabyte", payload: Buffer.alloc(1 << 20, 0xff) },
  ])("comes back as it was: $name", ({ payload }) => {
    const before = { ...message(""), payload };
    const after = decodeMessage(encodeMessage(before));
    expect({ ...after, payload: Buffer.from(after.payload) }).toEqual(before);
  });

  it("says so when the format is a later one", () => {
    expect(() => decodeMessage(Buffer.from([2, 0, 0]))).toThrow("unknown format 2");
  });
});

describe("inbox", () => {
  it("has on a copy of its folder all that append resolved for, and goes on counting", async () => {
    const inbox = await open();
    await Promise.all(Array.from({ length: 500 }, (_, index) => inbox.append(message(String(index)))));
    await cp(join(root, "a"), join(root, "b"), { recursive: true });
    const copy = await open("b");
    expect(await textsOf(copy)).toEqual(Array.from({ length: 500 }, (_, index) => String(index)));
    expect(copy.stats()).toMatchObject({ depth: 500, acked: 500, lastId: 500 });
    expect(copy.epoch).toBe(inbox.epoch);
    await copy.removeThrough(500);
    await copy.append(message("more"));
    expect(copy.stats()).toMatchObject({ depth: 1, acked: 501, lastId: 501 });
    await Promise.all([inbox.close(), copy.close()]);
  });

  it("gives every new inbox another epoch, and the same one after a restart", async () => {
    const [one, two] = [await open("a"), await open("b")];
    const epoch = one.epoch;
    expect(epoch).not.toBe(two.epoch);
    await Promise.all([one.close(), two.close()]);
    const again = await open("a");
    expect(again.epoch).toBe(epoch);
    await again.close();
  });

  it("reads up to a number of messages or bytes, but always one", async () => {
    const inbox = await open();
    for (const text of ["one", "two", "x".repeat(5000), "four"]) await inbox.append(message(text));
    expect(await textsOf(inbox, 0, { maxMessages: 2, maxBytes: 1e6 })).toEqual(["one", "two"]);
    expect(await textsOf(inbox, 1, { maxMessages: 9, maxBytes: 1000 })).toEqual(["two"]);
    expect(await textsOf(inbox, 2, { maxMessages: 9, maxBytes: 1000 })).toEqual(["x".repeat(5000)]);
    expect(await textsOf(inbox, 3)).toEqual(["four"]);
    expect(await textsOf(inbox, 4)).toEqual([]);
    await inbox.close();
  });

  it("wakes the reader at a new message and at the end", async () => {
    const inbox = await open();
    const controller = new AbortController();
    let woken = 0;
    const waiting = [inbox.waitForMore(0, NEVER), inbox.waitForMore(1, controller.signal)].map((wait) =>
      wait.then(() => woken++),
    );
    await sleep(20);
    expect(woken).toBe(0);
    await inbox.append(message("one"));
    await waiting[0];
    await sleep(20);
    expect(woken).toBe(1);
    controller.abort();
    await waiting[1];
    await inbox.waitForMore(0, NEVER);
    await inbox.close();
  });

  it("takes nothing while it is full, says so once, and goes on when there is room", async () => {
    const inbox = await open("a", 1000);
    await inbox.append(message("x".repeat(2000)));
    let taken = 0;
    const appends = Array.from({ length: 20 }, (_, index) => inbox.append(message(String(index))).then(() => taken++));
    await sleep(50);
    expect([taken, inbox.stats().full, inbox.stats().depth]).toEqual([0, true, 1]);
    await inbox.removeThrough(1);
    await Promise.all(appends);
    expect([taken, inbox.stats().full, inbox.stats().acked]).toEqual([20, false, 21]);
    expect(lines).toEqual([expect.stringContaining("inbox full"), "inbox has room again"]);
    await inbox.close();
  });

  it("lets waiting appends fail when it closes", async () => {
    const inbox = await open("a", 10);
    await inbox.append(message("first"));
    const waiting = inbox.append(message("second"));
    const outcome = expect(waiting).rejects.toThrow("closed");
    await sleep(10);
    await inbox.close();
    await outcome;
    await expect(inbox.append(message("third"))).rejects.toThrow("closed");
  });
});
