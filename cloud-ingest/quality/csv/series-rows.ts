import { AppError } from "../../../firmware-config/kit/errors.ts";
import { dateOfMs } from "../../calendar.ts";
import { type Panel, SLOTS, type Step } from "../panel.ts";
import { type LocalTime, parseLocalTime, styleOf, type TimeStyle } from "./local-time.ts";

/** More rows are a warehouse, not a file. */
const MOST_ROWS = 20_000_000;
/** Slots of all series together: 60 bytes each while they are judged, 1.2 GB. */
const MOST_SLOTS = 20_000_000;
const MOST_SERIES = 20_000;
const MOST_YEARS = 40;
/** Clocks that show an hour twice do so before this hour. */
const REPEATED_BEFORE_HOUR = 4;
const MISSING = new Set(["", "na", "nan", "null", "none", "n/a", "-"]);
const INFINITE = /^[+-]?inf(inity)?$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DAY = 1440;
const HOUR = 60;

/** A grid of the file's series and how to write its times again. */
export interface ReadSeries {
  readonly panel: Panel;
  readonly style: TimeStyle;
  /** By series and slot, the offset as the file writes it; empty when it writes none. */
  readonly offsets: readonly (readonly string[])[];
}

/** A file may have thousands of series with a row or two each. */
const FIRST_ROWS = 16;

/** Rows of one series as they come, in columns that grow. */
class Column {
  wall = new Int32Array(FIRST_ROWS);
  instant = new Int32Array(FIRST_ROWS);
  value = new Float64Array(FIRST_ROWS);
  offset = new Uint8Array(FIRST_ROWS);
  count = 0;

  push(time: LocalTime, value: number, offset: number): void {
    if (this.count === this.wall.length) this.#grow();
    this.wall[this.count] = time.wall;
    this.instant[this.count] = time.instant;
    this.value[this.count] = value;
    this.offset[this.count++] = offset;
  }

  #grow(): void {
    const grown = <T extends Int32Array | Float64Array | Uint8Array>(old: T, next: T) => {
      next.set(old);
      return next;
    };
    const length = 2 * this.wall.length;
    this.wall = grown(this.wall, new Int32Array(length));
    this.instant = grown(this.instant, new Int32Array(length));
    this.value = grown(this.value, new Float64Array(length));
    this.offset = grown(this.offset, new Uint8Array(length));
  }
}

/** Takes the rows of `series,time,value` and makes a panel of them; bounded, and each refusal names its line. */
export class SeriesRows {
  readonly #columns = new Map<string, Column>();
  readonly #offsets: string[] = [];
  #style: TimeStyle | undefined;
  #rows = 0;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #isHourly = false;

  get rows(): number {
    return this.#rows;
  }

