import { PubSub } from "@google-cloud/pubsub";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { TopicWriter } from "../../../cloud-ingest/pubsub/topic-writer.ts";
import { busSuite } from "../bus/bus-suite.ts";
import { emulatorSuite } from "./emulator-suite.ts";
import { fakePlace, messageOf, read, textOf } from "./pubsub-rig.ts";

const WAIT = { timeout: 20_000, interval: 20 };
const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));

busSuite("pubsub", async () => {
  const { place } = await fakePlace();
  return { open: async () => (await place.open()).ends, remove: () => place.close() };
});

emulatorSuite();

describe("straight to Pub/Sub", () => {
  it("gives a message as it was, once acknowledged never again", async () => {
    const { fake, place } = await fakePlace();
    const { ends } = await place.open();
    const { writer, reader } = ends;
    await writer.publish(messageOf("cam-01", "one"));
    const [entry] = await read(reader, 1);
    expect(entry).toMatchObject({
      message: { receivedAtMs: 1_772_420_400_123.5, topic: messageOf("cam-01", "").topic },
    });
    expect(entry && textOf(entry)).toBe("one");
    await vi.waitFor(() => expect(fake.unacked(place.subscription)).toEqual([]), WAIT);
    expect(ends.stats()).toMatchObject({ acked: 1, depth: 0, bytes: 0, isShared: true });
  });

  it("keeps the order of each device", async () => {
    const { place } = await fakePlace();
    const { writer, reader } = (await place.open()).ends;
    const devices = ["cam-01", "cam-02", "cam-03"];
    await Promise.all(numbers(60).flatMap((n) => devices.map((device) => writer.publish(messageOf(device, n)))));
    const seen = await read(reader, 180, { limit: { maxMessages: 7, maxBytes: 1e6 } });
    for (const device of devices)
      expect(seen.filter(({ message }) => message.topic.includes(device)).map(textOf)).toEqual(numbers(60));
  });

  it("rejects what Pub/Sub does not take, says what to do, and goes on with the device's next", async () => {
    const { fake, place } = await fakePlace();
    const { writer } = (await place.open()).ends;
    fake.faults.add("Publish", { kind: "fail", code: 7 });
    await expect(writer.publish(messageOf("cam-01", "one"))).rejects.toMatchObject({
      code: "BUS_UNREACHABLE",
      hint: expect.stringContaining("roles/pubsub.publisher"),
    });
    await writer.publish(messageOf("cam-01", "two"));
    expect(fake.published(place.topic)).toHaveLength(1);
  });
});

it("tells with a message what the inbox knows of it, and so ingest reads it", async () => {
  const { place } = await fakePlace();
  const client = new PubSub({ projectId: place.project, apiEndpoint: place.endpoint });
  onTestFinished(() => client.close());
  const known = { id: "AbCdEfGh-_012345:7", unusable: "damaged in the inbox" };
  await new TopicWriter(client, "traffic").publish({ receivedAtMs: 1, topic: "", payload: Buffer.from("left") }, known);
  const { reader } = (await place.open()).ends;
  expect(await read(reader, 1)).toMatchObject([known]);
});

