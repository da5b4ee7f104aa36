import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { BusEntry, BusReader } from "../../../cloud-ingest/bus/port.ts";
import { Ingest, type IngestOptions } from "../../../cloud-ingest/ingest/ingest.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import type { IngestBatch, IngestStore, Ledger, StoreOutcome } from "../../../cloud-ingest/warehouse/port.ts";
import type { RecentIntake } from "../../../cloud-ingest/warehouse/quarantine-port.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { aborted } from "../../../firmware-config/kit/pause.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { countsMessage } from "../warehouse/rows.ts";

const TS = "2026-03-02T03:00:00Z";
const NOW_MS = Date.parse(TS);
const WAIT = { timeout: 10_000, interval: 5 };
const NOTHING: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };

const entryOf = (seq: number, payload: unknown = countsMessage(seq, TS)): BusEntry => ({
  ...{ id: `s:${seq}`, position: { stream: "s", number: seq } },
  message: {
    receivedAtMs: NOW_MS,
    topic: "kazoe/v1/acme/shibuya/cam-1/counts",
    payload: Buffer.from(JSON.stringify(payload)),
  },
});

/** An ordered bus that begins behind what the store has. */
class ListBus implements BusReader {
  readonly calls: string[];
  readonly limits: object[] = [];
  readonly #entries: readonly BusEntry[];

  constructor(entries: readonly BusEntry[], calls: string[]) {
    this.#entries = entries;
    this.calls = calls;
  }

  async *batches(...[lastStored, limit, signal]: Parameters<BusReader["batches"]>) {
    this.limits.push(limit);
    const last = (await lastStored?.("s")) ?? 0;
    const left = this.#entries.filter(({ position }) => (position?.number ?? 0) > last);
    if (left.length > 0) yield left;
    await aborted(signal);
  }

  async ack(batch: readonly BusEntry[]): Promise<void> {
    this.calls.push(`ack ${batch.map(({ position }) => position?.number).join(" ")}`);
  }
}

class Shelf implements IngestStore {
  readonly batches: IngestBatch[] = [];
  readonly asked: string[] = [];
  readonly calls: string[];
  outcome: (batch: IngestBatch) => StoreOutcome = ({ data, quarantine }) => {
    return { stored: data.length, duplicate: 0, quarantined: quarantine.length };
  };

  constructor(calls: string[]) {
    this.calls = calls;
  }

  async store(batch: IngestBatch) {
    const outcome = this.outcome(batch);
    this.calls.push(`store ${batch.data.map(({ message }) => message.seq).join(" ")}`);
    this.batches.push(batch);
    return outcome;
  }

  async lastStored(stream: string) {
    this.asked.push(stream);
    return this.batches.at(-1)?.position?.number ?? 0;
  }

  ledger = async () => ({ stored: 100, duplicate: 20, quarantined: 3 });
}

function ingesting(entries: readonly BusEntry[], over: Partial<IngestOptions> = {}) {
  const calls: string[] = [];
  const bus = new ListBus(entries, calls);
  const store = new Shelf(calls);
  const clock = new ManualClock(TS);
  const log = new LogRecorder();
  const troubles = new Troubles({ log, clock });
  const ingest = new Ingest({ bus, store, troubles, clock, ...over });
  const stop = new AbortController();
  let running = Promise.resolve();
  const start = () => {
    running = ingest.run(stop.signal);
  };
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  const acked = (count: number) =>
    vi.waitFor(() => expect(calls.filter((call) => call.startsWith("ack"))).toHaveLength(count), WAIT);
  return { bus, store, clock, log, troubles, ingest, start, calls, acked };
}

describe("what ingest says of itself", () => {
  it("is the warehouse's sums and what came since, with what was wrong, and when", async () => {
    const { ingest, store, start, acked } = ingesting([entryOf(1), entryOf(2, { v: 9 }), entryOf(3, { v: 9 })]);
    expect(ingest.stats).toMatchObject(NOTHING);
    expect(ingest.stats).not.toHaveProperty("lastStoredAt");
    store.outcome = () => ({ stored: 1, duplicate: 5, quarantined: 2 });
    const before = new Date().toISOString();
    start();
    await acked(1);
    const { lastStoredAt = "", ...sums } = ingest.stats;
    expect(sums).toMatchObject({ stored: 101, duplicate: 25, quarantined: 5 });
    expect(sums.refusedByClass).toMatchObject({ version: 2, clock: 0 });
    expect(before <= lastStoredAt && lastStoredAt <= new Date().toISOString()).toBe(true);
  });
});

