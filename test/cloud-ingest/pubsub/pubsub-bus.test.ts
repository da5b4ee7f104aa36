import { describe, expect, it, vi } from "vitest";
import { busSuite } from "../bus/bus-suite.ts";
import { messageOf, PubSubRig, read, SUBSCRIPTION, TOPIC, textOf } from "./pubsub-rig.ts";

const WAIT = { timeout: 20_000, interval: 20 };
const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));

busSuite("pubsub", async () => {
  const rig = await PubSubRig.start();
  return {
    open: async () => {
      const { bus, writer, reader, close } = await rig.open();
      return { writer, reader, stats: () => bus.stats(), run: async () => {}, close };
    },
    remove: () => rig.stop(),
  };
});

describe("straight to Pub/Sub", () => {
  it("gives a message as it was, once acknowledged never again", async () => {
    const rig = await PubSubRig.start();
    const { writer, reader, bus } = await rig.open();
    await writer.publish(messageOf("cam-01", "one"));
    const [entry] = await read(reader, 1);
    expect(entry).toMatchObject({
      message: { receivedAtMs: 1_772_420_400_123.5, topic: messageOf("cam-01", "").topic },
    });
    expect(entry && textOf(entry)).toBe("one");
    await vi.waitFor(() => expect(rig.fake.unacked(SUBSCRIPTION)).toEqual([]), WAIT);
    expect(bus.stats()).toMatchObject({ acked: 1, depth: 0, bytes: 0, isShared: true });
  });

  it("keeps the order of each device", async () => {
    const rig = await PubSubRig.start();
    const { writer, reader } = await rig.open();
    const devices = ["cam-01", "cam-02", "cam-03"];
    await Promise.all(numbers(60).flatMap((n) => devices.map((device) => writer.publish(messageOf(device, n)))));
    const seen = await read(reader, 180, { limit: { maxMessages: 7, maxBytes: 1e6 } });
    for (const device of devices)
      expect(seen.filter(({ message }) => message.topic.includes(device)).map(textOf)).toEqual(numbers(60));
  });

  it("rejects what Pub/Sub does not take, says what to do, and goes on with the device's next", async () => {
    const rig = await PubSubRig.start();
    const { writer } = await rig.open();
    rig.fake.faults.add("Publish", { kind: "fail", code: 7 });
    await expect(writer.publish(messageOf("cam-01", "one"))).rejects.toMatchObject({
      code: "BUS_UNREACHABLE",
      hint: expect.stringContaining("roles/pubsub.publisher"),
    });
    await writer.publish(messageOf("cam-01", "two"));
    expect(rig.fake.published(TOPIC)).toHaveLength(1);
  });
});

describe("the reader", () => {
  it("hands back what it holds when it stops, so that another has it at once", async () => {
    const rig = await PubSubRig.start();
    const first = await rig.open();
    await first.writer.publish(messageOf("cam-01", "one"));
    await read(first.reader, 1, { acks: false });
    const startMs = performance.now();
    const second = await rig.open();
    expect((await read(second.reader, 1)).map(textOf)).toEqual(["one"]);
    expect(performance.now() - startMs).toBeLessThan(9_000);
  });

  it("shares a subscription with others: each message goes to one of them", async () => {
    const rig = await PubSubRig.start();
    const readers = await Promise.all([rig.open(), rig.open(), rig.open()]);
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = readers.map(async ({ reader }) => {
      for await (const batch of reader.batches(undefined, { maxMessages: 10, maxBytes: 1e6 }, stop.signal)) {
        seen.push(...batch.map(textOf));
        await reader.ack(batch);
      }
    });
    const { writer } = await rig.open();
    await Promise.all(numbers(300).map((n) => writer.publish(messageOf(`cam-${Number(n) % 10}`, n))));
    await vi.waitFor(() => expect(seen).toHaveLength(300), WAIT);
    expect(new Set(seen).size).toBe(300);
    stop.abort();
    await Promise.all(reading);
  });

  it("opens the stream again when it breaks, and says so meanwhile", async () => {
    const rig = await PubSubRig.start();
    const { writer, reader, troubles } = await rig.open();
    const reading = read(reader, 1);
    await vi.waitFor(() => expect(rig.fake.openStreams(SUBSCRIPTION)).toBe(1), WAIT);
    rig.fake.closeStreams(SUBSCRIPTION, 7);
    await vi.waitFor(() => expect(troubles.list()).toMatchObject([{ code: "bus-unreadable" }]), WAIT);
    await writer.publish(messageOf("cam-01", "one"));
    expect((await reading).map(textOf)).toEqual(["one"]);
    expect(troubles.list()).toEqual([]);
  });

  it("names what is published without a topic so that ingest quarantines it, and keeps Pub/Sub's own time", async () => {
    const rig = await PubSubRig.start();
    const { reader } = await rig.open();
    await rig.publish("a stranger's", { receivedAtMs: "never" });
    const [entry] = await read(reader, 1);
    expect(entry?.message.topic).toBe("");
    expect(Math.abs(Date.now() - (entry?.message.receivedAtMs ?? 0))).toBeLessThan(3_600_000);
  });

  it("gives what Pub/Sub has given up as unusable", async () => {
    const rig = await PubSubRig.start();
    const { reader } = await rig.open({ subscription: "dead-letters", deadLetterSubscription: "ingest" });
    await rig.publish("poison");
    expect((await read(reader, 1))[0]).toMatchObject({ unusable: expect.stringContaining("given up by Pub/Sub") });
  });
});

describe("through the inbox", () => {
  it("takes messages while Pub/Sub is away, and forwards all of them once, in order, when it is back", async () => {
    const rig = await PubSubRig.start();
    rig.fake.faults.add("Publish", { kind: "fail", code: 7 }, { times: 1_000_000 });
    const { writer, bus, troubles } = await rig.open({ through: "inbox" });
    await Promise.all(numbers(50).map((n) => writer.publish(messageOf("cam-01", n))));
    expect(bus.stats()).toMatchObject({ acked: 50, depth: 50 });
    await vi.waitFor(() => expect(troubles.list()).toMatchObject([{ code: "forward-down" }]), { timeout: 60_000 });
    rig.fake.faults.clear();
    await vi.waitFor(() => expect(bus.stats().depth).toBe(0), { timeout: 60_000 });
    expect(troubles.list()).toEqual([]);
    expect(rig.fake.published(TOPIC).map(({ data }) => Buffer.from(data).toString())).toEqual(numbers(50));
  }, 90_000);
});
