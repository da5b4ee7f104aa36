import { MAX_PAYLOAD_BYTES } from "../../firmware-config/contract/envelope.ts";
import type { BusEntry } from "../bus/port.ts";

/** Most that the messages of one transaction become as JSON; less than a tenth of the least memory that a warehouse may have, 64 MB. */
const MAX_WEIGHT = 6 * 1024 * 1024;
/** Names, times, topic and reason of a row beside its payload; real ones take 300 to 500 bytes. */
const ROW_WEIGHT = 512;
/** After so many portions in a row the next ones are twice as large: often enough to be back soon, too seldom to fail all the time. */
const GROW_AFTER = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

/**
 * Cuts what the bus hands out into the portions that go into one transaction each. A portion is measured by what it becomes in the
 * warehouse's hands, which may be six times its bytes; when memory does not even do for that, the next ones have half as many messages.
 */
export class Portions {
  #maxMessages = Number.POSITIVE_INFINITY;
  #underWay = 0;
  #inARow = 0;

  /** The messages in their order, at least one in a portion; what was reported of one portion is heeded from the next on. */
  *of(batch: readonly BusEntry[]): Generator<readonly BusEntry[]> {
    for (let start = 0; start < batch.length; ) {
      const portion = batch.slice(start, start + this.#lengthFrom(batch, start));
      this.#underWay = portion.length;
      start += portion.length;
      yield portion;
    }
  }

  /** The portion is stored. */
  stored(): void {
    this.#inARow += 1;
    if (this.#inARow < GROW_AFTER) return;
    this.#inARow = 0;
    this.#maxMessages *= 2;
  }

  /** Memory did not do for the portion. Returns false when it was one message, which cannot be halved. */
  halve(): boolean {
    const canHalve = this.#underWay > 1;
    this.#inARow = 0;
    this.#maxMessages = Math.max(1, Math.floor(this.#underWay / 2));
    return canHalve;
  }

  #lengthFrom(batch: readonly BusEntry[], start: number): number {
    const most = Math.min(batch.length - start, this.#maxMessages);
    let weight = 0;
    for (let length = 0; length < most; length += 1) {
      const entry = batch[start + length];
      weight += entry === undefined ? 0 : weightOf(entry);
      if (weight > MAX_WEIGHT) return Math.max(1, length);
    }
    return most;
  }
}

/** Bytes that the message takes at most as JSON, should it go to quarantine: as base64 when it is no text, else as text. */
function weightOf({ message: { payload, topic } }: BusEntry): number {
  const kept = payload.subarray(0, MAX_PAYLOAD_BYTES);
  let text = 0;
  // By index: the iterator of a typed array takes forty times as long.
  for (let i = 0; i < kept.length; i += 1) {
    const byte = kept[i] ?? 0;
    if (byte < FIRST_PRINTABLE) text += 6;
    else text += byte === QUOTE || byte === BACKSLASH ? 2 : 1;
  }
  return ROW_WEIGHT + topic.length + Math.max(text, Math.ceil((kept.length * 4) / 3));
}
