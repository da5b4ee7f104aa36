import { cp } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { DurableQueue } from "../../../firmware-config/kit/durable-queue.ts";
import { eventDraft, FakeClock } from "../../support/drafts.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { commit, openOutbox, setUp, TestBroker } from "./publisher-rig.ts";

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

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

test("what a device says of itself is whole, and what it sends goes where it belongs, once at least", async () => {
  const broker = new TestBroker();
  await broker.start();
  const clock = new FakeClock(Date.parse("2026-03-01T10:20:30Z"));
  const log = new LogRecorder();
  const outbox = await openOutbox({ clock });
  const { publisher, stop, running } = await setUp(broker, { outbox, clock, log });
  await commit(outbox, 1);
  expect(await publisher.drained(AbortSignal.timeout(10_000))).toBe(true);
  stop.abort();
  await running;
  const device = { v: 1, kind: "state", deviceId: "cam-1", bootId: "boot-0001", bootNumber: 1 };
  const said = { ...device, ts: "2026-03-01T10:20:30.000Z", stateSeq: expect.any(Number) };
  expect(broker.states()).toEqual([
    { ...said, state: "online", reason: "start" },
    { ...said, state: "offline", reason: "stop" },
  ]);
  expect(broker.published.map(({ topic, qos, retain }) => [topic.split("/").at(-1), qos, retain])).toEqual([
    ["birth", 1, true],
    ["state", 1, true],
    ["events", 1, false],
    ["state", 1, true],
  ]);
  expect(JSON.parse(broker.published[0]?.payload.toString() ?? "")).toMatchObject({ kind: "birth", modelName: "m" });
  expect(broker.data()).toMatchObject([{ v: 1, kind: "events", deviceId: "cam-1", seq: 0 }]);
  expect(log.lines).toEqual(["info connected to the broker"]);
  expect(log.fields).toEqual([{ url: `mqtt://127.0.0.1:${broker.port}` }]);
});

test("no more messages wait for the broker at once than may", async () => {
  const broker = new TestBroker();
  await broker.start();
  const release: (() => void)[] = [];
  let atOnce = 0;
  broker.gate = ({ topic }) => {
    if (!topic.endsWith("/events")) return Promise.resolve();
    atOnce += 1;
    return new Promise((resolve) => {
      release.push(() => {
        atOnce -= 1;
        resolve();
      });
    });
  };
  const mqtt = { url: `mqtt://127.0.0.1:${broker.port}`, inFlight: 3, replayPerS: 100_000 };
  const { outbox, publisher } = await setUp(broker, { mqtt });
  await commit(outbox, 8);
  await vi.waitFor(() => expect(atOnce).toBe(3), 5_000);
  const most: number[] = [];
  for (let sent = 0; sent < 8; sent += 1) {
    await vi.waitFor(() => expect(release.length).toBeGreaterThan(0), 5_000);
    most.push(atOnce);
    release.shift()?.();
  }
  expect(await publisher.drained(AbortSignal.timeout(5_000))).toBe(true);
  expect(Math.max(...most)).toBe(3);
});

test("a backlog beyond a second's worth goes at its rate, without a pause between", async () => {
  const broker = new TestBroker();
  await broker.start();
  const outbox = await openOutbox();
  await commit(outbox, 23);
  const times: number[] = [];
  broker.gate = async ({ topic }) => {
    if (topic.endsWith("/events")) times.push(performance.now());
  };
  const mqtt = { url: `mqtt://127.0.0.1:${broker.port}`, inFlight: 16, replayPerS: 20 };
  const { publisher } = await setUp(broker, { outbox, mqtt });
  expect(await publisher.drained(AbortSignal.timeout(10_000))).toBe(true);
  // Three more than the first second's worth, one each 50 ms.
  const [first = 0, twentieth = 0, last = 0] = [times[0], times[19], times[22]];
  expect(last - first).toBeGreaterThan(100);
  expect(last - twentieth).toBeLessThan(900);
});

test("why there is no connection is said, with what to do, and that it was lost where there was one", async () => {
  const broker = new TestBroker();
  broker.accept = false;
  await broker.start();
  const log = new LogRecorder();
  const { stop, running } = await setUp(broker, { log });
  await vi.waitFor(() => expect(log.lines.length).toBeGreaterThan(0), 5_000);
  expect(log.lines[0]).toBe("warn no connection to the broker");
  expect(log.fields[0]).toEqual({
    error: `The broker mqtt://127.0.0.1:${broker.port} does not accept this device`,
    code: "BROKER_REFUSED",
    hint: expect.stringContaining("token file"),
  });
  broker.accept = true;
  await vi.waitFor(() => expect(log.lines).toContain("info connected to the broker"), 10_000);
  broker.dropConnections();
  await vi.waitFor(() => expect(log.lines).toContain("warn connection to the broker lost"), 5_000);
  const lost = log.lines.indexOf("warn connection to the broker lost");
  expect(log.fields[lost]).toMatchObject({ code: "BROKER_UNREACHABLE", error: expect.stringMatching(/ ended$/) });
  stop.abort();
  await running;
});

