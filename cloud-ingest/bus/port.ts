/** What a device published, as it came. */
export interface BusMessage {
  readonly receivedAtMs: number;
  readonly topic: string;
  readonly payload: Uint8Array;
}

/**
 * Where a message stands in an ordered bus: a number that grows within the stream of that name. The warehouse commits it with
 * the message, so that what comes again after a crash changes nothing.
 */
export interface BusPosition {
  readonly stream: string;
  readonly number: number;
}

/** A message under way; `id` names it in the bus. */
export interface BusEntry {
  readonly id: string;
  readonly message: BusMessage;
  /** Left out by a bus without order (Pub/Sub): then `eventId` alone tells what came again. */
  readonly position?: BusPosition;
  /** Set when the bus lost the message: why. Then `message` holds what is left of its bytes, to be quarantined with this reason. */
  readonly unusable?: string;
}

/** How much one batch holds at most; a single message may be larger. */
export interface BusLimit {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** The number of the last message of that stream which the warehouse has; 0 when it has none. */
export type LastStored = (stream: string) => Promise<number>;

/** The broker's side, called before each PUBACK: what `publish` resolved for survives a crash. Rejects when it cannot be held. */
export interface BusWriter {
  publish(message: BusMessage): Promise<void>;
}

/** Ingest's side. */
export interface BusReader {
  /**
   * Batches in the order in which they came, each at least once and of one stream, beginning after what the warehouse has, as far
   * back as the bus keeps them; without `lastStored`, and where there is no order, with what was not acknowledged. Waits for more
   * until `signal` aborts.
   */
  batches(lastStored: LastStored | undefined, limit: BusLimit, signal: AbortSignal): AsyncIterable<readonly BusEntry[]>;
  /**
   * Called when the warehouse has committed the batch, or its next part: the bus may forget it in time. Batches with a position are
   * acknowledged in their order, each before the next is asked for. What is not acknowledged when reading ends comes again, here or elsewhere.
   */
  ack(batch: readonly BusEntry[]): Promise<void>;
}

/** Something that happened in the cloud half, such as the end of a job, for programs beyond it. */
export interface BusEvent {
  /** What happened to what, such as `job.ended`. */
  readonly type: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** Plain values; no secrets, and no pictures. */
  readonly data: object;
}

/** Called when something has happened. Resolves once the bus has it, so that it comes at least once; rejects when it does not take it. */
export interface EventWriter {
  announce(event: BusEvent): Promise<void>;
}

export interface BusStats {
  /**
   * Names of the streams that `acked` counts; left out by a bus without order, which may hand out a message more than once. What
   * stands before a dot is the same in all streams of one bus, and in those that it does not know of any more.
   */
  readonly streams?: readonly string[];
  /** Messages taken since the bus was made; each one's PUBACK may have gone out. */
  readonly acked: number;
  /** Messages that this process answers for and that are not stored yet; who stops waits for them. */
  readonly depth: number;
  /** So many of them are others' as soon as this process lets go of them: who stops need not wait for these. */
  readonly leased?: number;
  /** Their size. */
  readonly bytes: number;
  /** True when other processes take or store its messages too: then what this one knows makes no ledger. */
  readonly isShared?: boolean;
  /** False until a reader has said how far the warehouse is: `depth` may not know yet what it went back by. */
  readonly isServing?: boolean;
}

/** What carries messages from the broker to ingest, as far as this process has a part in it. */
export interface Bus {
  /** Left out where no broker runs. */
  readonly writer?: BusWriter;
  /** Left out where nothing is stored. */
  readonly reader?: BusReader;
  /** Left out where nobody beyond this process could read them, or nobody wants to. */
  readonly events?: EventWriter;
  stats(): BusStats;
  /** What the bus does by itself, until the signal aborts; resolves sooner when that is nothing. */
  run(signal: AbortSignal): Promise<void>;
  /** Lets every `publish` that waits fail, finishes those under way, and lets go of what it holds open. */
  close(): Promise<void>;
}

/** Which ends of the bus a process needs. */
export interface BusEnds {
  /** A broker's: `publish` resolves as fast as a disk does. */
  readonly writes: boolean;
  /** Of who publishes now and then and can wait for a network. Left out: no. */
  readonly offers?: boolean;
  readonly reads: boolean;
  /** Left out: no. */
  readonly announces?: boolean;
}
