import { cp } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { eventDraft, FakeClock } from "../../support/drafts.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { commit, openOutbox, setUp, TestBroker } from "./publisher-rig.ts";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("announces itself, delivers all, empties the outbox, and says goodbye", async () => {
  const broker = new TestBroker();
  await broker.start();
  const { outbox, publisher, stop, running } = await setUp(broker);
  await commit(outbox, 100);
  expect(await publisher.drained(AbortSignal.timeout(10_000))).toBe(true);
  expect(
    broker
      .data()
      .map(({ seq }) => seq)
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: 100 }, (_, i) => i));
  stop.abort();
  await running;
  expect(broker.published.slice(0, 2).map(({ topic, retain }) => [topic, retain])).toEqual([
    ["kazoe/v1/t/s/cam-1/birth", true],
    ["kazoe/v1/t/s/cam-1/state", true],
  ]);
  expect(broker.states().map(({ state, reason }) => [state, reason])).toEqual([
    ["online", "start"],
    ["offline", "stop"],
  ]);
});

test("what is said of a connection's end is later than its start and earlier than the next one's", async () => {
  const broker = new TestBroker();
  await broker.start();
  const { outbox, stop, running } = await setUp(broker);
  const connected = (times: number) =>
    vi.waitFor(() => expect(broker.states().filter(({ state }) => state === "online")).toHaveLength(times), 10_000);
  await connected(1);
  broker.dropConnections();
  await connected(2);
  stop.abort();
  await running;
  await vi.waitFor(() => expect(broker.states()).toHaveLength(4));
  const states = broker.states().sort((a, b) => (a.stateSeq ?? 0) - (b.stateSeq ?? 0));
  expect(states.map(({ reason, bootNumber }) => [reason, bootNumber])).toEqual(
    ["start", "will", "start", "stop"].map((reason) => [reason, outbox.bootNumber]),
  );
  expect(new Set(states.map(({ stateSeq }) => stateSeq)).size).toBe(4);
});

test("a message without PUBACK stays in the outbox and comes again", async () => {
  const broker = new TestBroker();
  await broker.start();
  let refusals = 0;
  broker.gate = async ({ topic }) => {
    if (topic.endsWith("/events") && refusals++ < 3) throw new Error("disk");
  };
  const { outbox, publisher } = await setUp(broker);
  await commit(outbox, 5);
  expect(await publisher.drained(AbortSignal.timeout(20_000))).toBe(true);
  expect(new Set(broker.data().map(({ seq }) => seq)).size).toBe(5);
  expect(refusals).toBeGreaterThan(3);
});

test("connections that break lose nothing", async () => {
  const broker = new TestBroker();
  await broker.start();
  broker.gate = () => new Promise((resolve) => setTimeout(resolve, 5));
  const { outbox, publisher } = await setUp(broker);
  await commit(outbox, 400);
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    broker.dropConnections();
  }
  expect(await publisher.drained(AbortSignal.timeout(20_000))).toBe(true);
  expect(new Set(broker.data().map(({ seq }) => seq)).size).toBe(400);
});

test("what waited while there was no broker is sent as historical, later messages are not", async () => {
  const broker = new TestBroker();
  await broker.start();
  const { port } = broker;
  await broker.stop();
  broker.port = port;
  const { outbox, publisher } = await setUp(broker);
  await commit(outbox, 3);
  await broker.start(port);
  expect(await publisher.drained(AbortSignal.timeout(20_000))).toBe(true);
  await commit(outbox, 1);
  expect(await publisher.drained(AbortSignal.timeout(10_000))).toBe(true);
  expect(broker.data().map(({ seq, historical }) => [seq, historical])).toEqual([
    [0, true],
    [1, true],
    [2, true],
    [3, false],
  ]);
});

test("a broker that refuses the device does not end the publisher", async () => {
  const broker = new TestBroker();
  broker.accept = false;
  await broker.start();
  const { outbox, publisher } = await setUp(broker);
  await commit(outbox, 1);
  expect(await publisher.drained(AbortSignal.timeout(300))).toBe(false);
  broker.accept = true;
  expect(await publisher.drained(AbortSignal.timeout(20_000))).toBe(true);
});

