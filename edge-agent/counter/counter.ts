import type { LineConfig, ZoneConfig } from "../../firmware-config/config/geometry.ts";
import type { TrackRows, Tracks } from "../tracker/tracks.ts";
import type { CounterEvent } from "./counter-events.ts";
import { type FootPoint, type PictureSize, readFootPoint } from "./foot-point.ts";
import { LineCounter } from "./line/line-counter.ts";
import { addLine, type LineTotals } from "./line/line-totals.ts";
import { PastWalk } from "./past-walk.ts";
import type { TrackCounter } from "./port.ts";
import { TrackSlots } from "./track-slots.ts";
import { ZoneCounter } from "./zone/zone-counter.ts";
import { addZone, type ZoneTotals } from "./zone/zone-totals.ts";

/** Twice what the tracker follows, so that tracks which ended late find room; beyond it the stalest is ended. */
export const MAX_COUNTED_TRACKS = 512;

export interface CounterTotals {
  readonly lines: readonly LineTotals[];
  readonly zones: readonly ZoneTotals[];
}

/** What two counters of the same lines and zones have counted together. */
export function addTotals(a: CounterTotals, b: CounterTotals): CounterTotals {
  return {
    lines: a.lines.map((line, i) => addLine(line, b.lines[i]!)),
    zones: a.zones.map((zone, i) => addZone(zone, b.zones[i]!)),
  };
}

/** Turns tracks into crossings and visits. What it has published stays true: nothing is taken back later. */
export class Counter {
  /** People in each zone after the last update, in the order of the configuration. */
  readonly occupancy: Int32Array;
  readonly #lines: readonly LineCounter[];
  readonly #zones: readonly ZoneCounter[];
  /** All of them. */
  readonly #counters: readonly TrackCounter[];
  readonly #picture: PictureSize;
  readonly #slots = new TrackSlots(MAX_COUNTED_TRACKS);
  readonly #foot: FootPoint = { x: 0, y: 0, height: 1 };
  readonly #past: PastWalk;
  readonly #events: CounterEvent[] = [];

  constructor(lines: readonly LineConfig[], zones: readonly ZoneConfig[], picture: PictureSize) {
    const at = { picture, capacity: MAX_COUNTED_TRACKS };
    this.#picture = picture;
    this.#past = new PastWalk(picture, (slot, foot, atS) => this.#seeAt(slot, foot, atS));
    this.#lines = lines.map((line) => new LineCounter(line, this.#events, at));
    this.#zones = zones.map((zone) => new ZoneCounter(zone, this.#events, at));
    this.#counters = [...this.#lines, ...this.#zones];
    this.occupancy = new Int32Array(zones.length);
  }

  /** Takes in the tracks of one frame and gives what became certain with it; the array is reused by the next call. */
  update(tracks: Tracks, tS: number): readonly CounterEvent[] {
    this.#events.length = 0;
    this.#seeKnown(tracks, tS);
    this.#startNew(tracks, tS);
    for (let i = 0; i < tracks.endedCount; i++) this.#endTrack(tracks.endedIds[i]!);
    for (const counter of this.#counters) counter.settle(tS);
    this.#releaseEnded();
    for (let z = 0; z < this.#zones.length; z++) this.occupancy[z] = this.#zones[z]!.occupancy();
    return this.#events;
  }

  /** The stream is over: publishes all crossings that are held back and all visits that are open. */
  finish(): readonly CounterEvent[] {
    this.#events.length = 0;
    for (let slot = 0; slot < MAX_COUNTED_TRACKS; slot++) if (this.#slots.ids[slot] !== 0) this.#evict(slot);
    this.occupancy.fill(0);
    return this.#events;
  }

  /** What was published since the start. */
  totals(): CounterTotals {
    return {
      lines: this.#lines.map((line) => line.totals()),
      zones: this.#zones.map((zone) => zone.totals()),
    };
  }

  #seeKnown(tracks: Tracks, tS: number): void {
    for (let i = 0; i < tracks.count; i++) {
      const slot = this.#slots.find(tracks.ids[i]!);
      if (slot !== -1) this.#see(slot, tracks, i, tS);
    }
  }

  /** Comes after those already known, so that a zone can tell whose visit a new track goes on with. */
  #startNew(tracks: Tracks, tS: number): void {
    for (let i = 0; i < tracks.count; i++) {
      const id = tracks.ids[i]!;
      if (this.#slots.find(id) !== -1) continue;
      if (this.#slots.isFull()) this.#evict(this.#slots.stalest());
      const slot = this.#slots.take(id);
      this.#start(slot, tracks, i, tS);
    }
  }

  /** Begins a track at its birth, which may be earlier than when the tracker was sure of it. */
  #start(slot: number, tracks: Tracks, i: number, tS: number): void {
    const id = tracks.ids[i]!;
    const first = this.#past.find(tracks.past, id);
    if (first === -1) readFootPoint(tracks, i, this.#picture, this.#foot);
    else readFootPoint(tracks.past, first, this.#picture, this.#foot);
    const bornS = first === -1 ? tS : tracks.past.atS[first]!;
    for (const counter of this.#counters) counter.start(slot, id, this.#foot, bornS);
    if (first === -1) this.#see(slot, tracks, i, tS);
    else this.#past.walk(slot, tracks, i, { first, tS });
  }

  #see(slot: number, rows: TrackRows, i: number, tS: number): void {
    readFootPoint(rows, i, this.#picture, this.#foot);
    this.#seeAt(slot, this.#foot, tS);
  }

  #seeAt(slot: number, foot: FootPoint, atS: number): void {
    this.#slots.seenS[slot] = atS;
    for (const counter of this.#counters) counter.see(slot, foot, atS);
  }

  #endTrack(id: number): void {
    const slot = this.#slots.find(id);
    if (slot === -1) return;
    for (const counter of this.#counters) counter.end(slot, false);
    this.#slots.ended[slot] = 1;
  }

  #releaseEnded(): void {
    for (let slot = 0; slot < MAX_COUNTED_TRACKS; slot++) {
      if (this.#slots.ended[slot] === 1 && this.#isDone(slot)) this.#slots.release(slot);
    }
  }

  #isDone(slot: number): boolean {
    for (const counter of this.#counters) if (!counter.isDone(slot)) return false;
    return true;
  }

  #evict(slot: number): void {
    for (const counter of this.#counters) counter.end(slot, true);
    this.#slots.release(slot);
  }
}
