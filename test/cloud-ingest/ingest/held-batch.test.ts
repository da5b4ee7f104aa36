import { expect, it, onTestFinished, vi } from "vitest";
import type { BusEntry, BusReader } from "../../../cloud-ingest/bus/port.ts";
import { Ingest } from "../../../cloud-ingest/ingest/ingest.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import type { IngestBatch, IngestStore, Ledger } from "../../../cloud-ingest/warehouse/port.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { aborted } from "../../../firmware-config/kit/pause.ts";
import { countsMessage } from "../warehouse/rows.ts";

const TS = "2026-03-02T03:00:00Z";
const WAIT = { timeout: 10_000, interval: 5 };

const entryOf = (seq: number): BusEntry => ({
  id: String(seq),
  message: {
    receivedAtMs: Date.parse(TS),
    topic: "kazoe/v1/acme/shibuya/cam-1/counts",
    payload: Buffer.from(JSON.stringify(countsMessage(seq, TS))),
  },
});

/** A bus without order that has one batch, and hands it out at each reading. */
class OneBatch implements BusReader {
  readings = 0;
  readonly acked: string[] = [];
  readonly #batch: readonly BusEntry[];

  constructor(batch: readonly BusEntry[]) {
    this.#batch = batch;
  }

  async *batches(...[, , signal]: Parameters<BusReader["batches"]>) {
    this.readings += 1;
    yield this.#batch;
    await aborted(signal);
  }

  async ack(batch: readonly BusEntry[]): Promise<void> {
    this.acked.push(...batch.map(({ id }) => id));
  }
}

/** A store that counts, and fails as long as it is told to. */
class CountingStore implements IngestStore {
  failure: (batch: IngestBatch) => Error | undefined = () => new Error("away");
  attempts = 0;
  sums: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };

  async store(batch: IngestBatch) {
    this.attempts += 1;
    const failure = this.failure(batch);
    if (failure) throw failure;
    const outcome = { stored: batch.data.length, duplicate: 0, quarantined: 0 };
    this.sums = { ...this.sums, stored: this.sums.stored + outcome.stored };
    return outcome;
  }

  lastStored = async () => 0;
  ledger = async () => this.sums;
}

function running(count: number) {
  const bus = new OneBatch(Array.from({ length: count }, (_, i) => entryOf(i + 1)));
  const store = new CountingStore();
  const troubles = new Troubles({ log: silentLog, clock: systemClock });
  const ingest = new Ingest({ bus, store, troubles });
  const stop = new AbortController();
  const ended = ingest.run(stop.signal);
  const end = () => {
    stop.abort();
    return ended;
  };
  onTestFinished(end);
  return { bus, store, troubles, ingest, end };
}

it("keeps a batch of a bus without order while the warehouse fails, and says so", async () => {
  const { bus, store, troubles } = running(3);
  await vi.waitFor(() => expect(store.attempts).toBeGreaterThan(2), WAIT);
  expect(troubles.list()).toMatchObject([{ code: "warehouse-down" }]);
  expect(bus.acked).toEqual([]);
  store.failure = () => undefined;
  await vi.waitFor(() => expect(bus.acked).toEqual(["1", "2", "3"]), WAIT);
  expect(bus.readings).toBe(1);
  await vi.waitFor(() => expect(troubles.list()).toEqual([]), WAIT);
});

it("halves what memory does not do for, and goes on after the part that is stored", async () => {
  const { bus, store } = running(8);
  const failure = new AppError("no memory", { code: "OUT_OF_MEMORY", hint: "warehouse.memoryMb" });
  store.failure = ({ data }) => (data.length > 1 ? failure : undefined);
  await vi.waitFor(() => expect(bus.acked).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]), WAIT);
  expect(bus.readings).toBe(1);
  expect(store.sums.stored).toBe(8);
});

it("counts on from the sums of a warehouse that went back while it was away", async () => {
  const { bus, store, ingest } = running(2);
  store.sums = { stored: 100, duplicate: 5, quarantined: 0 };
  await vi.waitFor(() => expect(store.attempts).toBeGreaterThan(0), WAIT);
  store.sums = { stored: 40, duplicate: 2, quarantined: 0 };
  store.failure = () => undefined;
  await vi.waitFor(() => expect(bus.acked).toHaveLength(2), WAIT);
  expect(ingest.stats).toMatchObject({ stored: 42, duplicate: 2 });
});

it("ends while the warehouse is away, with the batch not acknowledged", async () => {
  const { bus, store, end } = running(2);
  await vi.waitFor(() => expect(store.attempts).toBeGreaterThan(0), WAIT);
  await end();
  expect(bus.acked).toEqual([]);
});
