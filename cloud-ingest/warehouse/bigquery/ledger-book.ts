import { randomUUID } from "node:crypto";
import type { BusPosition } from "../../bus/port.ts";
import type { Ledger } from "../port.ts";
import { ledgerOf } from "../read-rows.ts";
import { numberOf, textOf } from "../row.ts";
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient } from "./big-query-client.ts";

/** The newest entry of each worker on each stream: entries are sums, so that one which came twice or late changes nothing. */
export const NEWEST = `SELECT * FROM ledger WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY stream, worker ORDER BY last_number DESC, written_at DESC) = 1`;

const NOTHING: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };

interface Entry extends Ledger {
  readonly lastNumber: number;
}

/**
 * Notes what became of the messages of the bus. An ordered bus has one reader, which goes on with the stream's sums; of a bus without
 * order each process keeps sums of its own.
 */
export class LedgerBook {
  readonly worker = randomUUID();
  readonly #client: BigQueryClient;
  readonly #appenders: Appenders;
  readonly #entries = new Map<string, Entry>();
  #batches = 0;

  constructor(client: BigQueryClient, appenders: Appenders) {
    this.#client = client;
    this.#appenders = appenders;
  }

  /** The next number for rows that this process appends: who has seen one has seen all before it. */
  nextBatch(): number {
    this.#batches += 1;
    return this.#batches;
  }

  async lastStored(stream: string): Promise<number> {
    return (await this.#entryOf(stream)).lastNumber;
  }

  /** Adds to the sums and writes them down; `position` is left out on a bus without order. */
  async note(outcome: Ledger, { position, clockMarkMs }: NoteOptions): Promise<void> {
    const stream = position?.stream ?? "";
    const before = await this.#entryOf(stream);
    const entry = { ...sumOf(before, outcome), lastNumber: position?.number ?? before.lastNumber + 1 };
    const worker = position ? "" : this.worker;
    await this.#write({ stream, worker, clockMark: isoOf(clockMarkMs), ...entry });
    this.#entries.set(stream, entry);
  }

  /**
   * Moves messages of a stream out of quarantine that were judged again: an entry of its own, beside those of the stream's readers.
   * A bus without order has them under no stream; a ledger that knows them nowhere has nothing to move.
   */
  async move(stream: string, { stored, duplicate }: Ledger): Promise<void> {
    const rows = await this.#client.rows({
      sql: `SELECT stream FROM (${NEWEST}) WHERE stream IN UNNEST(@streams) GROUP BY stream
        HAVING SUM(quarantined) >= @moved ORDER BY stream DESC`,
      params: { streams: [stream, ""], moved: stored + duplicate },
      types: { streams: ["STRING"], moved: "INT64" },
    });
    const [known] = rows;
    if (!known) return;
    const entry = { stored, duplicate, quarantined: -stored - duplicate, lastNumber: 0 };
    await this.#write({ stream: textOf(known, "stream"), worker: `replay-${randomUUID()}`, ...entry });
  }

  async #write(entry: object): Promise<void> {
    await this.#appenders.append("ledger", [{ ...entry, writtenAt: new Date().toISOString() }]);
  }

  async #entryOf(stream: string): Promise<Entry> {
    const known = this.#entries.get(stream);
    if (known) return known;
    const read = stream === "" ? { ...NOTHING, lastNumber: 0 } : await this.#read(stream);
    // Somebody may have noted more meanwhile.
    const entry = this.#entries.get(stream) ?? read;
    this.#entries.set(stream, entry);
    return entry;
  }

  async #read(stream: string): Promise<Entry> {
    const [row] = await this.#client.rows({
      sql: `SELECT * FROM (${NEWEST}) WHERE stream = @stream AND worker = @worker`,
      params: { stream, worker: "" },
    });
    return row ? { ...ledgerOf(row), lastNumber: numberOf(row, "last_number") } : { ...NOTHING, lastNumber: 0 };
  }
}

interface NoteOptions {
  readonly position: BusPosition | undefined;
  readonly clockMarkMs: number | undefined;
}

const isoOf = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

/** Both together. */
export function sumOf(one: Ledger, other: Ledger): Ledger {
  return {
    stored: one.stored + other.stored,
    duplicate: one.duplicate + other.duplicate,
    quarantined: one.quarantined + other.quarantined,
  };
}
