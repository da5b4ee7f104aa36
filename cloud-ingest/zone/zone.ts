import { type DateRange, stretchesOf } from "../calendar.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const HOURS = 24;

/** A stretch of time in which the clock of a zone does not jump: what SQL gets to make local times of. */
export interface OffsetSpan {
  readonly fromMs: number;
  /** The first instant after it. */
  readonly untilMs: number;
  /** What the clock is ahead of UTC, in whole seconds. */
  readonly offsetS: number;
}

/** Instants, or local times counted as if they were UTC. */
interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The clock of a place, from the spans between its jumps. */
export class Zone {
  readonly name: string;
  readonly #spans: readonly OffsetSpan[];

  /** `spans`: all of time, in its order. */
  constructor(name: string, spans: readonly OffsetSpan[]) {
    this.name = name;
    this.#spans = spans;
  }

  /** What the clock is ahead of UTC at an instant, in seconds. */
  offsetS(epochMs: number): number {
    return this.#spans[this.#indexAt(epochMs)]?.offsetS ?? 0;
  }

  /** What the clock on the wall shows at an instant, `YYYY-MM-DDTHH:MM:SS`. */
  local(epochMs: number): string {
    return new Date(epochMs + this.offsetS(epochMs) * 1000).toISOString().slice(0, 19);
  }

  /** The business date of an instant. */
  date(epochMs: number): string {
    return this.local(epochMs).slice(0, 10);
  }

  /** The first instant at which the clock shows a local `YYYY-MM-DDTHH:MM:SS`, or jumps over it. */
  firstInstantMs(local: string): number {
    const localMs = Date.parse(`${local}Z`);
    const reached = this.#within({ fromMs: localMs, untilMs: localMs + 2 * DAY_MS });
    return reached[0]?.fromMs ?? Number.NaN;
  }

  /** The stretch of time cut at the jumps in it. */
  spans({ fromMs, untilMs }: Stretch): readonly OffsetSpan[] {
    return this.#spans
      .slice(this.#indexAt(fromMs), this.#indexAt(untilMs) + 1)
      .map((span) => cut(span, { fromMs, untilMs }))
      .filter(isSome);
  }

  /** All instants of these business dates; none of a date that the calendar of the place skipped. */
  spansOf(dates: readonly string[]): readonly OffsetSpan[] {
    return stretchesOf(dates).flatMap((range) => this.#within(localStretch(range)));
  }

  /** How many seconds each local hour 0..23 of a date lasts: 3600, but less or more where the clock jumps. */
  hourLengthsS(date: string): readonly number[] {
    const midnightMs = Date.parse(date);
    return Array.from({ length: HOURS }, (_, hour) => {
      const fromMs = midnightMs + hour * HOUR_MS;
      return this.#within({ fromMs, untilMs: fromMs + HOUR_MS }).reduce((sum, span) => sum + lengthS(span), 0);
    });
  }

  /** All instants at which the clock shows one of these local times. */
  #within(local: Stretch): readonly OffsetSpan[] {
    const near = this.spans({ fromMs: local.fromMs - DAY_MS, untilMs: local.untilMs + DAY_MS });
    return near
      .map((span) => {
        const aheadMs = span.offsetS * 1000;
        return cut(span, { fromMs: local.fromMs - aheadMs, untilMs: local.untilMs - aheadMs });
      })
      .filter(isSome);
  }

  /** The span of an instant: the first one that ends after it. */
  #indexAt(epochMs: number): number {
    let [low, high] = [0, this.#spans.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#spans[middle]?.untilMs ?? 0) > epochMs) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function localStretch({ from, to }: DateRange): Stretch {
  return { fromMs: Date.parse(from), untilMs: Date.parse(to) + DAY_MS };
}

function cut(span: OffsetSpan, { fromMs, untilMs }: Stretch): OffsetSpan {
  return { ...span, fromMs: Math.max(span.fromMs, fromMs), untilMs: Math.min(span.untilMs, untilMs) };
}

const isSome = ({ fromMs, untilMs }: Stretch) => fromMs < untilMs;

const lengthS = ({ fromMs, untilMs }: Stretch) => (untilMs - fromMs) / 1000;
