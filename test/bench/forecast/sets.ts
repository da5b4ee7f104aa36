import { addDays } from "../../../cloud-ingest/calendar.ts";
import { holidayNotes } from "../../../cloud-ingest/quality/holiday-notes.ts";
import { type DayNote, type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { fukui, melbourne4, melbourne39, panelOf, spanOf, taxis, townHall } from "../quality/data.ts";

/** Series with the origins and the horizon of the protocol. */
export interface BenchSet {
  readonly name: string;
  readonly panel: Panel;
  /** In slots. */
  readonly horizon: number;
  readonly origins: number;
  /** Of seasonal naive in MASE. */
  readonly season: number;
  /** MASE to reach; none for a set which is there to choose on. */
  readonly goal?: number;
  /** What is scored where that is not the panel: a known outage is no truth. */
  readonly truth?: readonly Float64Array[];
}

const DAILY = { horizon: 28, season: 7 };
const HOURLY = { horizon: 168, season: 168 };

export function dailySets(folder: string): BenchSet[] {
  const [four, later, earlier, cabs] = [fourHours(folder), laterHours(folder), earlierHours(folder), taxiHours(folder)];
  return [
    { name: "Melbourne 4, daily", panel: toDays(four), ...DAILY, origins: 13, goal: 0.82 },
    { name: "Fukui 3, daily", ...fukuiDays(folder), ...DAILY, origins: 10, goal: 0.91 },
    { name: "Melbourne 28, daily", panel: toDays(later), ...DAILY, origins: 8 },
    { name: "Melbourne 17 of 2012-13, daily", panel: toDays(earlier), ...DAILY, origins: 10 },
    { name: "New York taxis, daily", panel: toDays(cabs), ...DAILY, origins: 4 },
  ];
}

export function hourlySets(folder: string): BenchSet[] {
  return [
    { name: "Melbourne 4, hourly", panel: fourHours(folder), ...HOURLY, origins: 13, goal: 0.8 },
    { name: "Melbourne 28, hourly", panel: laterHours(folder), ...HOURLY, origins: 8, goal: 0.65 },
    { name: "Melbourne 17 of 2012-13, hourly", panel: earlierHours(folder), ...HOURLY, origins: 10 },
    { name: "New York taxis, hourly", panel: taxiHours(folder), ...HOURLY, origins: 5 },
  ];
}

const victoria = () => holidayNotes("AU-VIC", "2012-01-01", 3660);

const fourHours = (folder: string) =>
  panelOf(melbourne4(folder), { step: "hour", from: "2015-01-01", to: "2016-12-31", notes: victoria() });

/** 68 whole weeks. */
const laterHours = (folder: string) =>
  panelOf(melbourne39(folder), {
    step: "hour",
    from: "2013-10-21",
    to: "2015-02-08",
    complete: 0.85,
    notes: victoria(),
  });

const earlierHours = (folder: string) =>
  panelOf(melbourne39(folder), {
    step: "hour",
    from: "2012-01-01",
    to: "2013-10-20",
    complete: 0.85,
    notes: victoria(),
  });

function taxiHours(folder: string): Panel {
  const rows = taxis(folder);
  return panelOf(rows, { step: "hour", ...spanOf(rows), notes: holidayNotes("US-NY", "2014-01-01", 732) });
}

/** Those of some size; the publisher says that a date with 0 was not counted. */
const FUKUI = [
  "fukui-station-east-entrance|Person",
  "tojinbo-shotaro|Person",
  "rainbow-line-parking-lot-1-gate|LicensePlate",
];

function fukuiDays(folder: string) {
  const rows = fukui(folder).filter(({ name }) => FUKUI.includes(name));
  const panel = panelOf(rows, { step: "day", ...spanOf(rows), notes: holidayNotes("JP", "2024-01-01", 1098) });
  return { panel, truth: panel.values.map((values) => values.map((value) => (value > 0 ? value : Number.NaN))) };
}

/** Melbourne's lockdowns of the Victorian government, both ends included. */
const LOCKDOWNS = [
  ["2020-03-21", "2020-06-11"],
  ["2020-07-09", "2020-10-27"],
  ["2021-02-13", "2021-02-17"],
  ["2021-05-28", "2021-06-10"],
] as const;

export function covidPanel(folder: string): Panel {
  const rows = townHall(folder);
  const notes = new Map<string, DayNote>(holidayNotes("AU-VIC", "2017-01-01", 1826));
  for (const [from, to] of LOCKDOWNS)
    for (let date: string = from; date <= to; date = addDays(date, 1))
      notes.set(date, { ...notes.get(date), shock: "lockdown" });
  return panelOf(rows, { step: "day", ...spanOf(rows), notes });
}

/** Sums by date; a date with a missing hour is missing. */
export function toDays(panel: Panel): Panel {
  const values = panel.values.map((hours) =>
    Float64Array.from({ length: panel.days }, (_, day) => {
      let [sum, known] = [0, 0];
      for (let slot = day * SLOTS.hour; slot < (day + 1) * SLOTS.hour; slot++)
        if (!Number.isNaN(hours[slot]!)) {
          sum += hours[slot]!;
          known++;
        }
      return known >= 23 ? sum : Number.NaN;
    }),
  );
  return { step: "day", from: panel.from, days: panel.days, names: panel.names, values, notes: panel.notes };
}
