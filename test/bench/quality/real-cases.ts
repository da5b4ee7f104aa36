import { addDays } from "../../../cloud-ingest/calendar.ts";
import type { Flag } from "../../../cloud-ingest/quality/flag.ts";
import { judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import { type Panel, SLOTS } from "../../../cloud-ingest/quality/panel.ts";
import { dateOf, withSeries } from "./data.ts";
import { deviceDays } from "./score.ts";

const OUTAGE = ["2025-09-26", "2025-09-27", "2025-09-28"];
const DOUBLED = ["2025-09-24", "2025-09-25", "2025-09-29", "2025-09-30"];
const LONG_GAP_DAYS = 5;

/** The documented outage of Fukui and its doubled dates, as the publisher's rows and as one who adds up the rows sees them. */
export function fukuiLines(panel: Panel): string[] {
  const added = withSeries(
    panel,
    panel.names,
    panel.values.map((series, i) => series.map((value, slot) => value * Math.max(1, panel.loads?.[i]?.[slot] ?? 1))),
  );
  return [...fukuiCase("rows as published", panel), ...fukuiCase("rows of a date added up", added)];
}

function fukuiCase(name: string, panel: Panel): string[] {
  const { flags } = judgePanel(panel);
  const found = (dates: readonly string[]) =>
    panel.names.filter((series) => hasAll(panel, flags, series, dates)).length;
  const others = panel.names.flatMap((series) =>
    deviceDays(panel, flags, series).flatMap((rule, day) => {
      const date = dateOf(panel, day);
      const isKnown = OUTAGE.includes(date) || DOUBLED.includes(date);
      return rule && date.startsWith("2025-09") && !isKnown
        ? [`${series} ${date} ${rule} (counted ${panel.values[panel.names.indexOf(series)]?.[day]})`]
        : [];
    }),
  );
  const all = panel.names.length;
  return [
    `Fukui, ${name}: outage ${OUTAGE[0]}..${OUTAGE[2]} found in ${found(OUTAGE)} of ${all} series, doubled dates in ${found(DOUBLED)} of ${all}`,
    `    other device faults that month: ${others.length === 0 ? "none" : others.join("; ")}`,
  ];
}

const hasAll = (panel: Panel, flags: readonly Flag[], series: string, dates: readonly string[]) =>
  dates.every((date) => deviceDays(panel, flags, series).some((rule, day) => rule && dateOf(panel, day) === date));

/** The gaps of five days and more of Melbourne's four sensors, and whether each is flagged from end to end. */
export function gapLine(panel: Panel): string {
  const { flags } = judgePanel(panel);
  const perDay = SLOTS[panel.step];
  let [all, found] = [0, 0];
  panel.values.forEach((series, index) => {
    for (let slot = series.findIndex((value) => value >= 0), end = slot; slot < series.length; slot = end + 1) {
      for (end = slot; end < series.length && Number.isNaN(series[end]!); end++);
      if (end === series.length || end - slot < LONG_GAP_DAYS * perDay) continue;
      all++;
      if (
        flags.some(
          (flag) => flag.series === panel.names[index] && flag.kind === "device" && flag.from <= slot && flag.to >= end,
        )
      )
        found++;
    }
  });
  return `Melbourne's gaps of ${LONG_GAP_DAYS} days and more: ${found} of ${all} found`;
}

/** Device faults in series in which none is known: what they are and where. */
export function innocentLine(name: string, panel: Panel): string {
  const { flags } = judgePanel(panel);
  const wrong = flags.filter(({ kind, rule }) => kind === "device" && rule !== "gap");
  const explained = flags.filter(({ kind }) => kind === "explained").length;
  const perDay = SLOTS[panel.step];
  const where = wrong.map(
    ({ series, rule, from }) => `${rule} ${addDays(panel.from, Math.floor(from / perDay))} ${series}`,
  );
  return `${name}: ${wrong.length} false device faults${where.length > 0 ? ` (${where.slice(0, 8).join("; ")})` : ""}, ${explained} explained`;
}

/** Device flags on dates of the calendar, of a panel with nothing injected. */
export function holidayLine(name: string, panel: Panel): string {
  const { flags } = judgePanel(panel);
  const wrong = panel.names.flatMap((series) =>
    deviceDays(panel, flags, series).flatMap((rule, day) =>
      rule && panel.notes.has(dateOf(panel, day)) ? [`${rule} ${dateOf(panel, day)} ${series}`] : [],
    ),
  );
  const dates = [...panel.notes.keys()].filter(
    (date) => date >= panel.from && date < addDays(panel.from, panel.days),
  ).length;
  return `${name}, ${dates} holidays x ${panel.names.length} series: ${wrong.length} device days${wrong.length > 0 ? ` (${wrong.slice(0, 6).join("; ")})` : ""}`;
}
