import { writeOutput } from "../../../firmware-config/kit/output-file.ts";
import { addDays } from "../../calendar.ts";
import type { CleanPanel } from "../clean-panel.ts";
import { rounded } from "../expectation/numbers.ts";
import type { Flag } from "../flag.ts";
import { SLOTS } from "../panel.ts";
import type { ReadSeries } from "./series-rows.ts";

/** The columns, which outsiders rely on. */
export const COLUMNS = "series,time,value,clean,lo80,hi80,flag,rule,confidence";
const ROWS_PER_CHUNK = 2000;
const DECIMALS = 100;

/** Writes one row for each slot between the first and the last value of each series, by series and time. */
export function writeRows(file: string, read: ReadSeries, clean: CleanPanel): Promise<void> {
  return writeOutput(file, "--out", chunks(read, clean));
}

function* chunks(read: ReadSeries, clean: CleanPanel): Generator<string> {
  let lines = [COLUMNS];
  for (const line of rows(read, clean)) {
    lines.push(line);
    if (lines.length < ROWS_PER_CHUNK) continue;
    yield `${lines.join("\n")}\n`;
    lines = [];
  }
  yield `${lines.join("\n")}\n`;
}

function* rows({ panel, style, offsets }: ReadSeries, clean: CleanPanel): Generator<string> {
  const perDay = SLOTS[panel.step];
  for (const [index, name] of panel.names.entries()) {
    const values = panel.values[index]!;
    const { value, lo80, hi80, flags } = clean.series[index]!;
    const [first, last] = [values.findIndex(isKnown), values.findLastIndex(isKnown)];
    for (let slot = Math.max(0, first); slot <= last; slot++) {
      const date = addDays(panel.from, Math.floor(slot / perDay));
      const clock = perDay === 1 && !style.hasTime ? "" : clockOf(slot % perDay, style.separator, style.seconds);
      const numbers = [values[slot]!, value[slot]!, lo80[slot]!, hi80[slot]!].map(numberText).join(",");
      yield `${quoted(name)},${date}${clock}${offsets[index]?.[slot] ?? ""},${numbers},${flagText(flags[slot])}`;
    }
  }
}

const isKnown = (value: number) => !Number.isNaN(value);

const clockOf = (hour: number, separator: string, seconds: string) =>
  `${separator}${String(hour).padStart(2, "0")}:00${seconds === "" ? "" : ":00"}`;

const numberText = (value: number) => (Number.isFinite(value) ? String(rounded(value, DECIMALS)) : "");

const flagText = (flag: Flag | undefined) => (flag ? `${flag.kind},${flag.rule},${flag.confidence.toFixed(3)}` : ",,");

/** By RFC 4180; the name stays as it is, so that rows can be joined by it. */
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
