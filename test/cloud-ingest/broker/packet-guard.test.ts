import { describe, expect, it } from "vitest";
import { PacketGuard } from "../../../cloud-ingest/broker/packet-guard.ts";
import { connectPacket, packet, publishPacket, subscribePacket } from "../../bench/mqtt-bytes.ts";

const HELLO = connectPacket({ name: "a/b/c", password: "secret" });
const publish = (qos: number, bytes = 10) =>
  publishPacket({ topic: "kazoe/v1/a/b/c/counts", payload: Buffer.alloc(bytes), qos, id: 1 });
const bytes = (...values: number[]) => Buffer.from(values);

/** A guard behind CONNECT. */
function guardBehindConnect(): PacketGuard {
  const guard = new PacketGuard();
  expect(guard.refusalOf(HELLO)).toBeUndefined();
  return guard;
}

describe("a packet behind CONNECT", () => {
  it.each([
    { name: "QoS 0", packet: publish(0) },
    { name: "QoS 1", packet: publish(1) },
    { name: "1 MB", packet: publish(1, 1_000_000) },
    { name: "PUBACK", packet: packet(0x40, bytes(0, 1)) },
    { name: "SUBSCRIBE", packet: subscribePacket(1, ["kazoe/v1/a/b/c/command"], 2) },
    { name: "UNSUBSCRIBE", packet: packet(0xa2, bytes(0, 1, 0, 1, 97)) },
    { name: "PINGREQ", packet: packet(0xc0, bytes()) },
    { name: "DISCONNECT", packet: packet(0xe0, bytes()) },
  ])("passes: $name", ({ packet }) => {
    const guard = guardBehindConnect();
    expect([guard.refusalOf(packet), guard.isUnfinished, guard.packets]).toEqual([undefined, false, 2]);
  });

  it.each([
    { name: "QoS 2", packet: publish(2).subarray(0, 1), why: "qos-2" },
    { name: "QoS 3", packet: bytes(0x36), why: "qos-2" },
    { name: "PUBREC", packet: bytes(0x50), why: "unexpected-packet" },
    { name: "PUBREL", packet: bytes(0x62), why: "unexpected-packet" },
    { name: "a second CONNECT", packet: HELLO, why: "unexpected-packet" },
    { name: "CONNACK", packet: bytes(0x20), why: "unexpected-packet" },
    { name: "type 0", packet: bytes(0x00), why: "unexpected-packet" },
    { name: "AUTH of MQTT 5", packet: bytes(0xf0), why: "unexpected-packet" },
    { name: "2 MB", packet: publish(1, 2_000_000), why: "packet-too-large" },
    { name: "1,000 filters", packet: subscribePacket(1, Array(1000).fill("a/b/c"), 1), why: "packet-too-large" },
    { name: "a PINGREQ of 1 KB", packet: packet(0xc0, Buffer.alloc(1024)), why: "packet-too-large" },
    { name: "a length without end", packet: bytes(0x30, 255, 255, 255, 255), why: "malformed-length" },
  ])("is refused before it is kept: $name", ({ packet, why }) => {
    expect(guardBehindConnect().refusalOf(packet)).toBe(why);
  });
});

describe("the first packet", () => {
  it.each([
    { name: "PINGREQ", packet: bytes(0xc0, 0), why: "unexpected-packet" },
    { name: "CONNECT of 20 KB", packet: packet(0x10, Buffer.alloc(20_000)), why: "packet-too-large" },
  ])("is refused: $name", ({ packet, why }) => {
    expect(new PacketGuard().refusalOf(packet)).toBe(why);
  });
});

describe("pieces", () => {
  /** Feeds the packet in pieces of that size; the first refusal. */
  function fed(packet: Buffer, pieceBytes: number) {
    const guard = guardBehindConnect();
    for (let at = 0; at < packet.length; at += pieceBytes) {
      const refusal = guard.refusalOf(packet.subarray(at, at + pieceBytes));
      if (refusal) return refusal;
    }
    return guard.isUnfinished ? "unfinished" : "complete";
  }

  it.each([
    { name: "a small packet byte by byte", size: 20, pieceBytes: 1, outcome: "complete" },
    { name: "1 MB in the smallest segments of TCP", size: 1_000_000, pieceBytes: 536, outcome: "complete" },
    { name: "1 MB byte by byte", size: 1_000_000, pieceBytes: 1, outcome: "dripped-packet" },
    { name: "1 MB in pieces of 100 bytes", size: 1_000_000, pieceBytes: 100, outcome: "dripped-packet" },
  ])("of $name: $outcome", ({ size, pieceBytes, outcome }) => {
    expect(fed(publish(1, size), pieceBytes)).toBe(outcome);
  });

  it("counts the pieces of each packet anew", () => {
    const guard = guardBehindConnect();
    const stream = Buffer.concat(Array.from({ length: 500 }, () => publish(1)));
    expect([...stream].flatMap((byte) => guard.refusalOf(bytes(byte)) ?? [])).toEqual([]);
  });

  it("says how much of a packet has come", () => {
    const guard = guardBehindConnect();
    const whole = publish(1);
    const sizes = [0, 1, 2].map((at) => {
      guard.refusalOf(whole.subarray(at, at + 1));
      return guard.unfinishedBytes;
    });
    guard.refusalOf(whole.subarray(3));
    expect([...sizes, guard.unfinishedBytes]).toEqual([1, 0, 1, 0]);
  });
});

it("takes any number of publishes in one read, and few packets of other kinds", () => {
  const many = (one: Buffer, count: number) => Buffer.concat(Array.from({ length: count }, () => one));
  expect(guardBehindConnect().refusalOf(many(publish(1), 3000))).toBeUndefined();
  expect(guardBehindConnect().refusalOf(many(bytes(0xc0, 0), 200))).toBeUndefined();
  expect(guardBehindConnect().refusalOf(many(bytes(0xc0, 0), 300))).toBe("control-flood");
});
