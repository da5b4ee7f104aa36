import { expect, it } from "vitest";
import { SessionStore } from "../../../cloud-ingest/broker/session-store.ts";

const kept = async (store: SessionStore, ...topics: string[]) => {
  const found: string[] = [];
  for await (const packet of store.createRetainedStreamCombi(topics)) found.push(String(packet.payload));
  return found;
};
const packet = (topic: string, payload: string) => ({ topic, payload: Buffer.from(payload) });

it("keeps the newest message of each topic", async () => {
  const store = new SessionStore();
  await store.storeRetained(packet("a", "one"));
  await store.storeRetained(packet("a", "two"));
  await store.storeRetained(packet("b", "three"));
  expect(await kept(store, "a", "b", "c")).toEqual(["two", "three"]);
  expect(store.retained.count).toBe(2);
});

it.each([
  { name: "an empty payload", payload: "" },
  { name: "one that is too large", payload: "x".repeat(101) },
])("forgets the message before $name, which is out of date", async ({ payload }) => {
  const store = new SessionStore({ payloadBytes: 100 });
  await store.storeRetained(packet("a", "one"));
  await store.storeRetained(packet("a", payload));
  expect([await kept(store, "a"), store.retained]).toEqual([[], { count: 0, bytes: 0 }]);
});

it("lets the longest unchanged go when all together are too large", async () => {
  const store = new SessionStore({ totalBytes: 1600 });
  for (const topic of ["a", "b", "a", "c", "d"]) await store.storeRetained(packet(topic, `${topic} now`));
  expect(await kept(store, "a", "b", "c", "d")).toEqual(["a now", "c now", "d now"]);
  expect(store.retained.bytes).toBeLessThanOrEqual(1600);
});

it("keeps nothing of the read that a message came in", async () => {
  const store = new SessionStore();
  const read = Buffer.alloc(64 * 1024, "x");
  await store.storeRetained({ topic: "a", payload: read.subarray(10, 20) });
  for await (const packet of store.createRetainedStreamCombi(["a"]))
    expect([String(packet.payload), packet.payload.buffer.byteLength]).toEqual(["x".repeat(10), 10]);
  expect.hasAssertions();
});

it("keeps nothing else", async () => {
  const store = new SessionStore();
  await store.addSubscriptions();
  await store.outgoingEnqueue();
  await store.putWill();
  expect([await store.subscriptionsByClient(), await store.subscriptionsByTopic()]).toEqual([[], []]);
});
