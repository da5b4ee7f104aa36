import { holidayNotes } from "../../../cloud-ingest/quality/holiday-notes.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import type { BenchResult } from "../result.ts";
import { fukui, melbourne4, melbourne39, panelOf, spanOf, taxis, townHall, trafficFolder } from "./data.ts";
import { falseAlarmLines } from "./false-alarms.ts";
import { type Group, injectedTable } from "./injected.ts";
import { Random } from "./random.ts";
import { fukuiLines, gapLine, holidayLine, innocentLine } from "./real-cases.ts";
import { speedLines } from "./speed.ts";
import { thin } from "./thin.ts";
import { underCountLine } from "./under-count.ts";

/** Everything that the quality job promises, on the real series; constants were chosen on the first group alone. */
export async function runQualityBench(note: (text: string) => void): Promise<readonly BenchResult[]> {
  const folder = trafficFolder();
  const speed = { name: "Speed", lines: speedLines() };
  if (!folder) {
    const lines = [
      "The real series are not beside this checkout (../shared/data/traffic): only the speed was measured.",
    ];
    return [{ name: "Quality", lines }, speed];
  }
  const data = await panelsOf(folder);
  const parts: readonly (readonly [string, () => string[]])[] = [
    ["Injected faults, day level", () => injectedTable(groupsOf(data))],
    ["-30 % found within 10 days", () => underCounts(data)],
    ["Real outages", () => [...fukuiLines(data.fukui), gapLine(data.four)]],
    ["False device faults where the world is the reason", () => innocents(data)],
    ["False alarms, shop level, nothing injected", () => falseAlarmLines(data.later)],
  ];
  const results: BenchResult[] = [];
  for (const [name, measure] of parts) {
    note(`${name} ...\n`);
    results.push({ name, lines: measure() });
  }
  return [...results, speed];
}

interface Data {
  /** 17 sensors, 2012-01 to 2013-10: constants were chosen here. */
  readonly earlier: Panel;
  /** 28 sensors, 2013-10 to 2015-02. */
  readonly later: Panel;
  /** 4 sensors, 2015 and 2016. */
  readonly four: Panel;
  readonly fukui: Panel;
  readonly townHall: Panel;
  readonly taxis: Panel;
}

async function panelsOf(folder: string): Promise<Data> {
  const victoria = holidayNotes("AU-VIC", "2012-01-01", 3660);
  const rows = melbourne39(folder);
  const [fukuiRows, hallRows, taxiRows] = [fukui(folder), townHall(folder), taxis(folder)];
  const complete = 0.85;
  return {
    earlier: panelOf(rows, { step: "hour", from: "2012-01-01", to: "2013-10-20", complete, notes: victoria }),
    later: panelOf(rows, { step: "hour", from: "2013-10-21", to: "2015-02-28", complete, notes: victoria }),
    four: panelOf(melbourne4(folder), { step: "hour", from: "2015-01-01", to: "2016-12-31", notes: victoria }),
    fukui: panelOf(fukuiRows, {
      step: "day",
      ...spanOf(fukuiRows),
      notes: holidayNotes("JP", "2024-01-01", 1098),
    }),
    townHall: panelOf(hallRows, { step: "day", ...spanOf(hallRows), notes: victoria }),
    taxis: panelOf(taxiRows, {
      step: "hour",
      ...spanOf(taxiRows),
      notes: holidayNotes("US-NY", "2014-01-01", 732),
    }),
  };
}

function groupsOf({ earlier, later, four, fukui: cameras }: Data): Group[] {
  const isKnown = (name: string) => earlier.names.includes(name);
  return [
    { name: "chosen on: Melbourne 2012-13, 17 sensors", panel: earlier },
    { name: "left out: the same sensors, 2013-15", panel: later, isJudged: isKnown },
    { name: "left out: other sensors, 2013-15", panel: later, isJudged: (name) => !isKnown(name) },
    { name: "left out: Melbourne 2015-16, 4 sensors", panel: four },
    { name: "left out: Fukui, daily", panel: cameras },
    { name: "left out: 2013-15 thinned to 50 entries/h", panel: thin(later, 50, new Random(61)) },
    { name: "left out: 2013-15 thinned to 10 entries/h", panel: thin(later, 10, new Random(62)) },
  ];
}

function underCounts({ earlier, later, four }: Data): string[] {
  return [
    underCountLine("chosen on: Melbourne 2012-13, 17 sensors", earlier),
    underCountLine("left out: 2013-15, 28 sensors", later),
    underCountLine("left out: Melbourne 2015-16, 4 sensors", four),
    underCountLine("left out: 2013-15 thinned to 50 entries/h", thin(later, 50, new Random(61))),
  ];
}

function innocents({ townHall: hall, taxis: cabs, later, earlier }: Data): string[] {
  return [
    innocentLine("Melbourne's Town Hall 2017-21 with its lockdowns, one series", hall),
    innocentLine("New York's taxis 2014-15 with marathon, storm and snow, one series", cabs),
    holidayLine("Melbourne 2012-13", earlier),
    holidayLine("Melbourne 2013-15", later),
  ];
}
