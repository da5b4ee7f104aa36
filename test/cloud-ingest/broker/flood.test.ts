import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BusMessage } from "../../../cloud-ingest/bus/port.ts";
import { connectPacket, publishPacket, subscribePacket, text } from "../../bench/mqtt-bytes.ts";
import { BrokerRig, NAME, PREFIX, TOKEN } from "./broker-rig.ts";
import { RawDevice } from "./raw-device.ts";

const MIB = 1024 * 1024;
const OTHER = { name: "acme/shibuya/cam-2", password: "another token" };
const MB_OF_X = Buffer.alloc(1_000_000, "x");

let rig: BrokerRig;
let devices: RawDevice[];

beforeEach(async () => {
  rig = await BrokerRig.start();
  devices = [];
});

afterEach(async () => {
  for (const device of devices) device.end();
  await rig.stop();
});

async function device(over: Parameters<typeof RawDevice.connect>[1] = {}): Promise<RawDevice> {
  const one = await RawDevice.connect(rig.port, over);
  devices.push(one);
  return one;
}

const publish = (topic: string | Buffer, payload: Buffer = Buffer.from("{}"), over = {}) =>
  publishPacket({ topic, payload, qos: 1, id: 1, ...over });

/** A bus that takes nothing; returns what came to it. */
function stuckBus(): readonly BusMessage[] {
  const came: BusMessage[] = [];
  vi.spyOn(rig.inbox, "publish").mockImplementation((message) => {
    came.push(message);
    return new Promise(() => {});
  });
  return came;
}

/** The broker has seen all that was sent when the connection is idle for some turns of the loop and what it holds stands still. */
async function heldAtRest(): Promise<number> {
  for (let quiet = 0, last = -1; quiet < 200; await setImmediate()) {
    const { heldBytes } = rig.broker.stats;
    quiet = heldBytes === last ? quiet + 1 : 0;
    last = heldBytes;
  }
  return rig.broker.stats.heldBytes;
}

describe("QoS 2", () => {
  it("ends the connection of a publisher before anything of the packet is kept, and says so once", async () => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const one = await device();
      one.send(publish(`${PREFIX}counts`, MB_OF_X, { qos: 2 }));
      expect(await one.outcome(5000)).toBe("closed");
    }
    expect([rig.inbox.stats().depth, rig.broker.stats.heldBytes, rig.broker.stats.refused]).toEqual([0, 0, 3]);
    expect(rig.lines).toEqual(["refused"]);
  });

  it("of a subscription is granted as 1", async () => {
    const one = await device();
    one.send(subscribePacket(7, [`${PREFIX}command`, `${PREFIX}counts`], 2));
    expect([...(await one.next(6))]).toEqual([0x90, 4, 0, 7, 1, 128]);
  });
});

describe("a session", () => {
  it("ends with its connection, whatever the client asks for: nothing is held for the absent", async () => {
    const first = await device({ clean: false });
    first.send(subscribePacket(1, [`${PREFIX}command`], 1));
    expect((await first.next(5))[4]).toBe(1);
    first.end();
    await vi.waitFor(() => expect(rig.broker.stats.connections).toBe(0));
    const second = await RawDevice.dial(rig.port);
    devices.push(second);
    second.send(connectPacket({ name: NAME, password: TOKEN, clean: false }));
    expect([...(await second.next(4))]).toEqual([0x20, 2, 0, 0]);
  });
});

describe("a will", () => {
  const will = { topic: `${PREFIX}state`, payload: Buffer.from("gone"), qos: 1, retain: true };

  it.each([
    { name: "with QoS 2", over: { qos: 2 } },
    { name: "for a topic with a wildcard", over: { topic: `${PREFIX}+` } },
    { name: "for what the cloud says", over: { topic: `${PREFIX}command` } },
    { name: "for a topic that is too long", over: { topic: PREFIX + "x".repeat(100) } },
    { name: "larger than a CONNECT may be", over: { payload: Buffer.alloc(20_000) } },
  ])("is refused like a publish: $name", async ({ over }) => {
    await expect(device({ will: { ...will, ...over } })).rejects.toThrow(/Not let in: 5|closed/);
    await vi.waitFor(() => expect(rig.broker.stats.connections).toBe(0));
    expect([rig.broker.stats.refused, rig.inbox.stats().depth]).toEqual([1, 0]);
  });

  it.each([
    { kind: "state", retained: true },
    { kind: "counts", retained: false },
    { kind: "gossip", retained: false },
  ])("for $kind goes through the bus and is retained after it: $retained", async ({ kind, retained }) => {
    const one = await device({ will: { ...will, topic: PREFIX + kind } });
    expect(rig.broker.stats.heldBytes).toBe(0);
    one.end();
    await vi.waitFor(() => expect(rig.inbox.stats().depth).toBe(1));
    expect(await rig.held()).toEqual([`${PREFIX}${kind} gone`]);
    expect((await heldAtRest()) > 0).toBe(retained);
  });

  it("of a device that comes and goes while the bus takes nothing waits once", async () => {
    const came = stuckBus();
    for (let flap = 0; flap < 10; flap++) await device({ will });
    for (const one of devices) one.end();
    await vi.waitFor(() => expect(rig.broker.stats.connections).toBe(0));
    await heldAtRest();
    expect(came).toHaveLength(1);
  });
});

