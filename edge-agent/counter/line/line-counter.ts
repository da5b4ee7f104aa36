import type { LineConfig } from "../../../firmware-config/config/geometry.ts";
import type { CounterEvent } from "../counter-events.ts";
import type { FootPoint, PictureSize } from "../foot-point.ts";
import type { TrackCounter } from "../port.ts";
import { CountingLine } from "./counting-line.ts";
import type { LineTotals } from "./line-totals.ts";

const EPSILON_S = 1e-6;
/** Who appeared so near the line that the side is unsure must be beyond it for this much longer. */
const UNSURE_FACTOR = 2;
/** Who has gone no further than this since, in heights, stands on the line: stepping back takes the crossing back later too. */
const STANDING_RATIO = 0.25;
/** But not after so long: what is held back has to come out at some time. */
const LINGER_S = 6;

type Side = 1 | -1;

/**
 * Counts who goes over one line.
 *
 * A person is on a side after `confirmS` in a row beyond the band around the line; a change of side is a crossing when the
 * way between the two sides passes the line between its ends. It is held back until it can no longer be a U-turn, so that
 * what is published stays true. A track's first side is where it appears, be it within the band: unsure until confirmed.
 */
export class LineCounter implements TrackCounter {
  readonly id: string;
  /** Crossings published so far. */
  in = 0;
  out = 0;
  readonly #config: LineConfig;
  readonly #line: CountingLine;
  readonly #events: CounterEvent[];
  readonly #trackIds: Int32Array;
  /** Side that the track is on: 1 = right hand of the line, -1 = left, 0 = not seen yet; with its last place there. */
  readonly #side: Int8Array;
  readonly #sideX: Float64Array;
  readonly #sideY: Float64Array;
  /** 1 while the side is only where the track first appeared. */
  readonly #unsure: Uint8Array;
  /** Side beyond the band that the track is on in a row now (0 = within the band), since when, and whether over the line. */
  readonly #run: Int8Array;
  readonly #runS: Float64Array;
  readonly #runMetLine: Uint8Array;
  /** Where the track was last, since when on that side of the bare line, and when it passed the line to get there. */
  readonly #lastDistance: Float64Array;
  readonly #lastS: Float64Array;
  readonly #sinceS: Float64Array;
  readonly #passedS: Float64Array;
  /** Crossing held back: 1 = in, -1 = out, 0 = none. */
  readonly #held: Int8Array;
  readonly #heldS: Float64Array;
  /** Where the foot was when it was surely over, and the longest way from there or from the line since, in heights. */
  readonly #heldX: Float64Array;
  readonly #heldY: Float64Array;
  readonly #heldWay: Float64Array;

  /** Writes to `events` whatever becomes certain. */
  constructor(config: LineConfig, events: CounterEvent[], at: { picture: PictureSize; capacity: number }) {
    const { capacity } = at;
    this.id = config.id;
    this.#config = config;
    this.#line = new CountingLine(config, at.picture);
    this.#events = events;
    this.#trackIds = new Int32Array(capacity);
    this.#side = new Int8Array(capacity);
    this.#sideX = new Float64Array(capacity);
    this.#sideY = new Float64Array(capacity);
    this.#unsure = new Uint8Array(capacity);
    this.#run = new Int8Array(capacity);
    this.#runS = new Float64Array(capacity);
    this.#runMetLine = new Uint8Array(capacity);
    this.#lastDistance = new Float64Array(capacity);
    this.#lastS = new Float64Array(capacity);
    this.#sinceS = new Float64Array(capacity);
    this.#passedS = new Float64Array(capacity);
    this.#held = new Int8Array(capacity);
    this.#heldS = new Float64Array(capacity);
    this.#heldX = new Float64Array(capacity);
    this.#heldY = new Float64Array(capacity);
    this.#heldWay = new Float64Array(capacity);
  }

  start(slot: number, trackId: number): void {
    this.#trackIds[slot] = trackId;
    this.#side[slot] = 0;
    this.#sideX[slot] = 0;
    this.#sideY[slot] = 0;
    this.#unsure[slot] = 0;
    this.#run[slot] = 0;
    this.#held[slot] = 0;
    this.#lastDistance[slot] = Number.NaN;
  }

