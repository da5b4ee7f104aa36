import type { TrackerConfig } from "../../firmware-config/config/tracker.ts";
import type { Detections } from "../detector/detections.ts";
import { Matcher, type Round } from "./matcher.ts";
import type { TrackTable } from "./track-table.ts";

/** Dearest pairs allowed: people followed, people continued by a weak detection, hidden things, unconfirmed people. */
const HIGH_GATE = 0.9;
const LOW_GATE = 0.7;
const HIDDEN_GATE = 0.7;
const NEW_GATE = 0.8;

/**
 * Who takes which detection, in four rounds: people take the strong ones, those seen just now also the weak ones
 * (ByteTrack, Zhang et al. 2022), then hidden things what lies on them, then unconfirmed tracks what strong ones are left.
 */
export class Rounds {
  readonly #table: TrackTable;
  readonly #matcher: Matcher;
  readonly #high: Round;
  readonly #low: Round;
  readonly #hidden: Round;
  readonly #unconfirmed: Round;

  constructor(config: TrackerConfig, table: TrackTable, maxDetections: number) {
    const { highScore, lowScore } = config;
    const any = Number.POSITIVE_INFINITY;
    this.#table = table;
    this.#matcher = new Matcher(table, maxDetections);
    this.#high = { minScore: highScore, maxScore: any, gate: HIGH_GATE };
    this.#low = { minScore: lowScore, maxScore: highScore, gate: LOW_GATE };
    this.#hidden = { minScore: lowScore, maxScore: any, gate: HIDDEN_GATE };
    this.#unconfirmed = { minScore: highScore, maxScore: any, gate: NEW_GATE };
  }

  /** Fills the table's `detection`; `previousS` is the time of the frame before. */
  run(detections: Detections, previousS: number): void {
    this.#matcher.reset();
    this.#addPeople(Number.NEGATIVE_INFINITY);
    this.#matcher.solve(detections, this.#high, previousS);
    this.#addPeople(previousS);
    this.#matcher.solve(detections, this.#low, previousS);
    this.#addHidden();
    this.#matcher.solve(detections, this.#hidden, previousS);
    this.#addUnconfirmed();
    this.#matcher.solve(detections, this.#unconfirmed, previousS);
  }

  isTaken(detection: number): boolean {
    return this.#matcher.isTaken(detection);
  }

  /** Confirmed people without a detection who were seen at `sinceS` or later. */
  #addPeople(sinceS: number): void {
    const { live, liveCount, ids, hidden, detection, seenS } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (ids[slot] === 0 || hidden[slot] === 1) continue;
      if (detection[slot] === -1 && seenS[slot]! >= sinceS) this.#matcher.addSlot(slot);
    }
  }

  #addHidden(): void {
    const { live, liveCount, hidden } = this.#table;
    for (let k = 0; k < liveCount; k++) if (hidden[live[k]!] === 1) this.#matcher.addSlot(live[k]!);
  }

  #addUnconfirmed(): void {
    const { live, liveCount, ids } = this.#table;
    for (let k = 0; k < liveCount; k++) if (ids[live[k]!] === 0) this.#matcher.addSlot(live[k]!);
  }
}