describe("the reader", () => {
  it("leases nothing for one who reads nothing, as an operator's command", async () => {
    const { fake, place } = await fakePlace();
    const { ends } = await place.open();
    await place.publish("one");
    for await (const _ of ends.reader.batches(undefined, { maxMessages: 1, maxBytes: 1 }, AbortSignal.abort())) break;
    expect(fake.faults.calls("StreamingPull")).toBe(0);
    expect(fake.unacked(place.subscription)).toHaveLength(1);
  });

  it("hands back what it holds when it stops, so that another has it at once", async () => {
    const { place } = await fakePlace();
    const { ends: first } = await place.open();
    await first.writer.publish(messageOf("cam-01", "one"));
    await read(first.reader, 1, { acks: false });
    const startMs = performance.now();
    const { ends: second } = await place.open();
    expect((await read(second.reader, 1)).map(textOf)).toEqual(["one"]);
    expect(performance.now() - startMs).toBeLessThan(9_000);
  });

  it.each([
    { name: "at least once", over: {} },
    { name: "exactly once", over: { enableExactlyOnceDelivery: true } },
  ])(
    "has handed back all that it fetched once it is closed, what came while it closed too: $name",
    async ({ over }) => {
      const { fake, place } = await fakePlace(over);
      const { ends } = await place.open();
      await Promise.all(numbers(1_000).map((n) => ends.writer.publish(messageOf(`cam-${Number(n) % 10}`, n))));
      const limit = { maxMessages: 100, maxBytes: 1e6 };
      let acked = 0;
      for await (const batch of ends.reader.batches(undefined, limit, AbortSignal.timeout(15_000))) {
        await ends.reader.ack(batch);
        acked += batch.length;
        if (acked >= 300) break;
      }
      expect(fake.leases(place.subscription)).toEqual([]);
      expect(fake.unacked(place.subscription)).toHaveLength(1_000 - acked);
      expect(ends.stats()).toMatchObject({ depth: 0, bytes: 0 });
    },
  );

  it("waits for the confirmation of an acknowledgement for some seconds only", async () => {
    const { fake, place } = await fakePlace({ enableExactlyOnceDelivery: true });
    const { ends } = await place.open();
    await ends.writer.publish(messageOf("cam-01", "one"));
    fake.faults.add("Acknowledge", { kind: "hang" }, { times: 1_000_000 });
    const batches = ends.reader.batches(undefined, { maxMessages: 10, maxBytes: 1e6 }, AbortSignal.timeout(15_000));
    for await (const batch of batches) {
      const startMs = performance.now();
      await ends.reader.ack(batch);
      expect(performance.now() - startMs).toBeLessThan(7_000);
      break;
    }
  });

  it("has handed back all that it fetched when the bus is closed, though its reader rests", async () => {
    const { fake, place } = await fakePlace();
    const { ends } = await place.open();
    await ends.writer.publish(messageOf("cam-01", "one"));
    const batches = ends.reader.batches(undefined, { maxMessages: 10, maxBytes: 1e6 }, AbortSignal.timeout(15_000));
    expect((await batches[Symbol.asyncIterator]().next()).value).toHaveLength(1);
    expect(ends.stats()).toMatchObject({ depth: 1, leased: 1 });
    await ends.close();
    expect(fake.leases(place.subscription)).toEqual([]);
  });

  it("tells apart messages that strangers gave one name, and acknowledges each by itself", async () => {
    const { fake, place } = await fakePlace();
    const { ends } = await place.open();
    for (const text of ["a", "b", "c"]) await place.publish(text, { id: "sensor-1" });
    const [first, ...others] = await read(ends.reader, 3, { acks: false });
    expect(new Set([first, ...others].map((entry) => entry?.id)).size).toBe(3);
    expect(first?.id).toMatch(/^ingest:/);
    const batches = ends.reader.batches(undefined, { maxMessages: 1, maxBytes: 1e6 }, AbortSignal.timeout(15_000));
    for await (const batch of batches) {
      await vi.waitFor(() => expect(fake.leases(place.subscription).length).toBeGreaterThan(1), WAIT);
      await ends.reader.ack(batch);
      break;
    }
    expect(fake.unacked(place.subscription)).toHaveLength(2);
  });

  it("believes a name, and why a message cannot be used, only where an inbox may have made the name", async () => {
    const { place } = await fakePlace();
    const { reader } = (await place.open()).ends;
    const name = "AbCdEfGh-_012345.0123456789abcdef:77";
    await place.publish("ours", { id: name, unusable: "damaged in the inbox" });
    await place.publish("a stranger's", { id: "77", unusable: "because I say so" });
    const seen = await read(reader, 2);
    const [ours, stranger] = ["ours", "a stranger's"].map((text) => seen.find((entry) => textOf(entry) === text));
    expect(ours).toMatchObject({ id: name, unusable: "damaged in the inbox" });
    expect(stranger?.id).toMatch(/^ingest:./);
    expect(stranger).not.toHaveProperty("unusable");
  });

  it("reads one subscription although the other cannot be read, and says which", async () => {
    const { fake, place } = await fakePlace();
    const { ends, troubles } = await place.open({ deadLetterSubscription: "dead-leters" });
    const reading = read(ends.reader, 1);
    await vi.waitFor(
      () => expect(troubles.list()).toMatchObject([{ code: "bus-unreadable", subject: "dead-leters" }]),
      WAIT,
    );
    await ends.writer.publish(messageOf("cam-01", "one"));
    expect((await reading).map(textOf)).toEqual(["one"]);
    expect(fake.leases(place.subscription)).toEqual([]);
    expect(troubles.list()).toMatchObject([{ subject: "dead-leters" }]);
  });

  it("says that nothing comes while its stream fails again and again, until a message comes", async () => {
    const { fake, place } = await fakePlace();
    fake.faults.add("StreamingPull", { kind: "fail", code: 14 }, { times: 1_000_000 });
    const { ends, troubles } = await place.open();
    const subjects = () => troubles.list().map(({ code, subject }) => `${code} ${subject}`);
    const reading = read(ends.reader, 1);
    await vi.waitFor(() => expect(subjects()).toContain("bus-unreadable ingest"), WAIT);
    fake.faults.clear();
    await ends.writer.publish(messageOf("cam-01", "one"));
    expect((await reading).map(textOf)).toEqual(["one"]);
    expect(subjects()).not.toContain("bus-unreadable ingest");
  });

  it("says nothing of a stream that ends once, as happens every now and then", async () => {
    const { fake, place } = await fakePlace();
    const { ends, troubles } = await place.open();
    const reading = read(ends.reader, 1);
    await vi.waitFor(() => expect(fake.openStreams(place.subscription)).toBe(1), WAIT);
    fake.closeStreams(place.subscription);
    await ends.writer.publish(messageOf("cam-01", "one"));
    await reading;
    expect(troubles.list()).toEqual([]);
  });

  it("shares a subscription with others: each message goes to one of them", async () => {
    const { place } = await fakePlace();
    const readers = await Promise.all([place.open(), place.open(), place.open()]);
    const stop = new AbortController();
    const seen: string[] = [];
    const reading = readers.map(async ({ ends: { reader } }) => {
      for await (const batch of reader.batches(undefined, { maxMessages: 10, maxBytes: 1e6 }, stop.signal)) {
        seen.push(...batch.map(textOf));
        await reader.ack(batch);
      }
    });
    const { writer } = (await place.open()).ends;
    await Promise.all(numbers(300).map((n) => writer.publish(messageOf(`cam-${Number(n) % 10}`, n))));
    await vi.waitFor(() => expect(seen).toHaveLength(300), WAIT);
    expect(new Set(seen).size).toBe(300);
    stop.abort();
    await Promise.all(reading);
  });

  it("opens the stream again when it breaks, and says so meanwhile", async () => {
    const { fake, place } = await fakePlace();
    const { ends, troubles } = await place.open();
    const { writer, reader } = ends;
    const reading = read(reader, 1);
    await vi.waitFor(() => expect(fake.openStreams(place.subscription)).toBe(1), WAIT);
    fake.closeStreams(place.subscription, 7);
    await vi.waitFor(() => expect(troubles.list()).toMatchObject([{ code: "bus-unreadable" }]), WAIT);
    await writer.publish(messageOf("cam-01", "one"));
    expect((await reading).map(textOf)).toEqual(["one"]);
    expect(troubles.list()).toEqual([]);
  });

  it("names what is published without a topic so that ingest quarantines it, and keeps Pub/Sub's own time where its own is wild", async () => {
    const { place } = await fakePlace();
    const {
      ends: { reader },
    } = await place.open();
    const wild = ["never", "", "Infinity", "1e300", "8.64e15", "253402300800000", "-6.3e13"];
    for (const receivedAtMs of wild) await place.publish("a stranger's", { receivedAtMs });
    const seen = await read(reader, wild.length);
    for (const { message } of seen) {
      expect(message.topic).toBe("");
      expect(Math.abs(Date.now() - message.receivedAtMs)).toBeLessThan(3_600_000);
    }
  });

  it("gives what Pub/Sub has given up as unusable", async () => {
    const { place } = await fakePlace();
    const {
      ends: { reader },
    } = await place.open({ subscription: "dead-letters", deadLetterSubscription: "ingest" });
    await place.publish("poison");
    expect((await read(reader, 1))[0]).toMatchObject({ unusable: expect.stringContaining("given up by Pub/Sub") });
  });
});