test("a broker that does not acknowledge is said to be what is wrong", async () => {
  const broker = new TestBroker();
  await broker.start();
  const log = new LogRecorder();
  let isHeld = true;
  broker.gate = ({ topic }) => (isHeld && topic.endsWith("/birth") ? new Promise(() => {}) : Promise.resolve());
  await setUp(broker, { log, pubackTimeoutMs: 100 });
  await vi.waitFor(() => expect(log.lines[0]).toBe("warn connection to the broker lost"), 5_000);
  expect(log.fields[0]).toMatchObject({ error: expect.stringMatching(/ does not acknowledge$/) });
  isHeld = false;
  await vi.waitFor(() => expect(log.lines.at(-1)).toBe("info connected to the broker"), 5_000);
});

test("a connection goes on for as long as the broker acknowledges something, however slowly", async () => {
  const broker = new TestBroker();
  await broker.start();
  broker.gate = ({ topic }) => (topic.endsWith("/events") ? sleep(200) : Promise.resolve());
  const log = new LogRecorder();
  const mqtt = { url: `mqtt://127.0.0.1:${broker.port}`, inFlight: 1, replayPerS: 100_000 };
  const { outbox, publisher } = await setUp(broker, { log, mqtt, pubackTimeoutMs: 600 });
  await commit(outbox, 4);
  expect(await publisher.drained(AbortSignal.timeout(10_000))).toBe(true);
  expect(log.lines).toEqual(["info connected to the broker"]);
});

test.each([
  { name: "a minute long begins the waits anew", lastedMs: 60_000, fromMs: 200, toMs: 980 },
  { name: "shorter does not", lastedMs: 59_999, fromMs: 980, toMs: 8_000 },
])("after a connection that lasted the next is soon tried: $name", async ({ lastedMs, fromMs, toMs }) => {
  const broker = new TestBroker();
  broker.accept = false;
  await broker.start();
  const clock = new FakeClock();
  const log = new LogRecorder();
  await setUp(broker, { clock, log, outbox: await openOutbox({ clock }) });
  await vi.waitFor(() => expect(log.lines.length).toBeGreaterThanOrEqual(2), 5_000);
  broker.accept = true;
  await vi.waitFor(() => expect(log.lines).toContain("info connected to the broker"), 10_000);
  clock.advance(lastedMs);
  const { connections } = broker;
  const startMs = performance.now();
  broker.dropConnections();
  await vi.waitFor(() => expect(broker.connections).toBe(connections + 1), { timeout: 10_000, interval: 5 });
  expect(performance.now() - startMs).toBeGreaterThan(fromMs);
  expect(performance.now() - startMs).toBeLessThan(toMs);
});

test("an outbox with nothing in it is drained, and one that is not is not when it must end", async () => {
  const broker = new TestBroker();
  await broker.start();
  const { port } = broker;
  await broker.stop();
  broker.port = port;
  const { outbox, publisher } = await setUp(broker);
  expect(await publisher.drained(AbortSignal.abort())).toBe(true);
  await commit(outbox, 1);
  expect(await publisher.drained(AbortSignal.abort())).toBe(false);
});

test("a stop ends the wait for the clock to be set", async () => {
  const broker = new TestBroker();
  await broker.start();
  const { stop, running } = await setUp(broker, { clock: new FakeClock(0) });
  const startMs = performance.now();
  stop.abort();
  await running;
  expect(performance.now() - startMs).toBeLessThan(500);
  expect(broker.connections).toBe(0);
});

test("a message that cannot be made ready ends the connection with its reason, and stays", async () => {
  const broker = new TestBroker();
  await broker.start();
  const dir = await tempDir();
  const queue = await DurableQueue.open(dir);
  await queue.append([], new Map([["clock/boot-0001", "no findings"]]));
  await queue.close();
  const log = new LogRecorder();
  const { outbox } = await setUp(broker, { log, outbox: await openOutbox({ dir }) });
  await commit(outbox, 1);
  await vi.waitFor(() => expect(log.lines).toContain("warn connection to the broker lost"), 5_000);
  const lost = log.lines.indexOf("warn connection to the broker lost");
  expect(log.fields[lost]).toMatchObject({ error: expect.stringContaining("JSON") });
  expect([broker.data(), outbox.stats().depth]).toEqual([[], 1]);
});

test("who waits for the outbox to be empty is told at once", async () => {
  const broker = new TestBroker();
  await broker.start();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isThere = false;
  broker.gate = ({ topic }) => {
    if (!topic.endsWith("/events")) return Promise.resolve();
    isThere = true;
    return held;
  };
  const { outbox, publisher } = await setUp(broker);
  await commit(outbox, 1);
  await vi.waitFor(() => expect(isThere).toBe(true), 5_000);
  const drained = publisher.drained(AbortSignal.timeout(10_000));
  const startMs = performance.now();
  release();
  expect(await drained).toBe(true);
  // It looks once a second by itself.
  expect(performance.now() - startMs).toBeLessThan(900);
});

test("a broker that sends what nobody can read is left, and connected to again", async () => {
  const broker = new TestBroker();
  await broker.start();
  const log = new LogRecorder();
  await setUp(broker, { log });
  await vi.waitFor(() => expect(log.lines).toEqual(["info connected to the broker"]), 5_000);
  broker.sendRubbish();
  await vi.waitFor(() => expect(broker.connections).toBe(2), 5_000);
  expect(log.lines[1]).toBe("warn connection to the broker lost");
});
