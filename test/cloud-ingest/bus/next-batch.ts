import type { BusEntry, BusLimit, BusReader, BusStats } from "../../../cloud-ingest/bus/port.ts";

export const ALL: BusLimit = { maxMessages: 10_000, maxBytes: 1e9 };
const NEVER = new AbortController().signal;

type Readable = BusReader & { stats(): BusStats };

/** The oldest batch that the bus holds after the message of that number; nothing when it is empty. */
export async function nextBatch(bus: Readable, limit = ALL, lastStored = 0): Promise<readonly BusEntry[]> {
  if (bus.stats().depth === 0) return [];
  for await (const batch of bus.batches(async () => lastStored, limit, NEVER)) return batch;
  return [];
}

export const textsOf = (batch: readonly BusEntry[]) =>
  batch.map(({ message }) => Buffer.from(message.payload).toString());