describe("through the inbox", () => {
  it("takes messages while Pub/Sub is away, and forwards all of them once, in order, when it is back", async () => {
    const { fake, place } = await fakePlace();
    fake.faults.add("Publish", { kind: "fail", code: 7 }, { times: 1_000_000 });
    const { ends, troubles } = await place.open({ through: "inbox" });
    await Promise.all(numbers(50).map((n) => ends.writer.publish(messageOf("cam-01", n))));
    expect(ends.stats()).toMatchObject({ acked: 50, depth: 50 });
    await vi.waitFor(() => expect(troubles.list()).toMatchObject([{ code: "forward-down" }]), { timeout: 60_000 });
    fake.faults.clear();
    await vi.waitFor(() => expect(ends.stats().depth).toBe(0), { timeout: 60_000 });
    expect(troubles.list()).toEqual([]);
    expect(fake.published(place.topic).map(({ data }) => Buffer.from(data).toString())).toEqual(numbers(50));
  });

  it("says soon that Pub/Sub does not answer, and ends without waiting for it", async () => {
    const { fake, place } = await fakePlace();
    fake.faults.add("Publish", { kind: "hang" }, { times: 1_000_000 });
    const { ends, troubles } = await place.open({ through: "inbox" });
    await ends.writer.publish(messageOf("cam-01", "one"));
    const startMs = performance.now();
    await vi.waitFor(() => expect(troubles.list()).toMatchObject([{ code: "forward-down" }]), WAIT);
    expect(performance.now() - startMs).toBeLessThan(7_500);
    const stopMs = performance.now();
    await ends.close();
    expect(performance.now() - stopMs).toBeLessThan(2_000);
  });
});
