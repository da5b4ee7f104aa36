/** Gives each live track id a small number for flat arrays; when all are in use, the track unseen longest gives up its own. */
export class TrackSlots {
  readonly capacity: number;
  readonly ids: Int32Array;
  readonly seenS: Float64Array;
  /** 1 = the track is over, its slot is kept for an open visit. */
  readonly ended: Uint8Array;
  readonly #slotOf = new Map<number, number>();

  constructor(capacity: number) {
    this.capacity = capacity;
    this.ids = new Int32Array(capacity);
    this.seenS = new Float64Array(capacity);
    this.ended = new Uint8Array(capacity);
  }

  isFull(): boolean {
    return this.#slotOf.size === this.capacity;
  }

  /** The slot of a track; -1 = none yet. */
  find(id: number): number {
    return this.#slotOf.get(id) ?? -1;
  }

  /** A free slot for a new track; the caller made sure that there is one. */
  take(id: number): number {
    const slot = this.ids.indexOf(0);
    this.ids[slot] = id;
    this.#slotOf.set(id, slot);
    return slot;
  }

  release(slot: number): void {
    this.#slotOf.delete(this.ids[slot]!);
    this.ids[slot] = 0;
    this.ended[slot] = 0;
  }

  /** The used slot unseen for longest. */
  stalest(): number {
    let stalest = 0;
    for (let slot = 1; slot < this.capacity; slot++) {
      if (this.seenS[slot]! < this.seenS[stalest]!) stalest = slot;
    }
    return stalest;
  }
}
