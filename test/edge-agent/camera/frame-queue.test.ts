import { describe, expect, it } from "vitest";
import { FileTimes } from "../../../edge-agent/camera/file-times.ts";
import { FrameQueue, type Keep } from "../../../edge-agent/camera/frame-queue.ts";

const FRAME_BYTES = 6;
const PICTURE = { width: 2, height: 1 };

function createQueue(keep: Keep, times = new FileTimes({ startMs: 0, fps: 1 })): FrameQueue {
  const queue = new FrameQueue({ cameraId: "c", frameBytes: FRAME_BYTES, keep, times });
  queue.begin(PICTURE);
  times.end();
  return queue;
}

/** Frames first, first + 1 …; every byte of a frame is its number. */
function bytesOf(first: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count * FRAME_BYTES }, (_, i) => first + Math.floor(i / FRAME_BYTES));
}

function writeAll(queue: FrameQueue, bytes: Uint8Array): number {
  return queue.write(bytes, 0, bytes.length);
}

describe("FrameQueue", () => {
  it.each([1, 4, 5, 6, 7, 24])("puts frames together from chunks of %i bytes", async (chunk) => {
    const queue = createQueue("lossless");
    const bytes = bytesOf(0, 4);
    for (let at = 0; at < bytes.length; at += chunk) queue.write(bytes, at, Math.min(at + chunk, bytes.length));
    queue.end();
    for (let i = 0; i < 4; i++) {
      const frame = await queue.next();
      expect(frame).toMatchObject({ cameraId: "c", index: i, picture: PICTURE });
      expect([...(frame?.data ?? [])]).toEqual(Array(FRAME_BYTES).fill(i));
    }
    expect(await queue.next()).toBeUndefined();
  });

  it("lossless: stops taking bytes when full, and says when there is room", async () => {
    const queue = createQueue("lossless");
    const bytes = bytesOf(0, 9);
    let at = writeAll(queue, bytes);
    expect(at).toBe(4 * FRAME_BYTES);
    queue.onRoom = () => {
      at = queue.write(bytes, at, bytes.length);
    };
    for (let i = 0; i < 9; i++) {
      const frame = await queue.next();
      expect(frame).toMatchObject({ index: i });
      expect(frame?.data[0]).toBe(i);
      frame?.release();
    }
    expect(queue).toMatchObject({ completed: 9, delivered: 9, dropped: 0 });
  });

  it("newest: a frame that waits gives way, and is counted", async () => {
    const queue = createQueue("newest");
    expect(writeAll(queue, bytesOf(0, 7))).toBe(7 * FRAME_BYTES);
    expect(await queue.next()).toMatchObject({ index: 6 });
    expect(queue).toMatchObject({ completed: 7, delivered: 1, dropped: 6 });
  });

  it("newest: reads on when the consumer keeps every buffer", async () => {
    const queue = createQueue("newest");
    for (let i = 0; i < 4; i++) {
      writeAll(queue, bytesOf(i, 1));
      await queue.next();
    }
    expect(writeAll(queue, bytesOf(4, 3))).toBe(3 * FRAME_BYTES);
    expect(queue).toMatchObject({ completed: 7, delivered: 4, dropped: 3 });
  });

  it("wakes the consumer that waits", async () => {
    const queue = createQueue("newest");
    const waiting = queue.next();
    await Promise.resolve();
    expect(queue.starving).toBe(true);
    writeAll(queue, bytesOf(3, 1));
    expect((await waiting)?.data[0]).toBe(3);
    expect(queue.starving).toBe(false);
  });

  it("forgets half a frame when the source starts again", async () => {
    const times = new FileTimes({ startMs: 0, fps: 1 });
    const queue = createQueue("lossless", times);
    queue.write(bytesOf(9, 1), 0, 4);
    queue.end();
    expect(await queue.next()).toBeUndefined();
    queue.begin(PICTURE);
    times.end();
    writeAll(queue, bytesOf(1, 1));
    expect([...((await queue.next())?.data ?? [])]).toEqual(Array(FRAME_BYTES).fill(1));
  });

  it.each(["lossless", "newest"] as const)("%s: keeps a frame back until its time is known", async (keep) => {
    const times = new FileTimes({ startMs: 0, fps: 1 });
    const queue = createQueue(keep, times);
    queue.begin(PICTURE);
    const bytes = bytesOf(0, 3);
    expect(writeAll(queue, bytes)).toBe(FRAME_BYTES);
    expect(queue.completed).toBe(0);
    times.add(5);
    expect(queue.write(bytes, FRAME_BYTES, 2 * FRAME_BYTES)).toBe(2 * FRAME_BYTES);
    expect(await queue.next()).toMatchObject({ index: 0, atS: 0 });
    times.add(8);
    expect(queue.write(bytes, 0, 0)).toBe(0);
    expect(await queue.next()).toMatchObject({ index: 1, atS: 3 });
  });

  it("takes a buffer back once", async () => {
    const queue = createQueue("lossless");
    writeAll(queue, bytesOf(0, 1));
    const frame = await queue.next();
    frame?.release();
    frame?.release();
    expect(writeAll(queue, bytesOf(1, 9))).toBe(4 * FRAME_BYTES);
  });
});