  /** Takes in where a track's foot is at `tS`. */
  see(slot: number, foot: FootPoint, tS: number): void {
    const distance = this.#line.distance(foot);
    this.#notePassing(slot, distance, tS);
    if (this.#held[slot] !== 0) this.#noteWay(slot, foot, Math.abs(distance));
    const appeared = this.#side[slot] === 0 && tS - this.#sinceS[slot]! >= this.#config.confirmS - EPSILON_S;
    if (appeared) this.#setSide(slot, distance > 0 ? 1 : -1, foot, true);
    if (Math.abs(distance) <= this.#config.bandRatio) this.#run[slot] = 0;
    else this.#continueRun(slot, distance > 0 ? 1 : -1, foot, tS);
  }

  /** Publishes the crossings that can no longer be taken back. */
  settle(tS: number): void {
    for (let slot = 0; slot < this.#held.length; slot++) {
      const waitS = this.#turnS(slot) + this.#config.confirmS;
      if (this.#held[slot] !== 0 && tS - this.#heldS[slot]! > waitS) this.#publish(slot);
    }
  }

  /** Publishes what is held of a track that ended. */
  end(slot: number): void {
    if (this.#held[slot] !== 0) this.#publish(slot);
  }

  isDone(): boolean {
    return true;
  }

  /** What was published since the start. */
  totals(): LineTotals {
    return { id: this.id, in: this.in, out: this.out };
  }

  /** Interpolates when the foot was on the line. */
  #notePassing(slot: number, distance: number, tS: number): void {
    const before = this.#lastDistance[slot]!;
    if (Number.isNaN(before) || before > 0 !== distance > 0) {
      const share = before / (before - distance);
      this.#passedS[slot] = this.#lastS[slot]! + share * (tS - this.#lastS[slot]!);
      this.#sinceS[slot] = tS;
    }
    this.#lastDistance[slot] = distance;
    this.#lastS[slot] = tS;
  }

  /** Notes a place beyond the band; after long enough in a row it makes the side sure, or is a change of side. */
  #continueRun(slot: number, side: Side, foot: FootPoint, tS: number): void {
    if (this.#run[slot] !== side) {
      this.#run[slot] = side;
      this.#runS[slot] = tS;
      this.#runMetLine[slot] = this.#line.isMetOnTheWay(this.#sideX[slot]!, this.#sideY[slot]!, foot) ? 1 : 0;
    }
    const lastedS = tS - this.#runS[slot]! + EPSILON_S;
    const unsure = this.#unsure[slot] === 1;
    if (side === this.#side[slot]) {
      this.#setSide(slot, side, foot, unsure && lastedS < this.#config.confirmS);
    } else if (lastedS >= this.#config.confirmS * (unsure ? UNSURE_FACTOR : 1)) {
      if (this.#runMetLine[slot] === 1) this.#hold(slot, side, foot);
      this.#setSide(slot, side, foot, false);
    }
  }

  /** For how long the held crossing can be taken back. */
  #turnS(slot: number): number {
    const { uTurnS } = this.#config;
    return uTurnS > 0 && this.#heldWay[slot]! < STANDING_RATIO ? Math.max(uTurnS, LINGER_S) : uTurnS;
  }

  #noteWay(slot: number, foot: FootPoint, distance: number): void {
    const way = Math.hypot(foot.x - this.#heldX[slot]!, foot.y - this.#heldY[slot]!) / foot.height;
    this.#heldWay[slot] = Math.max(this.#heldWay[slot]!, way, distance);
  }

  #setSide(slot: number, side: Side, foot: FootPoint, unsure: boolean): void {
    this.#side[slot] = side;
    this.#sideX[slot] = foot.x;
    this.#sideY[slot] = foot.y;
    this.#unsure[slot] = unsure ? 1 : 0;
  }

  /** Holds a crossing; one that takes back the held one within `uTurnS` removes both. */
  #hold(slot: number, direction: Side, foot: FootPoint): void {
    const passedS = this.#passedS[slot]!;
    const isUTurn = this.#held[slot] === -direction && passedS - this.#heldS[slot]! <= this.#turnS(slot);
    if (this.#held[slot] !== 0 && !isUTurn) this.#publish(slot);
    this.#held[slot] = isUTurn ? 0 : direction;
    this.#heldS[slot] = passedS;
    this.#heldX[slot] = foot.x;
    this.#heldY[slot] = foot.y;
    this.#heldWay[slot] = Math.abs(this.#line.distance(foot));
  }

  #publish(slot: number): void {
    const direction = this.#held[slot] === 1 ? "in" : "out";
    const trackId = this.#trackIds[slot]!;
    this[direction]++;
    this.#held[slot] = 0;
    this.#events.push({ kind: "crossing", lineId: this.id, trackId, direction, atS: this.#heldS[slot]! });
  }
}
