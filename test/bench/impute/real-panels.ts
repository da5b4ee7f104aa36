import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type DayNote, type Panel, SLOTS, type Step } from "../../../cloud-ingest/quality/panel.ts";

const FOLDER = process.env.KAZOE_TRAFFIC ?? join("/work", "shared", "data", "traffic");
const DAY_MS = 86_400_000;
/** Public holidays of Victoria and the days around Christmas and New Year, 2012 to 2016 (business.vic.gov.au). */
const VICTORIA = `2012: 01-01 01-02 01-26 03-12 04-06 04-07 04-08 04-09 04-25 06-11 11-06 12-24 12-25 12-26 12-31
2013: 01-01 01-26 01-28 03-11 03-29 03-30 03-31 04-01 04-25 06-10 11-05 12-24 12-25 12-26 12-31
2014: 01-01 01-26 01-27 03-10 04-18 04-19 04-20 04-21 04-25 06-09 11-04 12-24 12-25 12-26 12-31
2015: 01-01 01-26 03-09 04-03 04-04 04-05 04-06 04-25 06-08 10-02 11-03 12-24 12-25 12-26 12-28 12-31
2016: 01-01 01-26 03-14 03-25 03-26 03-27 03-28 04-25 06-13 09-30 11-01 12-24 12-25 12-26 12-27 12-31`;

interface Row {
  readonly name: string;
  /** `YYYY-MM-DD` or `YYYY-MM-DD HH:mm:ss`, local. */
  readonly time: string;
  readonly count: number;
}

/** Sensors that are known for more than 85 % of the hours from one date to another, both included. */
export function melbourne39(from: string, to: string): Panel {
  const rows = linesOf("melbourne_39_sensors_hourly.csv.gz").map((line): Row => {
    const cells = line.split(",");
    return { name: cells[0]!, time: cells.at(-2)!, count: Number(cells.at(-1)) };
  });
  return panelOf("hour", rows, { from, to, least: 0.85 });
}

export function melbourne4(): Panel {
  const rows = linesOf("melbourne_4_sensors_hourly.csv.gz").map((line): Row => {
    const [name, , time, , , count] = line.split(",");
    return { name: name!, time: time!, count: count === "" ? Number.NaN : Number(count) };
  });
  return panelOf("hour", rows, { from: "2015-01-01", to: "2016-12-31", least: 0 });
}

/** AI cameras of Fukui by day; zero days are outages there, so they have no truth. */
export function fukui(classes: readonly string[]): Panel {
  const rows = linesOf("fukui_aicamera_daily.csv").map((line): Row => {
    const [place, kind, time, count] = line.split(",");
    return { name: `${place}/${kind}`, time: time!, count: Number(count) > 0 ? Number(count) : Number.NaN };
  });
  const chosen = rows.filter(({ name }) => classes.some((kind) => name.endsWith(kind)));
  const times = chosen.map(({ time }) => time).sort();
  return panelOf("day", chosen, { from: times[0]!, to: times.at(-1)!, least: 0 });
}

function linesOf(file: string): string[] {
  const bytes = readFileSync(join(FOLDER, file));
  const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
  return text.trim().split("\n").slice(1);
}

const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

/** An hour that comes twice is the sum of both (panel.ts); in Fukui a day that comes twice is the later load. */
function panelOf(step: Step, rows: readonly Row[], span: { from: string; to: string; least: number }): Panel {
  const first = dayOf(span.from);
  const days = dayOf(span.to) - first + 1;
  const byName = new Map<string, Float64Array>();
  for (const { name, time, count } of rows) {
    const day = dayOf(time.slice(0, 10)) - first;
    if (!(day >= 0 && day < days)) continue;
    const values = byName.get(name) ?? new Float64Array(days * SLOTS[step]).fill(Number.NaN);
    byName.set(name, values);
    const slot = step === "hour" ? day * 24 + Number(time.slice(11, 13)) : day;
    values[slot] = step === "hour" && !Number.isNaN(values[slot]!) ? values[slot]! + count : count;
  }
  const kept = [...byName].filter(
    ([, values]) => values.filter((each) => !Number.isNaN(each)).length > span.least * values.length,
  );
  const notes = step === "hour" ? victoria() : new Map<string, DayNote>();
  return {
    step,
    from: span.from,
    days,
    names: kept.map(([name]) => name),
    values: kept.map(([, values]) => values),
    notes,
  };
}

function victoria(): Map<string, DayNote> {
  const notes = new Map<string, DayNote>();
  for (const line of VICTORIA.split("\n")) {
    const [year, ...dates] = line.split(/:? /);
    for (const date of dates) notes.set(`${year}-${date}`, { holiday: "AU-VIC" });
  }
  return notes;
}