describe("a topic", () => {
  it.each([
    { name: "bytes that are no UTF-8", topic: Buffer.concat([Buffer.from(PREFIX), Buffer.from([0xff, 0xfe])]) },
    { name: "many bytes that are no UTF-8", topic: Buffer.concat([Buffer.from(PREFIX), Buffer.alloc(60_000, 0xff)]) },
    { name: "a null character", topic: `${PREFIX}counts\u0000` },
    { name: "a line end", topic: `${PREFIX}counts\n` },
    { name: "a wildcard", topic: `${PREFIX}+` },
    { name: "all below", topic: `${PREFIX}#` },
    { name: "65 characters behind the prefix", topic: PREFIX + "x".repeat(65) },
    { name: "nothing", topic: "" },
    { name: "a device's name in capitals", topic: PREFIX.toUpperCase() },
  ])("with $name ends the connection and is no trouble of the bus", async ({ topic }) => {
    const one = await device();
    one.send(publish(topic));
    expect(await one.outcome(5000)).toBe("closed");
    expect(rig.inbox.stats().depth).toBe(0);
    expect(rig.lines.filter((line) => line !== "refused")).toEqual([]);
  });
});

describe("a bus that takes nothing", () => {
  it("makes the broker read no more of a device than its share, over any number of connections, and others go on", async () => {
    const came = stuckBus();
    for (let connection = 0; connection < 5; connection++) {
      const one = await device();
      one.send(...[1, 2, 3].map((id) => publish(`${PREFIX}counts`, MB_OF_X, { id })));
    }
    const held = await heldAtRest();
    expect(held).toBeGreaterThan(MIB);
    expect(held).toBeLessThan(4 * MIB);
    const other = await device(OTHER);
    other.send(publish(`kazoe/v1/${OTHER.name}/counts`));
    await vi.waitFor(() => expect(came.at(-1)?.topic).toBe(`kazoe/v1/${OTHER.name}/counts`));
  });

  it("makes it read no more of tiny messages that come one by one", async () => {
    stuckBus();
    const one = await device();
    for (let id = 1; id <= 4000; id++) {
      one.send(publish(`${PREFIX}counts`, Buffer.from("{}"), { id }));
      await setImmediate();
    }
    expect(await heldAtRest()).toBeLessThan(2 * MIB);
  });

  it("is forgotten once it takes messages again: all that was sent is acknowledged, in order", async () => {
    let release: () => void = () => {};
    const open = new Promise<void>((resolve) => {
      release = resolve;
    });
    const real = rig.inbox.publish.bind(rig.inbox);
    vi.spyOn(rig.inbox, "publish").mockImplementation((message) => open.then(() => real(message)));
    const one = await device();
    const count = 6000;
    for (let id = 1; id <= count; id++) one.send(publish(`${PREFIX}counts`, Buffer.from(String(id)), { id }));
    await heldAtRest();
    release();
    const acks = await one.next(4 * count);
    const ids = Array.from({ length: count }, (_, index) => acks.readUInt16BE(index * 4 + 2));
    expect(ids).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    expect([rig.inbox.stats().depth, await heldAtRest()]).toEqual([count, 0]);
  });
});

describe("a stranger", () => {
  it("with MQTT 5 is told off and let go at once", async () => {
    const one = await RawDevice.dial(rig.port);
    devices.push(one);
    const head = Buffer.concat([text("MQTT"), Buffer.from([5, 0xc2, 0, 60, 0]), text(NAME), text(NAME), text(TOKEN)]);
    one.send(Buffer.from([0x10, head.length]), head);
    expect(await one.outcome(5000)).toBe("closed");
  });

  it("who says nothing pushes out his own kind, and a device still gets in", async () => {
    const silent = await Promise.all(Array.from({ length: 1010 }, () => RawDevice.dial(rig.port)));
    devices.push(...silent);
    const one = await device();
    one.send(publish(`${PREFIX}counts`));
    expect((await one.next(4))[0]).toBe(0x40);
    expect(rig.broker.stats.connections).toBeLessThanOrEqual(1001);
    expect(rig.broker.stats.refused).toBeGreaterThan(5);
  });

  it("with a device's name in another case is not that device", async () => {
    await expect(device({ name: NAME.toUpperCase() })).rejects.toThrow("Not let in: 5");
  });

  it("who sends only pings and reads no answer is let go", async () => {
    const one = await device();
    one.send(Buffer.concat(Array.from({ length: 5000 }, () => Buffer.from([0xc0, 0]))));
    expect(await one.outcome(5000)).toBe("closed");
  });

  it("who drips a packet byte by byte is let go", async () => {
    const one = await device({ keepaliveS: 0 });
    const bytes = publish(`${PREFIX}counts`, MB_OF_X);
    for (let at = 0; at < 5000 && !one.socket.destroyed; at++) {
      one.send(bytes.subarray(at, at + 1));
      await setImmediate();
    }
    expect(await one.outcome(5000)).toBe("closed");
    expect(await heldAtRest()).toBe(0);
  });
});
