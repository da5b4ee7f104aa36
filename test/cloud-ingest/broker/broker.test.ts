import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect as connectSocket, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { PublishPacket } from "aedes";
import type { IClientOptions, MqttClient } from "mqtt";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Gate } from "../../../cloud-ingest/broker/gate.ts";
import { Holdings } from "../../../cloud-ingest/broker/holdings.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { nextBatch } from "../bus/next-batch.ts";
import { BrokerRig, DEVICES, NAME, PREFIX, TOKEN } from "./broker-rig.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

let rig: BrokerRig;

beforeEach(async () => {
  rig = await BrokerRig.start();
});

afterEach(() => rig.stop());

const closed = (client: MqttClient) => new Promise<void>((resolve) => client.once("close", () => resolve()));

/** Resolves "acked", "closed" or, after a while, "waiting". */
async function outcomeOf(client: MqttClient, topic: string, payload: string | Buffer = "{}"): Promise<string> {
  const acked = client.publishAsync(topic, payload, { qos: 1 }).then(
    () => "acked",
    () => "closed",
  );
  return Promise.race([acked, closed(client).then(() => "closed"), sleep(1000).then(() => "waiting")]);
}

const endOf = (socket: Socket) =>
  Promise.race([once(socket, "close").then(() => "closed"), sleep(1500).then(() => "open")]);

describe("PUBACK", () => {
  it("comes after the disk has the message", async () => {
    const client = await rig.connect();
    await client.publishAsync(`${PREFIX}counts`, "one", { qos: 1 });
    expect(await rig.held()).toEqual([`${PREFIX}counts one`]);
  });

  it("does not come while the disk is slow", async () => {
    const client = await rig.connect();
    const publish = rig.inbox.publish.bind(rig.inbox);
    let release: () => void = () => {};
    const disk = new Promise<void>((resolve) => {
      release = resolve;
    });
    vi.spyOn(rig.inbox, "publish").mockImplementation(async (message) => {
      await disk;
      await publish(message);
    });
    let acked = 0;
    const publishes = ["one", "two"].map((payload) =>
      client.publishAsync(`${PREFIX}counts`, payload, { qos: 1 }).then(() => acked++),
    );
    await sleep(300);
    expect(acked).toBe(0);
    release();
    await Promise.all(publishes);
    expect(await rig.held()).toHaveLength(2);
  });

  it("does not come when the disk fails: the connection ends, and one line says so each time it begins", async () => {
    const publish = vi.spyOn(rig.inbox, "publish").mockRejectedValue(new Error("disk full"));
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await outcomeOf(await rig.connect(), `${PREFIX}counts`)).toBe("closed");
    }
    publish.mockResolvedValue();
    expect(await outcomeOf(await rig.connect(), `${PREFIX}counts`)).toBe("acked");
    publish.mockRejectedValue(new Error("disk full"));
    expect(await outcomeOf(await rig.connect(), `${PREFIX}counts`)).toBe("closed");
    expect(rig.lines.filter((line) => line.includes("nothing is acknowledged"))).toHaveLength(2);
  });

  it("does not come while the inbox is full, and comes when there is room again", async () => {
    await rig.stop();
    rig = await BrokerRig.start({}, 2000);
    const client = await rig.connect();
    expect(await outcomeOf(client, `${PREFIX}counts`, "x".repeat(3000))).toBe("acked");
    let acked = false;
    const waiting = client.publishAsync(`${PREFIX}counts`, "two", { qos: 1 }).then(() => {
      acked = true;
    });
    await sleep(300);
    expect([acked, rig.inbox.stats().full]).toEqual([false, true]);
    await rig.inbox.ack((await nextBatch(rig.inbox)).slice(0, 1));
    await waiting;
    expect(await rig.held()).toEqual([`${PREFIX}counts two`]);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "hello"],
    ["no UTF-8", Buffer.from([0xff, 0xfe, 0x00])],
    ["1 MB", Buffer.alloc(1_000_000, "x")],
  ])("comes for a payload that cannot be used: %s", async (_, payload) => {
    expect(await outcomeOf(await rig.connect(), `${PREFIX}counts`, payload)).toBe("acked");
    expect(rig.inbox.stats().depth).toBe(1);
  });

  it("is not needed: QoS 0 is taken too", async () => {
    const client = await rig.connect();
    await client.publishAsync(`${PREFIX}counts`, "zero", { qos: 0 });
    await vi.waitFor(() => expect(rig.inbox.stats().depth).toBe(1));
    expect(await rig.held()).toEqual([`${PREFIX}counts zero`]);
  });
});