  add(series: string, timeText: string, valueText: string, line: number): void {
    const time = parseLocalTime(timeText.trim());
    if (!time)
      throw refusal(
        line,
        `${JSON.stringify(timeText)} is no time`,
        "Write 2026-11-27, 2026-11-27T13:00 or 2026-11-27 13:00:00+09:00.",
      );
    const value = parseValue(valueText.trim());
    if (value === undefined)
      throw refusal(line, `${JSON.stringify(valueText)} is no number`, "Write a count, or leave the value empty.");
    this.#style ??= styleOf(timeText.trim());
    this.#isHourly ||= time.wall % DAY !== 0;
    this.#first = Math.min(this.#first, time.wall);
    this.#last = Math.max(this.#last, time.wall);
    if (++this.#rows > MOST_ROWS) throw refusal(line, `More than ${MOST_ROWS} rows`, "Split the file by place.");
    const column = this.#columnOf(series, line);
    this.#refuseTooMany(line);
    column.push(time, value, this.#offsetOf(time.offset));
  }

  #columnOf(series: string, line: number): Column {
    let column = this.#columns.get(series);
    if (column) return column;
    if (series.trim() === "") throw refusal(line, "A row has no series", "Write a name in the first column.");
    if (this.#columns.size === MOST_SERIES)
      throw refusal(line, `More than ${MOST_SERIES} series`, "Split the file by place.");
    column = new Column();
    this.#columns.set(series, column);
    return column;
  }

  #grid(): { readonly step: Step; readonly days: number } {
    const days = this.#rows === 0 ? 0 : Math.floor(this.#last / DAY) - Math.floor(this.#first / DAY) + 1;
    return { step: this.#isHourly ? "hour" : "day", days };
  }

  /** At the row that makes it too much, before anything of that size is held. */
  #refuseTooMany(line: number): void {
    const { step, days } = this.#grid();
    if (days <= MOST_YEARS * 366 && days * SLOTS[step] * this.#columns.size <= MOST_SLOTS) return;
    const hint = "Split the file by place or by year; is a year mistyped?";
    throw refusal(line, `${this.#columns.size} series over ${days} days are too many for one file`, hint);
  }

  #offsetOf(offset: string): number {
    const known = this.#offsets.indexOf(offset);
    return known >= 0 ? known : this.#offsets.push(offset) - 1;
  }

  /** The panel of all rows. */
  finish(): ReadSeries {
    const style = this.#style ?? { separator: "T", seconds: "", hasTime: false };
    const { step, days } = this.#grid();
    const firstDay = this.#rows === 0 ? 0 : Math.floor(this.#first / DAY);
    const grids = [...this.#columns.values()].map((column) => this.#gridOf(column, { step, firstDay, days }));
    const panel: Panel = {
      step,
      from: dateOfMs(firstDay * DAY * 60_000),
      days,
      names: [...this.#columns.keys()],
      values: grids.map(({ values }) => values),
      loads: grids.map(({ loads }) => loads),
      notes: new Map(),
    };
    const hasOffsets = this.#offsets.some((offset) => offset !== "");
    return { panel, style, offsets: hasOffsets ? grids.map(({ offsets }) => this.#offsetTexts(offsets)) : [] };
  }

  #offsetTexts(codes: Uint8Array): string[] {
    let last = this.#offsets.find((offset) => offset !== "") ?? "";
    return Array.from(codes, (code) => {
      if (code > 0) last = this.#offsets[code - 1] ?? last;
      return last;
    });
  }

  #gridOf(column: Column, by: { step: Step; firstDay: number; days: number }) {
    const { wall, instant, value, offset, count } = column;
    const length = by.days * SLOTS[by.step];
    const values = new Float64Array(length).fill(Number.NaN);
    const loads = new Uint8Array(length);
    const offsets = new Uint8Array(length);
    const minutes = by.step === "hour" ? HOUR : DAY;
    const start = by.firstDay * DAY;
    // Stable: of rows of one instant the latest comes last.
    const order = Uint32Array.from({ length: count }, (_, row) => row).sort(
      (a, b) => instant[a]! - instant[b]! || a - b,
    );
    for (let at = 0; at < count; ) {
      let end = at + 1;
      while (end < count && instant[order[end]!] === instant[order[at]!]) end++;
      const row = order[end - 1]!;
      const slot = Math.floor((wall[row]! - start) / minutes);
      const isRepeated = by.step === "hour" && end - at === 2 && isClockHour(column, order, at);
      const seen = isRepeated ? value[order[at]!]! + value[row]! : value[row]!;
      // Another instant of the same slot: a half hour, or an hour that the clock showed twice.
      values[slot] = Number.isNaN(values[slot]!) ? seen : values[slot]! + (Number.isNaN(seen) ? 0 : seen);
      loads[slot] = Math.max(loads[slot]!, Math.min(255, isRepeated ? 1 : end - at));
      offsets[slot] = offset[row]! + 1;
      at = end;
    }
    return { values, loads, offsets };
  }
}

/** True for a pair of rows of one night hour between single ones: a clock that was put back, written without an offset. */
function isClockHour({ wall, instant, count }: Column, order: Uint32Array, at: number): boolean {
  const isAlone = (i: number) => i < 0 || i >= count || instant[order[i]!] !== instant[order[i - 1] ?? -1];
  const hour = Math.floor((wall[order[at]!]! % DAY) / HOUR);
  const isPairBefore = at >= 2 && instant[order[at - 1]!] === instant[order[at - 2]!];
  const isPairAfter = at + 3 < count && instant[order[at + 2]!] === instant[order[at + 3]!];
  return hour < REPEATED_BEFORE_HOUR && isAlone(at) && !isPairBefore && !isPairAfter;
}

function parseValue(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  if (MISSING.has(text.toLowerCase())) return Number.NaN;
  if (INFINITE.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return undefined;
}

function refusal(line: number, message: string, hint: string): AppError {
  return new AppError(`Line ${line}: ${message}`, { code: "USAGE", hint });
}
