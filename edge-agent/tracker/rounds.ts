import type { TrackerConfig } from "../../firmware-config/config/tracker.ts";
import type { Detections } from "../detector/detections.ts";
import { Matcher, type Round } from "./matcher.ts";
import type { TrackTable } from "./track-table.ts";

/** Between two pictures: where `highGate` holds as it is, and beyond which times it changes no more, seconds. */
const USUAL_S = 0.1;
const SHORTEST_S = 0.02;
const LONGEST_S = 0.5;

/**
 * Who takes which detection, in five rounds: people take the strong ones, those seen just now also the weak ones
 * (ByteTrack, Zhang et al. 2022), then hidden things what lies on them, then doubtful tracks what nobody else took. At last who is not
 * confirmed, but was surely seen one picture ago, takes a weak one: models are sure of somebody at the border in one picture and not in the next.
 */
export class Rounds {
  readonly #table: TrackTable;
  readonly #matcher: Matcher;
  readonly #high: Round;
  readonly #low: Round;
  readonly #hidden: Round;
  readonly #newborn: Round;
  readonly #sureScore: number;

  constructor(config: TrackerConfig, table: TrackTable, maxDetections: number) {
    const { highScore, lowScore, newTrackScore } = config;
    const { highGate, lowGate, hiddenGate } = table.constants;
    const any = Number.POSITIVE_INFINITY;
    this.#table = table;
    this.#matcher = new Matcher(table, maxDetections);
    this.#high = { minScore: highScore, maxScore: any, gate: highGate };
    this.#low = { minScore: lowScore, maxScore: highScore, gate: lowGate };
    this.#newborn = { minScore: lowScore, maxScore: highScore, gate: highGate };
    this.#sureScore = newTrackScore;
    this.#hidden = { minScore: lowScore, maxScore: any, gate: hiddenGate };
  }

  /** Fills the table's `detection`. */
  run(detections: Detections): void {
    this.#matcher.reset();
    this.#high.gate = this.#gateAt(this.#table.dtS);
    this.#newborn.gate = this.#high.gate;
    this.#addAll();
    this.#matcher.solve(detections, this.#high);
    this.#addPeople(this.#table.previousS);
    this.#matcher.solve(detections, this.#low);
    this.#addHidden();
    this.#matcher.solve(detections, this.#hidden);
    this.#addDoubtful();
    this.#matcher.solve(detections, this.#high);
    this.#addNewborn();
    this.#matcher.solve(detections, this.#newborn);
  }

  /** Who looks more often meets more chances to be wrong: the gate opens by `gatePerOctave` when half as many pictures come. */
  #gateAt(dtS: number): number {
    const { highGate, gatePerOctave } = this.#table.constants;
    const octaves = Math.log2(Math.max(SHORTEST_S, Math.min(LONGEST_S, dtS)) / USUAL_S);
    return highGate + gatePerOctave * octaves;
  }

  isTaken(detection: number): boolean {
    return this.#matcher.isTaken(detection);
  }

  /** Confirmed people without a detection who were seen at `sinceS` or later. */
  #addPeople(sinceS: number): void {
    const { live, liveCount, confirmed, hidden, detection, seenS } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (confirmed[slot] === 0 || hidden[slot] === 1) continue;
      if (detection[slot] === -1 && seenS[slot]! >= sinceS) this.#matcher.addSlot(slot);
    }
  }

  /** Unconfirmed people without a detection whose last one, in the picture before, was sure. */
  #addNewborn(): void {
    const { live, liveCount, confirmed, hidden, detection, seenS, lastScore, previousS } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (confirmed[slot] === 1 || hidden[slot] === 1 || detection[slot] !== -1) continue;
      if (seenS[slot] === previousS && lastScore[slot]! >= this.#sureScore) this.#matcher.addSlot(slot);
    }
  }

  #addHidden(): void {
    const { live, liveCount, hidden } = this.#table;
    for (let k = 0; k < liveCount; k++) if (hidden[live[k]!] === 1) this.#matcher.addSlot(live[k]!);
  }

  /** Everybody but hidden things and the doubtful. */
  #addAll(): void {
    const { live, liveCount, hidden } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (hidden[slot] === 0 && !this.#table.isDoubtful(slot)) this.#matcher.addSlot(slot);
    }
  }

  #addDoubtful(): void {
    const { live, liveCount, hidden } = this.#table;
    for (let k = 0; k < liveCount; k++) {
      const slot = live[k]!;
      if (hidden[slot] === 0 && this.#table.isDoubtful(slot)) this.#matcher.addSlot(slot);
    }
  }
}