describe("identity", () => {
  const other = "acme/shibuya/cam-2";
  const cases: readonly { readonly name: string; readonly options: IClientOptions }[] = [
    { name: "a wrong token", options: { password: "wrong" } },
    { name: "no token", options: { password: "" } },
    { name: "no name", options: { username: "", password: "" } },
    { name: "an unknown device", options: { clientId: "acme/shibuya/cam-9", username: "acme/shibuya/cam-9" } },
    { name: "another device's token", options: { clientId: other, username: other } },
    { name: "another client id", options: { clientId: other } },
    { name: "another user name", options: { username: other } },
    { name: "no client id", options: { clientId: "" } },
    { name: "a name from the prototype", options: { clientId: "__proto__", username: "__proto__" } },
  ];

  it.each(cases)("is refused with $name", async ({ options }) => {
    await expect(rig.connect(options)).rejects.toThrow(/Not authorized|Bad username/i);
    expect(rig.broker.stats).toMatchObject({ refused: 1 });
    await vi.waitFor(() => expect(rig.broker.stats.connections).toBe(0));
  });

  it("is refused with the will of another device, and leaves no open connection behind", async () => {
    const will = { topic: "kazoe/v1/bravo/shibuya/cam-1/state", payload: Buffer.from("x"), qos: 1 } as const;
    await expect(rig.connect({ will, connectTimeout: 1000 })).rejects.toThrow();
    await vi.waitFor(() => expect(rig.broker.stats.connections).toBe(0));
    expect(rig.broker.stats.refused).toBe(1);
    expect(rig.inbox.stats().depth).toBe(0);
  });

  it("is let in with the old MQTT 3.1, and the second connection takes over from the first", async () => {
    const first = await rig.connect({ protocolId: "MQIsdp", protocolVersion: 3 });
    const over = closed(first);
    await rig.connect();
    await over;
    expect(rig.broker.stats.connections).toBe(1);
  });
});

describe("topics", () => {
  it.each([
    "kazoe/v1/acme/shibuya/cam-2/counts",
    "kazoe/v1/bravo/shibuya/cam-1/counts",
    "kazoe/v1/acme/shibuya/cam-1",
    "kazoe/v1/acme/shibuya/cam-10/counts",
    "kazoe/v1/acme/shibuya/cam-1/shadow/desired",
    "kazoe/v1/acme/shibuya/cam-1/command",
    "kazoe/v2/acme/shibuya/cam-1/counts",
    "$SYS/broker/new/clients",
    "elsewhere",
  ])("are refused to a publisher who does not own them: %s", async (topic) => {
    expect(await outcomeOf(await rig.connect(), topic)).toBe("closed");
    expect(rig.inbox.stats().depth).toBe(0);
    expect(rig.broker.stats.refused).toBe(1);
  });

  it.each(["shadow/reported", "ack", "gossip", "counts/more"])(
    "of the device's own are acknowledged, whatever their kind: %s",
    async (kind) => {
      expect(await outcomeOf(await rig.connect(), PREFIX + kind)).toBe("acked");
      expect(await rig.held()).toEqual([`${PREFIX}${kind} {}`]);
      expect(rig.broker.stats.refused).toBe(0);
    },
  );

  it.each([
    { filter: `${PREFIX}shadow/#`, allowed: false },
    { filter: `${PREFIX}shadow/reported`, allowed: false },
    { filter: `${PREFIX}shadow/desired`, allowed: true },
    { filter: `${PREFIX}command`, allowed: true },
    { filter: `${PREFIX}counts`, allowed: false },
    { filter: "#", allowed: false },
    { filter: "$SYS/#", allowed: false },
    { filter: "kazoe/v1/acme/+/cam-1/command", allowed: false },
    { filter: "kazoe/v1/bravo/shibuya/cam-1/command", allowed: false },
    { filter: `${PREFIX}#`, allowed: false },
  ])("may be subscribed to: $filter $allowed", async ({ filter, allowed }) => {
    const client = await rig.connect();
    const granted = await client.subscribeAsync(filter, { qos: 1 }).catch(() => []);
    expect(granted.some((one) => one.qos < 128)).toBe(allowed);
  });
});

