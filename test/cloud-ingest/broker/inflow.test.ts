import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Holdings } from "../../../cloud-ingest/broker/holdings.ts";
import { Inflow } from "../../../cloud-ingest/broker/inflow.ts";
import { connectPacket, publishPacket } from "../../bench/mqtt-bytes.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const HELLO = connectPacket({ name: "a/b/c", password: "secret" });
const publish = (bytes: number) => publishPacket({ topic: "t", payload: Buffer.alloc(bytes), qos: 1, id: 1 });

let server: Server;
let client: Socket;
let socket: Socket;
let clock: ManualClock;
let holdings: Holdings;
let inflow: Inflow;
const onRefusal = vi.fn();

beforeEach(async () => {
  server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const accepted = once(server, "connection");
  client = connect({ port, host: "127.0.0.1", noDelay: true });
  client.on("error", () => {});
  [socket] = await accepted;
  clock = new ManualClock("2026-01-01T00:00:00Z");
  holdings = new Holdings({ unfinishedBytes: 50_000 });
  onRefusal.mockReset();
  inflow = new Inflow({ socket, holdings, clock, device: () => "a/b/c", onRefusal });
  inflow.attach();
});

afterEach(() => {
  client.destroy();
  socket.destroy();
  server.close();
});

/** Sends, and waits until the other side could read all of it or has closed. */
async function arrived(bytes: Buffer): Promise<void> {
  const before = socket.bytesRead;
  client.write(bytes);
  socket.on("readable", () => {});
  await vi.waitFor(() => expect(socket.bytesRead - before >= bytes.length || socket.destroyed).toBe(true));
}

it("hands on what may come", async () => {
  await arrived(HELLO);
  expect(socket.read()).toEqual(HELLO);
  expect(holdings.bytes).toBe(0);
});

it("reads nothing while the client does not take its answers, and goes on when it does", async () => {
  await arrived(HELLO);
  const needDrain = vi.spyOn(socket, "writableNeedDrain", "get").mockReturnValue(true);
  expect(socket.read()).toBeNull();
  needDrain.mockReturnValue(false);
  expect(socket.read()).toBeNull();
  const readable = once(socket, "readable");
  socket.emit("drain");
  await readable;
  expect(socket.read()).toEqual(HELLO);
});

it("reads nothing while the device's messages wait, and goes on when they are kept", async () => {
  const over = holdings.wait("a/b/c", 2_000_000);
  await arrived(HELLO);
  expect(socket.read()).toBeNull();
  over();
  expect(socket.read()).toEqual(HELLO);
});

it("holds back who sends faster than a device may", async () => {
  await arrived(HELLO);
  socket.read();
  const many = Buffer.concat(Array.from({ length: 2000 }, () => publish(1)));
  for (let round = 0; round < 7; round++) {
    await arrived(many);
    socket.read();
  }
  await arrived(many);
  expect(socket.read()).toBeNull();
});

describe("an unfinished packet", () => {
  it("ends the connection after its time", async () => {
    await arrived(Buffer.concat([HELLO, publish(1000).subarray(0, 500)]));
    socket.read();
    clock.advance(29);
    inflow.checkDeadline(clock.monotonicMs());
    expect(socket.destroyed).toBe(false);
    clock.advance(2);
    inflow.checkDeadline(clock.monotonicMs());
    expect([socket.destroyed, onRefusal.mock.calls]).toEqual([true, [["unfinished-packet"]]]);
  });

  it("has all its time again when the broker itself did not read", async () => {
    await arrived(Buffer.concat([HELLO, publish(1000).subarray(0, 500)]));
    socket.read();
    const over = holdings.wait("a/b/c", 2_000_000);
    socket.read();
    clock.advance(60);
    inflow.checkDeadline(clock.monotonicMs());
    over();
    clock.advance(20);
    inflow.checkDeadline(clock.monotonicMs());
    expect(socket.destroyed).toBe(false);
  });

  it("is refused when all of them together are too large, and leaves nothing behind", async () => {
    holdings.growUnfinished(49_900);
    await arrived(Buffer.concat([HELLO, publish(1000).subarray(0, 500)]));
    expect(socket.read()).toBeNull();
    await setImmediate();
    await vi.waitFor(() => expect(holdings.bytes).toBe(49_900));
    expect(onRefusal).toHaveBeenCalledWith("too-many-unfinished-packets");
  });
});