test("a broker that does not acknowledge in time is left, without a goodbye, and tried again", async () => {
  const broker = new TestBroker();
  await broker.start();
  let held = 0;
  broker.gate = ({ topic }) => (topic.endsWith("/events") && held++ === 0 ? new Promise(() => {}) : Promise.resolve());
  const log = new LogRecorder();
  const { outbox, publisher, stop, running } = await setUp(broker, { pubackTimeoutMs: 300, log });
  await commit(outbox, 1);
  expect(await publisher.drained(AbortSignal.timeout(15_000))).toBe(true);
  const reasons = () => broker.states().map(({ reason }) => reason);
  expect(reasons()).not.toContain("stop");
  expect(log.lines).toContain("warn connection to the broker lost");
  stop.abort();
  await running;
  expect(reasons().at(-1)).toBe("stop");
});

test("a broker that never acknowledges the announcement does not hold up the stop", async () => {
  const broker = new TestBroker();
  await broker.start();
  broker.gate = () => new Promise(() => {});
  const { stop, running } = await setUp(broker);
  await sleep(500);
  const startMs = performance.now();
  stop.abort();
  await running;
  expect(performance.now() - startMs).toBeLessThan(5_000);
});

test("a broker that answers nothing does not hold up the stop", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => silent.once("listening", resolve));
  const broker = new TestBroker();
  const address = silent.address();
  broker.port = typeof address === "object" && address ? address.port : 0;
  const { stop, running } = await setUp(broker);
  await sleep(300);
  const startMs = performance.now();
  stop.abort();
  await running;
  silent.close();
  expect(performance.now() - startMs).toBeLessThan(1_000);
});

test("two devices with one identity do not kick each other out twice a second", async () => {
  const broker = new TestBroker();
  await broker.start();
  await Promise.all([setUp(broker), setUp(broker)]);
  await sleep(6_000);
  expect(broker.connections).toBeLessThan(12);
});

test("acknowledgements in any order take out what they are for", async () => {
  const broker = new TestBroker();
  await broker.start();
  const release: (() => void)[] = [];
  broker.gate = ({ topic }) =>
    topic.endsWith("/events") ? new Promise((resolve) => release.push(resolve)) : Promise.resolve();
  const { outbox, publisher } = await setUp(broker);
  await commit(outbox, 4);
  while (release.length < 4) await sleep(10);
  release[3]?.();
  release[1]?.();
  while (outbox.stats().depth > 2) await sleep(10);
  expect((await outbox.read(0, 10)).map(({ id }) => id)).toEqual([1, 3]);
  release[0]?.();
  release[2]?.();
  expect(await publisher.drained(AbortSignal.timeout(5_000))).toBe(true);
});

test("what was sent but not acknowledged before a kill is sent again by the next boot, with the same identity", async () => {
  const broker = new TestBroker();
  await broker.start();
  let sent = 0;
  broker.gate = ({ topic }) => (topic.endsWith("/events") && sent++ < 2 ? new Promise(() => {}) : Promise.resolve());
  const dir = await tempDir();
  const { outbox } = await setUp(broker, { outbox: await openOutbox({ dir }) });
  await commit(outbox, 2);
  while (sent < 2) await sleep(10);
  const copy = join(await tempDir(), "copy");
  await cp(dir, copy, { recursive: true });
  const next = await openOutbox({ dir: copy, bootId: "boot-0002" });
  const { publisher } = await setUp(broker, { outbox: next, bootId: "boot-0002" });
  await commit(next, 1);
  expect(await publisher.drained(AbortSignal.timeout(15_000))).toBe(true);
  const ids = broker.data().map(({ bootId, seq }) => `${bootId}:${seq}`);
  expect(new Set(ids)).toEqual(new Set(["boot-0001:0", "boot-0001:1", "boot-0002:0"]));
});

test("a device that boots in 1970 sends nothing until its clock is set, and then all with the right time", async () => {
  const broker = new TestBroker();
  await broker.start();
  const clock = new FakeClock(10_000);
  const log = new LogRecorder();
  const outbox = await openOutbox({ clock });
  const { publisher } = await setUp(broker, { outbox, clock, log });
  await outbox.commit([eventDraft(clock.nowMs())], undefined);
  await sleep(500);
  expect(broker.connections).toBe(0);
  expect(log.lines).toEqual(["warn the clock cannot be right; nothing is sent until it is set"]);
  clock.set(Date.parse("2026-03-01T10:20:30Z"));
  expect(await publisher.drained(AbortSignal.timeout(15_000))).toBe(true);
  expect(broker.data()).toMatchObject([{ seq: 0, ts: "2026-03-01T10:20:30.000Z" }]);
});
