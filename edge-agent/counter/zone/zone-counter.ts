import type { ZoneConfig } from "../../../firmware-config/config/geometry.ts";
import { polygonContains, polygonDistance } from "../../tracker/polygon.ts";
import type { CounterEvent, Visit } from "../counter-events.ts";
import type { FootPoint, PictureSize } from "../foot-point.ts";
import type { TrackCounter } from "../port.ts";
import { round3, type ZoneTotals } from "./zone-totals.ts";

/** A track that begins within this many body heights of where another was lost goes on with its visit. */
const JOIN_HEIGHTS = 1;
/** Who is outside by no more than this, in heights, stands on the border, where boxes wobble: not gone, unless for so long. */
const BORDER_RATIO = 0.1;
const LINGER_S = 6;

/** Counts visits, stops, dwell and occupancy of one zone; each track has at most one open visit. */
export class ZoneCounter implements TrackCounter {
  readonly id: string;
  /** Visits published so far, how many of them were stops, and their time in the zone. */
  visits = 0;
  stops = 0;
  dwellS = 0;
  readonly #config: ZoneConfig;
  readonly #events: CounterEvent[];
  readonly #corners: Float64Array;
  /** 1 while a visit is open. */
  readonly #open: Uint8Array;
  readonly #enteredS: Float64Array;
  readonly #insideS: Float64Array;
  /** When the visitor was last inside or at the border. */
  readonly #nearS: Float64Array;
  readonly #seenS: Float64Array;
  readonly #x: Float64Array;
  readonly #y: Float64Array;
  readonly #trackIds: Int32Array;

  /** Writes to `events` whatever becomes certain. */
  constructor(config: ZoneConfig, events: CounterEvent[], at: { picture: PictureSize; capacity: number }) {
    const { picture, capacity } = at;
    this.id = config.id;
    this.#config = config;
    this.#events = events;
    this.#corners = Float64Array.from(config.polygon.flatMap(([x, y]) => [x * picture.width, y * picture.height]));
    this.#open = new Uint8Array(capacity);
    this.#enteredS = new Float64Array(capacity);
    this.#insideS = new Float64Array(capacity);
    this.#nearS = new Float64Array(capacity);
    this.#seenS = new Float64Array(capacity);
    this.#x = new Float64Array(capacity);
    this.#y = new Float64Array(capacity);
    this.#trackIds = new Int32Array(capacity);
  }

  /** Begins a track; where another was just lost at the same place in the zone, its visit goes on under the new id. */
  start(slot: number, trackId: number, foot: FootPoint, tS: number): void {
    this.#open[slot] = 0;
    this.#trackIds[slot] = trackId;
    if (!polygonContains(this.#corners, foot.x, foot.y)) return;
    const lost = this.#findLost(foot, tS);
    if (lost === -1) return;
    this.#open[lost] = 0;
    this.#open[slot] = 1;
    this.#enteredS[slot] = this.#enteredS[lost]!;
    this.#insideS[slot] = this.#insideS[lost]!;
    this.#nearS[slot] = this.#nearS[lost]!;
    this.#seenS[slot] = this.#seenS[lost]!;
  }

  /** Takes in where a track's foot is at `tS`. */
  see(slot: number, foot: FootPoint, tS: number): void {
    this.#seenS[slot] = tS;
    if (this.#hasLeft(slot, tS)) this.#close(slot);
    if (!polygonContains(this.#corners, foot.x, foot.y)) {
      this.#noteBorder(slot, foot, tS);
      return;
    }
    if (this.#open[slot] === 0) {
      this.#open[slot] = 1;
      this.#enteredS[slot] = tS;
    }
    this.#insideS[slot] = tS;
    this.#nearS[slot] = tS;
    this.#x[slot] = foot.x;
    this.#y[slot] = foot.y;
  }

  /** Publishes the visits of those who were outside or unseen for `leaveAfterS`. */
  settle(tS: number): void {
    for (let slot = 0; slot < this.#open.length; slot++) {
      if (this.#hasLeft(slot, tS)) this.#close(slot);
    }
  }

  /** A visit outlives its track by `leaveAfterS`, so that another track can go on with it. */
  end(slot: number, isFinal: boolean): void {
    if (isFinal) this.#close(slot);
  }

  /** Closes a track's visit at the moment when it was last seen inside. */
  #close(slot: number): void {
    if (this.#open[slot] === 0) return;
    this.#open[slot] = 0;
    const enteredAtS = this.#enteredS[slot]!;
    const leftAtS = this.#insideS[slot]!;
    const dwellS = leftAtS - enteredAtS;
    if (dwellS < this.#config.minVisitS) return;
    const stop = dwellS >= this.#config.stopS;
    this.#publish({
      kind: "visit",
      zoneId: this.id,
      trackId: this.#trackIds[slot]!,
      enteredAtS,
      leftAtS,
      dwellS,
      stop,
    });
  }

  isDone(slot: number): boolean {
    return this.#open[slot] === 0;
  }

  /** What was published since the start. */
  totals(): ZoneTotals {
    const { id, visits, stops, dwellS } = this;
    return { id, visits, stops, dwellS: round3(dwellS) };
  }

  /** People in the zone now: inside for `minVisitS` at least, and inside when last seen. */
  occupancy(): number {
    let people = 0;
    for (let slot = 0; slot < this.#open.length; slot++) {
      if (this.#open[slot] === 0 || this.#insideS[slot]! < this.#seenS[slot]!) continue;
      if (this.#insideS[slot]! - this.#enteredS[slot]! >= this.#config.minVisitS) people++;
    }
    return people;
  }

  #noteBorder(slot: number, foot: FootPoint, tS: number): void {
    if (this.#open[slot] === 0 || this.#config.leaveAfterS === 0) return;
    if (polygonDistance(this.#corners, foot.x, foot.y) <= BORDER_RATIO * foot.height) this.#nearS[slot] = tS;
  }

  #hasLeft(slot: number, tS: number): boolean {
    if (this.#open[slot] === 0) return false;
    const { leaveAfterS } = this.#config;
    return tS - this.#nearS[slot]! > leaveAfterS || tS - this.#insideS[slot]! > Math.max(leaveAfterS, LINGER_S);
  }

  #publish(visit: Visit): void {
    this.visits++;
    if (visit.stop) this.stops++;
    this.dwellS += visit.dwellS;
    this.#events.push(visit);
  }

  /** The open visit nearest to `foot` whose visitor was not seen since `tS`. */
  #findLost(foot: FootPoint, tS: number): number {
    let nearest = -1;
    let least = JOIN_HEIGHTS * foot.height;
    for (let slot = 0; slot < this.#open.length; slot++) {
      if (this.#open[slot] === 0 || this.#hasLeft(slot, tS)) continue;
      if (this.#seenS[slot]! >= tS || this.#insideS[slot]! < this.#seenS[slot]!) continue;
      const distance = Math.hypot(foot.x - this.#x[slot]!, foot.y - this.#y[slot]!);
      if (distance >= least) continue;
      least = distance;
      nearest = slot;
    }
    return nearest;
  }
}
