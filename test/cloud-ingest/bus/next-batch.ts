import { busOf } from "../../../cloud-ingest/bus/open-bus.ts";
import type { BusEntry, BusLimit, BusReader, BusStats } from "../../../cloud-ingest/bus/port.ts";
import type { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";

export const ALL: BusLimit = { maxMessages: 10_000, maxBytes: 1e9 };
const NEVER = new AbortController().signal;

interface Readable {
  readonly reader: BusReader;
  stats(): BusStats;
}

/** How long a shared bus, which never knows whether it is empty, is given to hand out something. */
const SHARED_MS = 1_500;

/** The oldest batch that the bus holds after the message of that number; nothing when it is empty. */
export async function nextBatchOf(bus: Readable, limit = ALL, lastStored = 0): Promise<readonly BusEntry[]> {
  const { depth, isShared } = bus.stats();
  if (depth === 0 && !isShared) return [];
  const until = isShared ? AbortSignal.timeout(SHARED_MS) : NEVER;
  for await (const batch of bus.reader.batches(async () => lastStored, limit, until)) return batch;
  return [];
}

/** The same of an inbox, which is both ends of its bus. */
export function nextBatch(inbox: Inbox, limit = ALL, lastStored = 0): Promise<readonly BusEntry[]> {
  return nextBatchOf(busOf(inbox), limit, lastStored);
}

export const textsOf = (batch: readonly BusEntry[]) =>
  batch.map(({ message }) => Buffer.from(message.payload).toString());
