/** Numbers of one name by date. */
export interface DateNumbers {
  /** NaN where not known. */
  readonly values: Float64Array;
  /** 1 where known before the date. */
  readonly marks: Uint8Array;
}

/** What one word says of a date or of an hour of it. */
export interface ToldNumber {
  /** Days since the first date. */
  readonly day: number;
  /** Left out, it is of the date. */
  readonly hour?: number;
  /** NaN takes back what was said. */
  readonly value: number;
  readonly isKnownInAdvance: boolean;
}

/** A date is known by its hours when it has this part of the hours that the name has on its fullest date. */
const LEAST_HOURS = 0.5;

export const noNumbers = (days: number): DateNumbers => ({
  values: new Float64Array(days).fill(Number.NaN),
  marks: new Uint8Array(days),
});

/** Gathers numbers of one name: what is said of a date goes before the mean of its hours. */
export class NumberSum {
  readonly #own: DateNumbers;
  readonly #isTold: Uint8Array;
  readonly #hours: Uint8Array;
  readonly #sums: Float64Array;
  readonly #planned: Uint8Array;

  constructor(days: number) {
    this.#own = noNumbers(days);
    this.#isTold = new Uint8Array(days);
    this.#hours = new Uint8Array(days);
    this.#sums = new Float64Array(days);
    this.#planned = new Uint8Array(days);
  }

  add({ day, hour, value, isKnownInAdvance }: ToldNumber): void {
    const mark = isKnownInAdvance && !Number.isNaN(value) ? 1 : 0;
    if (hour === undefined) {
      if (!Number.isNaN(value)) this.#isTold[day] = 1;
      this.#own.values[day] = value;
      this.#own.marks[day] = mark;
    } else if (!Number.isNaN(value)) {
      this.#hours[day]! += 1;
      this.#sums[day]! += value;
      this.#planned[day]! += mark;
    }
  }

  numbers(): DateNumbers {
    const { values, marks } = this.#own;
    const least = LEAST_HOURS * this.#hours.reduce((most, hours) => Math.max(most, hours), 0);
    this.#hours.forEach((hours, day) => {
      if (hours === 0 || hours < least || this.#isTold[day] === 1) return;
      values[day] = this.#sums[day]! / hours;
      // One hour that came later makes the mean one that nobody knew before.
      marks[day] = this.#planned[day] === hours ? 1 : 0;
    });
    return { values, marks };
  }
}

/** The one over the other, by date. */
export function overlaid(under: DateNumbers, over: DateNumbers): DateNumbers {
  const isOver = over.values.map((value) => (Number.isNaN(value) ? 0 : 1));
  return {
    values: under.values.map((value, day) => (isOver[day] === 1 ? over.values[day]! : value)),
    marks: under.marks.map((mark, day) => (isOver[day] === 1 ? over.marks[day]! : mark)),
  };
}

/** Dates behind the history as far as numbers were known in advance; 0 and less for none. */
export const reachOf = ({ marks }: DateNumbers, historyDays: number): number => marks.lastIndexOf(1) + 1 - historyDays;