describe("wills and retained messages", () => {
  const will = { topic: `${PREFIX}state`, payload: Buffer.from("gone"), qos: 1, retain: true } as const;

  it("stores the will of a device that vanished", async () => {
    const client = await rig.connect({ will });
    client.stream.destroy();
    await vi.waitFor(() => expect(rig.inbox.stats().depth).toBe(1));
    expect(await rig.held()).toEqual([`${PREFIX}state gone`]);
  });

  it("stores no will of a device that said good-bye, nor when the broker itself stops", async () => {
    const polite = await rig.connect({ will });
    await polite.endAsync();
    await rig.connect({ will });
    await rig.broker.stop();
    await sleep(100);
    expect(await rig.held()).toEqual([]);
  });

  it.each([
    { kind: "state", retained: true },
    { kind: "birth", retained: true },
    { kind: "shadow/reported", retained: true },
    { kind: "gossip", retained: false },
    { kind: "counts", retained: false },
  ])("takes $kind with the retain flag and retains it: $retained", async ({ kind, retained }) => {
    const gate = new Gate({
      devices: DEVICES,
      bus: rig.inbox,
      clock: systemClock,
      log: silentLog,
      troubles: silentTroubles,
      holdings: new Holdings(),
    });
    const common = { cmd: "publish", qos: 1, dup: false, retain: true } as const;
    const packet: PublishPacket = { ...common, topic: PREFIX + kind, payload: "one" };
    await new Promise((resolve) => gate.authorizePublish(null, packet, resolve));
    expect(packet.retain).toBe(retained);
    expect(await rig.held()).toEqual([`${PREFIX}${kind} one`]);
  });
});

describe("floods and silence", () => {
  it.each([
    { name: "a packet of 256 MB is announced", bytes: [0x30, 0xff, 0xff, 0xff, 0x7f] },
    { name: "a length has no end", bytes: [0x30, 0xff, 0xff, 0xff, 0xff, 0xff] },
    { name: "a stranger announces 512 KiB", bytes: [0x10, 0x80, 0x80, 0x20] },
    { name: "the first packet is no CONNECT", bytes: [0xc0, 0x00] },
  ])("ends the connection when $name", async ({ bytes }) => {
    const socket = connectSocket(rig.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.write(Buffer.from(bytes));
    expect(await endOf(socket)).toBe("closed");
    await vi.waitFor(() => expect(rig.broker.stats.connections).toBe(0));
  });

  it("keeps the log short when somebody tries tokens without end", async () => {
    for (let attempt = 0; attempt < 30; attempt++) {
      await expect(rig.connect({ password: `guess ${attempt}` })).rejects.toThrow();
    }
    expect(rig.broker.stats.refused).toBe(30);
    expect(rig.lines.length).toBeLessThan(5);
  });

  it("takes a burst of one device in order", async () => {
    const client = await rig.connect();
    const payloads = Array.from({ length: 2000 }, (_, index) => String(index));
    await Promise.all(payloads.map((payload) => client.publishAsync(`${PREFIX}counts`, payload, { qos: 1 })));
    const entries = await nextBatch(rig.inbox);
    expect(entries.map(({ message }) => Buffer.from(message.payload).toString())).toEqual(payloads);
    expect(rig.inbox.stats().acked).toBe(2000);
  });
});

describe("life", () => {
  it("PORT_IN_USE names the port and what to do", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    await expect(BrokerRig.start({ port })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: expect.stringContaining(String(port)),
      hint: expect.stringContaining("broker.port"),
    });
    server.close();
  });

  it("CONFIG_INVALID beyond this machine without TLS, unless that is asked for", async () => {
    await expect(BrokerRig.start({ host: "0.0.0.0" })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await (await BrokerRig.start({ host: "0.0.0.0", allowPlaintext: true })).stop();
  });

  it.runIf(hasOpenssl)("speaks TLS and nothing else when it has a certificate", async () => {
    const dir = await mkdtemp(join(tmpdir(), "kazoe-tls-"));
    const [certFile, keyFile] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost";
    const names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", keyFile, "-out", certFile];
    execFileSync("openssl", [...request.split(" "), ...names], { stdio: "ignore" });
    const tls = await BrokerRig.start({ host: "0.0.0.0", certFile, keyFile });
    const client = await tls.connect({ ca: await readFile(certFile) });
    expect(await outcomeOf(client, `${PREFIX}counts`)).toBe("acked");
    const plain = connectSocket(tls.port, "127.0.0.1");
    plain.on("error", () => {});
    plain.write(Buffer.from([0x10, 0x10, 0x00, 0x04, 0x4d, 0x51, 0x54, 0x54]));
    expect(await endOf(plain)).toBe("closed");
    await tls.stop();
    const pipe = join(dir, "pipe.pem");
    execFileSync("mkfifo", [pipe]);
    await expect(BrokerRig.start({ certFile: pipe, keyFile })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("pipe.pem: a pipe, not a file"),
    });
    await expect(BrokerRig.start({ certFile: join(dir, "none.pem"), keyFile })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("none.pem"),
    });
    await rm(dir, { recursive: true });
  });

  it("ends all connections when it stops, and may be stopped twice", async () => {
    const client = await rig.connect();
    const end = closed(client);
    await rig.broker.stop();
    await end;
    await rig.broker.stop();
    await expect(rig.connect({ clientId: NAME, password: TOKEN })).rejects.toThrow();
  });
});
