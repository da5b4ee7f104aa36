import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BusMessage } from "../../../cloud-ingest/bus/port.ts";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { decodeMessage, encodeMessage } from "../../../cloud-ingest/inbox/inbox-message.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { busSuite } from "../bus/bus-suite.ts";
import { nextBatch, textsOf } from "../bus/next-batch.ts";

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
    expect({ ...after, payload: Buffer.from(after?.payload ?? []) }).toEqual(before);
  });

  it("is none when the format is a later one", () => {
    expect(decodeMessage(Buffer.from([2, 0, 0]))).toBeUndefined();
  });
});

busSuite("inbox", async () => {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-inbox-"));
  return {
    open: () => Inbox.open(dir, { maxBytes: 1e9, troubles: silentTroubles }),
    remove: () => rm(dir, { recursive: true, force: true }),
  };
});

describe("inbox", () => {
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
});
