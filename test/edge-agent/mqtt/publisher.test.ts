import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { Aedes, type AuthenticateError, type PublishPacket } from "aedes";
import { afterEach, expect, test } from "vitest";
import { Publisher } from "../../../edge-agent/mqtt/publisher.ts";
import { Outbox } from "../../../edge-agent/outbox/outbox.ts";
import type { BirthMessage } from "../../../firmware-config/contract/presence.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { eventDraft } from "../../support/drafts.ts";
import { tempDir } from "../../support/temp-dir.ts";

const identity = { tenant: "t", store: "s", device: "cam-1" };
const birth = (): BirthMessage => ({
  v: 1,
  kind: "birth",
  deviceId: "cam-1",
  bootId: "boot-0001",
  ts: new Date().toISOString(),
  agentVersion: "0",
  nodeVersion: "0",
  modelName: "m",
  modelSha256: "0".repeat(64),
  configVersion: "0",
  cameras: [],
});
const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A real broker that hands every publish to `gate` before it is acknowledged. */
class TestBroker {
  readonly published: PublishPacket[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;
  accept = true;
  gate: (packet: PublishPacket) => Promise<void> = async () => {};

  async start(port = 0): Promise<void> {
    const aedes = await Aedes.createBroker();
    aedes.authenticate = (_client, _user, _password, done) => {
      const refusal: AuthenticateError = Object.assign(new Error("no"), { returnCode: 5 as const });
      done(this.accept ? null : refusal, this.accept);
    };
    aedes.authorizePublish = (_client, packet, done) => {
      this.gate(packet).then(
        () => {
          this.published.push(packet);
          done(null);
        },
        (error: Error) => done(error),
      );
    };
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      aedes.handle(socket);
    }).listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    this.port = typeof address === "object" && address ? address.port : 0;
    cleanUps.push(() => this.stop());
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.dropConnections();
    await new Promise((resolve) => this.#server?.close(resolve) ?? resolve(undefined));
    this.#server = undefined;
  }

  data() {
    return this.published
      .filter(({ topic }) => topic.endsWith("/events"))
      .map(({ payload }) => JSON.parse(payload.toString()));
  }

  states() {
    return this.published
      .filter(({ topic }) => topic.endsWith("/state"))
      .map(({ payload }) => JSON.parse(payload.toString()));
  }
}

async function setUp(broker: TestBroker) {
  const options = { dir: await tempDir(), deviceId: "cam-1", bootId: "boot-0001", maxBytes: 1e9, maxAgeMs: 1e12 };
  const outbox = await Outbox.open({ ...options, clock: systemClock, isClockSynced: () => false, log: silentLog });
  const mqtt = { url: `mqtt://127.0.0.1:${broker.port}`, inFlight: 16, replayPerS: 100_000 };
  const publisher = new Publisher({
    identity,
    bootId: "boot-0001",
    mqtt,
    outbox,
    birth,
    clock: systemClock,
    log: silentLog,
  });
  const stop = new AbortController();
  const running = publisher.run(stop.signal);
  cleanUps.push(async () => {
    stop.abort();
    await running;
    await outbox.close();
  });
  return { outbox, publisher, stop, running };
}

const commit = async (outbox: Outbox, count: number) => {
  await outbox.commit(
    Array.from({ length: count }, () => eventDraft()),
    undefined,
  );
  await outbox.flush(AbortSignal.timeout(5_000));
};

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
