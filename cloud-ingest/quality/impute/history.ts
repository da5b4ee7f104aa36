// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import { type Panel, SLOTS } from "../panel.ts";
import { boundByPeriod, fillByPeriod, smoothed } from "./levels.ts";
import type { ImputeOptions } from "./options.ts";

const CACHED = 256;
/** A count of so many times the 95 % quantile counts as that much in a mean. */
const WILD = 5;

/** What is known of a panel, read by every gap: known slots, ordinary days, logarithms of counts. */
export class History {
  readonly panel: Panel;
  readonly isMissing: readonly Uint8Array[];
  readonly options: ImputeOptions;
  readonly perDay: number;
  readonly perWeek: number;
  readonly length: number;
  /** Per day: 1 = without a note, so that it may stand for other days. */
  readonly isOrdinary: Uint8Array;
  readonly isHoliday: Uint8Array;
  readonly isClosed: Uint8Array;
  readonly #levelsByKey = new Map<number, Float32Array>();
  readonly #offsets: Float64Array;
  #usable: { readonly series: number; readonly slots: Uint8Array } | undefined;

  constructor(panel: Panel, isMissing: readonly Uint8Array[], options: ImputeOptions) {
    this.panel = panel;
    this.isMissing = isMissing;
    this.options = options;
    this.perDay = SLOTS[panel.step];
    this.perWeek = 7 * this.perDay;
    this.length = panel.days * this.perDay;
    this.isOrdinary = new Uint8Array(panel.days).fill(1);
    this.isHoliday = new Uint8Array(panel.days);
    this.isClosed = new Uint8Array(panel.days);
    this.#offsets = new Float64Array(panel.names.length).fill(Number.NaN);
    this.#readNotes();
  }

  /** A finite count of at least 0 that nobody marked. */
  isKnown(series: number, slot: number): boolean {
    const value = this.panel.values[series]?.[slot];
    return (
      value !== undefined && value >= 0 && value < Number.POSITIVE_INFINITY && this.isMissing[series]?.[slot] !== 1
    );
  }

  /** What is added to the counts of a series before the logarithm, people; NaN for a series without a known slot. */
  offsetOf(series: number): number {
    if (Number.isNaN(this.#offsets[series]!)) this.#offsets[series] = this.#offset(series);
    return this.#offsets[series]!;
  }

  /** 1 where the series is known on an ordinary day; of the series that was asked last. */
  usableOf(series: number): Uint8Array {
    if (this.#usable?.series !== series) this.#usable = { series, slots: this.#usableSlots(series) };
    return this.#usable.slots;
  }

  #usableSlots(series: number): Uint8Array {
    const slots = new Uint8Array(this.length);
    for (let slot = 0; slot < slots.length; slot++) {
      const isOrdinary = this.isOrdinary[Math.floor(slot / this.perDay)] === 1;
      slots[slot] = isOrdinary && this.isKnown(series, slot) ? 1 : 0;
    }
    return slots;
  }

  /** log(count + offset) per slot; where it is unknown, its mean at the same weekday and hour. */
  levelsOf(series: number): Float32Array {
    return this.#cached(2 * series, () => this.#levels(series));
  }

  /** The levels of the slots beside each slot. */
  smoothedOf(series: number): Float32Array {
    return this.#cached(2 * series + 1, () => smoothed(this.levelsOf(series)));
  }

  /** What was not asked for the longest is forgotten first. */
  #cached(key: number, make: () => Float32Array): Float32Array {
    const found = this.#levelsByKey.get(key) ?? make();
    this.#levelsByKey.delete(key);
    this.#levelsByKey.set(key, found);
    if (this.#levelsByKey.size > CACHED) this.#levelsByKey.delete(this.#levelsByKey.keys().next().value ?? key);
    return found;
  }

  /** From a mean that single wild counts do not move. */
  #offset(series: number): number {
    const sorted = this.panel.values[series]!.filter((_, slot) => this.isKnown(series, slot)).sort();
    const most = WILD * (sorted[Math.floor(0.95 * sorted.length)] ?? 0);
    const sum = sorted.reduce((total, each) => total + Math.min(each, most), 0);
    return sorted.length === 0 ? Number.NaN : this.options.offset + (this.options.offsetShare * sum) / sorted.length;
  }

  #levels(series: number): Float32Array {
    const [values, offset] = [this.panel.values[series]!, this.offsetOf(series)];
    const logs = new Float32Array(this.length).fill(Number.NaN);
    for (let slot = 0; slot < this.length; slot++) {
      if (this.isKnown(series, slot)) logs[slot] = Math.log(values[slot]! + offset);
    }
    boundByPeriod(logs, this.perWeek);
    fillByPeriod(logs, this.perWeek);
    return logs;
  }

  #readNotes(): void {
    const first = Date.parse(`${this.panel.from}T00:00:00Z`) / 86_400_000;
    for (const [date, note] of this.panel.notes) {
      const day = Date.parse(`${date}T00:00:00Z`) / 86_400_000 - first;
      if (!(day >= 0 && day < this.panel.days)) continue;
      if (note.holiday || note.isClosed || note.event || note.shock) this.isOrdinary[day] = 0;
      if (note.holiday) this.isHoliday[day] = 1;
      if (note.isClosed) this.isClosed[day] = 1;
    }
  }
}