describe("what ingest does with a batch", () => {
  it("stores it, with the time of our clock and its mark, and then lets the bus forget it", async () => {
    const { store, start, calls, acked } = ingesting([entryOf(1), entryOf(2)]);
    start();
    await acked(1);
    expect(calls).toEqual(["store 1 2", "ack 1 2"]);
    expect(store.batches).toMatchObject([
      { position: { stream: "s", number: 2 }, clock: { nowMs: NOW_MS, markMs: NOW_MS } },
    ]);
    expect(store.asked).toEqual(["s"]);
  });

  it.each([
    { name: "by itself", over: {}, limit: { maxMessages: 10_000, maxBytes: 16 * 1024 * 1024 } },
    { name: "as it is told", over: { limit: { maxMessages: 7, maxBytes: 9 } }, limit: { maxMessages: 7, maxBytes: 9 } },
  ])("is asked for up to a limit: $name", async ({ over, limit }) => {
    const { bus, start } = ingesting([], over);
    start();
    await vi.waitFor(() => expect(bus.limits).toEqual([limit]), WAIT);
  });

  it("is said to be refused when the warehouse names more rows at the second try, and stays in the bus", async () => {
    const { store, start, calls, log, troubles } = ingesting([entryOf(1), entryOf(2)]);
    store.outcome = () => ({ ...NOTHING, refused: [{ index: 0, reason: "no" }] });
    start();
    await vi.waitFor(() => expect(log.lines).toHaveLength(1), WAIT);
    expect(log.fields[0]).toMatchObject({
      trouble: "warehouse-down",
      error: "The warehouse refuses 1 rows that it did not name at first",
      hint: "Report this with the log; the messages stay in the bus.",
    });
    expect(troubles.list()).toMatchObject([
      { code: "warehouse-down", text: expect.stringMatching(/^INTERNAL: Report/) },
    ]);
    expect(calls.filter((call) => call.startsWith("ack"))).toEqual([]);
    expect(calls.slice(0, 2)).toEqual(["store 1 2", "store 2"]);
  });

  it("goes on behind the part that is stored when memory does not do for the rest", async () => {
    const { store, start, calls, acked } = ingesting([1, 2, 3, 4].map((seq) => entryOf(seq)));
    const failure = new AppError("no memory", { code: "OUT_OF_MEMORY", hint: "warehouse.memoryMb" });
    store.outcome = ({ data }) => {
      if (data.length > 2) throw failure;
      return { ...NOTHING, stored: data.length };
    };
    start();
    await acked(2);
    expect(calls).toEqual(["store 1 2", "ack 1 2", "store 3 4", "ack 3 4"]);
  });
});

describe("what came before a start", () => {
  const recent = (over: Partial<RecentIntake> = {}): RecentIntake => ({
    clockMark: undefined,
    stored: 0,
    refused: [],
    ...over,
  });

  it("is asked for once it can be told, for a quarter of an hour, and counts for the alarm", async () => {
    const spans: (readonly [string, string])[] = [];
    const history = {
      intakeBetween: async (from: string, to: string) => {
        spans.push([from, to]);
        if (spans.length === 1) throw new Error("away");
        return recent({
          stored: 400,
          refused: [
            { reason: "ts is none", messages: 60 },
            { reason: "not JSON", messages: 40 },
          ],
        });
      },
    };
    const { store, start, acked, troubles, ingest } = ingesting([entryOf(1), entryOf(2)], { history });
    let failures = 1;
    store.outcome = ({ data }) => {
      if (failures-- > 0) throw new Error("away");
      return { ...NOTHING, stored: data.length };
    };
    start();
    await acked(1);
    expect(spans).toEqual([1, 2].map(() => ["2026-03-02T02:45:00.000Z", "2026-03-02T03:00:00.000Z"]));
    expect(troubles.list()).toMatchObject([
      { code: "quarantine-rising", text: expect.stringMatching(/^100 of 502 messages .* \(clock 60, unreadable 40\)/) },
    ]);
    expect(ingest.stats.refusedByClass.clock).toBe(0);
  });

  it("has the mark of our clock, which goes on with each batch", async () => {
    const history = { intakeBetween: async () => recent({ clockMark: "2026-03-02T04:00:00Z" }) };
    const { store, start, acked } = ingesting([entryOf(1)], { history });
    start();
    await acked(1);
    expect(store.batches[0]?.clock).toEqual({ nowMs: NOW_MS, markMs: NOW_MS + 3_600_000 });
  });
});
