import { type Busy, type TurnLimits, Turns } from "./turns.ts";

const MIB = 1024 * 1024;

/** 1,000 connections must not hold a page each; most pages have less than half a megabyte. */
const LIMITS: TurnLimits = { perReader: 30, total: 300, waitingPerReader: 0, waitMs: 0 };
/** The page of a store with very many lines has 6 MB: who holds so much gets no further one. */
const BYTES = { perReader: 32 * MIB, total: 128 * MIB } as const;

/** The place of one page. */
export interface Place {
  /** The page is made and has so many bytes. */
  weigh(bytes: number): void;
  /** The page is taken or nobody waits for it; a second call does nothing. */
  leave(): void;
}

/** Pages that are asked for and that their readers have not taken: few of one reader and few in all, by number and by size. */
export class UnreadPages {
  readonly #turns = new Turns(LIMITS);
  readonly #bytes = new Map<string, number>();
  #total = 0;

  /** A place, or why there is none. */
  async take(reader: string, signal: AbortSignal): Promise<Place | Busy> {
    const turn = await this.#turns.take(reader, signal);
    if (typeof turn === "string") return turn;
    let weight: number | undefined = 0;
    return {
      weigh: (bytes) => {
        if (weight === undefined) return;
        this.#add(reader, bytes - weight);
        weight = bytes;
      },
      leave: () => {
        if (weight !== undefined) this.#add(reader, -weight);
        weight = undefined;
        turn();
      },
    };
  }

  /** Whose pages are too large together for a further one to be made; a reader without any is refused only over all others'. */
  whyFull(reader: string): Busy | undefined {
    if ((this.#bytes.get(reader) ?? 0) >= BYTES.perReader) return "reader";
    return this.#total >= BYTES.total ? "all" : undefined;
  }

  #add(reader: string, bytes: number): void {
    const now = (this.#bytes.get(reader) ?? 0) + bytes;
    this.#total += bytes;
    if (now === 0) this.#bytes.delete(reader);
    else this.#bytes.set(reader, now);
  }
}
