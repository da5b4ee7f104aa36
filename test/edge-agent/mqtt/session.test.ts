import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { Aedes, type ConnectPacket } from "aedes";
import { expect, onTestFinished, test } from "vitest";
import { connectionLost, openSession, unacknowledged } from "../../../edge-agent/mqtt/session.ts";
import type { MqttConfig } from "../../../firmware-config/config/device.ts";
import { tempDir } from "../../support/temp-dir.ts";

const NEVER = new AbortController().signal;
const WILL = { topic: "kazoe/v1/t/s/d/state", payload: "gone" };

/** A server on a free port; gives what is needed to reach it, and its connections. */
async function serve(onConnection: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const url = `mqtt://127.0.0.1:${port}`;
  const open = (over: Partial<MqttConfig> = {}, signal = NEVER) =>
    openSession({ mqtt: { url, inFlight: 16, replayPerS: 100, ...over }, clientId: "t/s/d", will: WILL }, signal);
  return { url, sockets, open };
}

/** A broker that keeps what each client said of itself. */
async function broker() {
  const packets: ConnectPacket[] = [];
  const aedes = await Aedes.createBroker({
    preConnect: (_, packet, done) => {
      packets.push(packet);
      done(null, true);
    },
  });
  onTestFinished(() => new Promise((resolve) => aedes.close(() => resolve())));
  return { packets, ...(await serve((socket) => void aedes.handle(socket))) };
}

/** Answers the first packet with this code of MQTT 3.1.1. */
const answering = (code: number) =>
  serve((socket) => void socket.once("data", () => socket.write(Buffer.from([0x20, 2, 0, code]))));

test("a device says who it is, what is to be told when it is gone, and leaves nothing with the broker", async () => {
  const { packets, open } = await broker();
  const tokenFile = join(await tempDir(), "token");
  await writeFile(tokenFile, "secret\n", { mode: 0o600 });
  const client = await open({ tokenFile });
  onTestFinished(() => void client.end(true));
  expect(packets).toMatchObject([
    {
      ...{ protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 30 },
      ...{ clientId: "t/s/d", username: "t/s/d", password: Buffer.from("secret") },
      will: { topic: WILL.topic, payload: Buffer.from("gone"), qos: 1, retain: true },
    },
  ]);
  // It gives up a broker that does not answer, and keeps nothing: the outbox does.
  expect(client.options).toMatchObject({ connectTimeout: 10_000, queueQoSZero: false });
});

test("a connection that ends is not made again, and its errors end nothing", async () => {
  const { sockets, open } = await broker();
  const client = await open();
  client.emit("error", new Error("late"));
  sockets[0]?.destroy();
  await new Promise<void>((resolve) => client.once("close", () => resolve()));
  expect([client.connected, client.reconnecting, client.options.reconnectPeriod]).toEqual([false, false, 0]);
});

test.each([
  { code: 2, error: "BROKER_REFUSED" },
  { code: 4, error: "BROKER_REFUSED" },
  { code: 5, error: "BROKER_REFUSED" },
  { code: 1, error: "BROKER_UNREACHABLE" },
  { code: 3, error: "BROKER_UNREACHABLE" },
])("a broker that answers with $code is $error, and is let go of", async ({ code, error }) => {
  const { url, sockets, open } = await answering(code);
  const refused = {
    message: `The broker ${url} does not accept this device`,
    hint: "Check tenant, store, device and the token file against the cloud's list of devices.",
  };
  const unreachable = {
    message: expect.stringMatching(`^The broker ${url} does not answer: Connection refused: `),
    hint: "Check mqtt.url and the network; counts wait in the outbox meanwhile.",
  };
  const expected = error === "BROKER_REFUSED" ? refused : unreachable;
  await expect(open()).rejects.toMatchObject({
    ...{ code: error, retryable: true, cause: expect.objectContaining({ code }) },
    ...expected,
  });
  const [socket] = sockets;
  if (socket && !socket.closed) await once(socket, "close");
});

test("a broker that hangs up does not answer", async () => {
  const { open } = await serve((socket) => void socket.once("data", () => socket.end()));
  await expect(open()).rejects.toMatchObject({
    code: "BROKER_UNREACHABLE",
    message: expect.stringMatching(/does not answer: the connection was closed$/),
  });
});

test("where nobody listens, the reason is said", async () => {
  const { open } = await serve(() => {});
  await expect(open({ url: "mqtt://127.0.0.1:1" })).rejects.toMatchObject({
    code: "BROKER_UNREACHABLE",
    message: expect.stringContaining("ECONNREFUSED"),
    retryable: true,
  });
});

test("a stop ends the wait for a silent broker, and lets go of it", async () => {
  const { sockets, open } = await serve((socket) => void socket.resume());
  const stop = new AbortController();
  const opening = open({}, stop.signal);
  await expect.poll(() => sockets.length).toBe(1);
  stop.abort();
  await expect(opening).rejects.toThrow(/does not answer: the agent stops$/);
  await expect(open({}, AbortSignal.abort())).rejects.toThrow(/the agent stops$/);
  await expect.poll(() => sockets.every((socket) => socket.closed)).toBe(true);
});

test("a file that cannot be read is the configuration's fault, and nobody is connected to", async () => {
  const { sockets, open } = await serve(() => {});
  await expect(open({ tokenFile: "/none" })).rejects.toMatchObject({ code: "CONFIG_NOT_FOUND", fault: "config" });
  expect(sockets).toEqual([]);
});

test("what goes wrong later says what, where and what to do", () => {
  expect(unacknowledged("mqtt://b")).toMatchObject({
    ...{ code: "BROKER_UNREACHABLE", retryable: true, message: "The broker mqtt://b does not acknowledge" },
    hint: "Look at the broker's disk and load; counts wait in the outbox meanwhile.",
  });
  expect(connectionLost("mqtt://b")).toMatchObject({
    ...{ code: "BROKER_UNREACHABLE", retryable: true, message: "The connection to the broker mqtt://b ended" },
    hint: expect.stringMatching(/another device with the same identity, or at the network\.$/),
  });
});
