import { writeOutput } from "../../../firmware-config/kit/output-file.ts";
import { addDays } from "../../calendar.ts";
import type { TimeStyle } from "../../quality/csv/local-time.ts";
import { rounded } from "../../quality/expectation/numbers.ts";
import type { PanelForecast } from "../port.ts";

/** The columns, which outsiders rely on. */
export const COLUMNS = "series,origin,time,yhat,lo80,hi80,model";
const DECIMALS = 1000;
const HOURS = 24;

/**
 * Writes forecasts as they come, one row for each series, origin and time; times as the file that was read writes its own. The file is
 * whole or as it was before, also when the forecasts are stopped; a pipe or a device gets them as they come.
 */
export async function writeForecasts(
  file: string,
  forecasts: AsyncIterable<PanelForecast>,
  style: TimeStyle,
): Promise<number> {
  let rows = 0;
  const source = forecasts[Symbol.asyncIterator]();
  // Before the file is opened: input that is refused leaves an earlier result as it was.
  const first = await source.next();
  async function* chunks() {
    yield `${COLUMNS}\n`;
    try {
      for (let next = first; !next.done; next = await source.next()) {
        const lines = linesOf(next.value, style);
        rows += lines.length;
        yield `${lines.join("\n")}\n`;
      }
    } finally {
      await source.return?.();
    }
  }
  await writeOutput(file, "--out", chunks());
  return rows;
}

function linesOf({ step, from, series }: PanelForecast, style: TimeStyle): string[] {
  const time = (slot: number) =>
    step === "day"
      ? `${addDays(from, slot)}${clock(0, style)}`
      : `${addDays(from, Math.floor(slot / HOURS))}${clock(slot % HOURS, style)}`;
  return series.flatMap(({ name, yhat, lo80, hi80, model }) =>
    Array.from(yhat, (value, slot) => {
      const numbers = [value, lo80[slot]!, hi80[slot]!].map((number) => rounded(number, DECIMALS)).join(",");
      return `${quoted(name)},${time(0)},${time(slot)},${numbers},${model}`;
    }),
  );
}

const clock = (hour: number, { separator, seconds, hasTime }: TimeStyle) =>
  hasTime ? `${separator}${String(hour).padStart(2, "0")}:00${seconds === "" ? "" : ":00"}` : "";

/** By RFC 4180; the name stays as it is, so that rows can be joined by it. */
const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
