import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { addDays, daysIn } from "../../../cloud-ingest/calendar.ts";
import { type DayNote, type Panel, SLOTS, type Step } from "../../../cloud-ingest/quality/panel.ts";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";

/** A row of any of the files: local date, hour (0 for daily ones) and count. */
export interface Row {
  readonly name: string;
  readonly date: string;
  readonly hour: number;
  readonly count: number;
}

const FOLDERS = [join(PACKAGE_ROOT, "..", "shared"), "/work/shared"].map((shared) => join(shared, "data", "traffic"));

/** Where the real series lie; undefined where this checkout has none beside it. */
export const trafficFolder = (): string | undefined => FOLDERS.find(existsSync);

export function readLines(file: string): string[][] {
  const bytes = readFileSync(file);
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const lines = text.split(/\r?\n/).slice(1);
  return lines.filter((line) => line !== "").map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
}

export interface PanelOptions {
  readonly step: Step;
  readonly from: string;
  readonly to: string;
  readonly notes?: ReadonlyMap<string, DayNote>;
  /** Part of the slots that a series must have. */
  readonly complete?: number;
}

/** Rows on a grid; a row that comes again replaces the one before and is kept in mind in `loads`. */
export function panelOf(
  rows: readonly Row[],
  { step, from, to, notes = new Map(), complete = 0 }: PanelOptions,
): Panel {
  const days = daysIn({ from, to });
  const length = days * SLOTS[step];
  const byName = new Map<string, { values: Float64Array; loads: Uint8Array }>();
  for (const { name, date, hour, count } of rows) {
    if (date < from || date > to) continue;
    const series = byName.get(name) ?? {
      values: new Float64Array(length).fill(Number.NaN),
      loads: new Uint8Array(length),
    };
    byName.set(name, series);
    const slot = (daysIn({ from, to: date }) - 1) * SLOTS[step] + hour;
    series.values[slot] = count;
    series.loads[slot]!++;
  }
  const kept = [...byName].filter(([, { values }]) => values.filter((value) => value >= 0).length >= complete * length);
  return {
    step,
    from,
    days,
    names: kept.map(([name]) => name),
    values: kept.map(([, { values }]) => values),
    loads: kept.map(([, { loads }]) => loads),
    notes,
  };
}

/** The same panel with other series. */
export function withSeries(panel: Panel, names: readonly string[], values: readonly Float64Array[]): Panel {
  return { step: panel.step, from: panel.from, days: panel.days, notes: panel.notes, names, values };
}

/** Some of the series, by index. */
export function pick(panel: Panel, isPicked: (index: number) => boolean): Panel {
  const indexes = panel.names.map((_, index) => index).filter(isPicked);
  return withSeries(
    panel,
    indexes.map((i) => panel.names[i]!),
    indexes.map((i) => panel.values[i]!),
  );
}

/** Panels of the files, by name. */
export function melbourne39(folder: string): Row[] {
  return readLines(join(folder, "melbourne_39_sensors_hourly.csv.gz"))
    .filter(([, , time]) => time !== undefined && time.length >= 13)
    .map(([, name = "", time = "", count]) => ({
      name,
      date: time.slice(0, 10),
      hour: Number(time.slice(11, 13)),
      count: Number(count),
    }));
}

export function melbourne4(folder: string): Row[] {
  return readLines(join(folder, "melbourne_4_sensors_hourly.csv.gz")).map(
    ([name = "", , , date = "", hour, count]) => ({
      name,
      date,
      hour: Number(hour),
      count: count === undefined || count === "" || count === "NA" ? Number.NaN : Number(count),
    }),
  );
}

export function fukui(folder: string): Row[] {
  return readLines(join(folder, "fukui_aicamera_daily.csv")).map(([place, kind, date = "", count]) => ({
    name: `${place}|${kind}`,
    date,
    hour: 0,
    count: Number(count),
  }));
}

export function townHall(folder: string): Row[] {
  return readLines(join(folder, "prophet_example_pedestrians_covid.csv")).map(([date = "", count]) => ({
    name: "Town Hall",
    date: date.slice(0, 10),
    hour: 0,
    count: Number(count),
  }));
}

/** Half hours of New York's taxis, summed to hours. */
export function taxis(folder: string): Row[] {
  const hours = new Map<string, number>();
  for (const [time = "", count] of readLines(join(folder, "nab_nyc_taxi_halfhour.csv")))
    hours.set(time.slice(0, 13), (hours.get(time.slice(0, 13)) ?? 0) + Number(count));
  return [...hours].map(([time, count]) => ({
    name: "taxis",
    date: time.slice(0, 10),
    hour: Number(time.slice(11)),
    count,
  }));
}

/** The dates of rows, first and last. */
export function spanOf(rows: readonly Row[]): { readonly from: string; readonly to: string } {
  let [from, to] = ["9999-12-31", "0000-01-01"];
  for (const { date } of rows) {
    if (date < from) from = date;
    if (date > to) to = date;
  }
  return { from, to };
}

export const dateOf = (panel: Panel, day: number): string => addDays(panel.from, day);
