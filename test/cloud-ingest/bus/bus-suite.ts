import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Bus, BusEntry, BusMessage, BusReader, BusWriter } from "../../../cloud-ingest/bus/port.ts";
import { ALL, nextBatchOf, textsOf } from "./next-batch.ts";

export type BothEnds = Bus & { readonly writer: BusWriter; readonly reader: BusReader };

/** Where a driver's bus lies: opened again, it is the same one. */
export interface BusPlace {
  open(): Promise<BothEnds>;
  remove(): Promise<void>;
}

const message = (text: string): BusMessage => {
  return { receivedAtMs: 1_772_420_400_123.5, topic: "kazoe/v1/日本", payload: Buffer.from(text) };
};

/** What every bus must do; a driver's test calls it with a place of its own for each test. */
export function busSuite(name: string, createPlace: () => Promise<BusPlace>): void {
  describe(`bus: ${name}`, () => {
    let place: BusPlace;
    let bus: BothEnds;

    beforeEach(async () => {
      place = await createPlace();
      bus = await place.open();
    });

    afterEach(async () => {
      await bus.close();
      await place.remove();
    });

    const publishAll = (texts: readonly string[]) =>
      Promise.all(texts.map((text) => bus.writer.publish(message(text))));

    const next = () => nextBatchOf(bus);

    const reopen = async () => {
      await bus.close();
      bus = await place.open();
    };

    it("gives a message as it was, with a name of its own", async () => {
      await publishAll(["one", "two"]);
      const batch = await next();
      expect(textsOf(batch)).toEqual(["one", "two"]);
      expect(batch[0]?.message).toMatchObject({ receivedAtMs: 1_772_420_400_123.5, topic: "kazoe/v1/日本" });
      expect(new Set(batch.map((entry) => entry.id)).size).toBe(2);
    });

    it("has after a restart what was published and not acknowledged, and nothing else", async () => {
      await publishAll(["one", "two", "three"]);
      for await (const batch of bus.reader.batches(async () => 0, ALL, AbortSignal.timeout(5_000))) {
        await bus.reader.ack(batch.slice(0, 1));
        break;
      }
      await reopen();
      expect(textsOf(await next())).toEqual(["two", "three"]);
      if (bus.stats().isShared !== true) expect(bus.stats()).toMatchObject({ acked: 3, depth: 2 });
    });

    it("gives a batch again when it was not acknowledged", async () => {
      await publishAll(["one"]);
      expect(textsOf(await next())).toEqual(["one"]);
      expect(textsOf(await next())).toEqual(["one"]);
    });

    it("keeps to the limit, but always gives one", async () => {
      for (const text of ["one", "two", "x".repeat(5000), "four"]) await bus.writer.publish(message(text));
      const seen: string[][] = [];
      for await (const batch of bus.reader.batches(
        async () => 0,
        { maxMessages: 2, maxBytes: 1000 },
        AbortSignal.timeout(500),
      )) {
        seen.push(textsOf(batch).map((text) => text.slice(0, 4)));
        await bus.reader.ack(batch);
      }
      expect(seen.flat()).toEqual(["one", "two", "xxxx", "four"]);
      expect(Math.max(...seen.map((batch) => batch.length))).toBeLessThanOrEqual(2);
      expect(seen).toContainEqual(["xxxx"]);
    });

    it("wakes the reader at a new message, and ends it at the signal", async () => {
      const stop = new AbortController();
      const seen: BusEntry[] = [];
      const reading = (async () => {
        for await (const batch of bus.reader.batches(async () => 0, ALL, stop.signal)) seen.push(...batch);
      })();
      await sleep(20);
      expect(seen).toEqual([]);
      await bus.writer.publish(message("one"));
      await expect.poll(() => textsOf(seen)).toEqual(["one"]);
      stop.abort();
      await reading;
    });

    it("refuses what comes after its end", async () => {
      await bus.close();
      await expect(bus.writer.publish(message("late"))).rejects.toThrow();
      bus = await place.open();
      expect(textsOf(await next())).toEqual([]);
    });
  });
}
