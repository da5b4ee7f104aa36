import { chartFigure, type Figure, LINE_SERIES, ZONE_SERIES } from "./chart-figure.ts";
import type { Comparison } from "./comparison.ts";
import { dataTable } from "./data-table.ts";
import { type Html, html } from "./html.ts";
import { type Language, say } from "./language.ts";
import { localAfter, type Slot } from "./slots.ts";
import type { TargetDay } from "./store-days.ts";
import type { Tally } from "./tally.ts";

/** One line or zone on one day: its numbers, its chart, its table. */
export function targetCard(day: TargetDay, id: string): Html {
  const figure = figureOf(day, id);
  return html`<article class="card target">
<h3><span class="kind">${say((l) => l.texts[day.target.kind])}</span>${day.target.name}</h3>
<dl class="numbers">${day.target.kind === "line" ? lineNumbers(day) : zoneNumbers(day)}</dl>
${chartFigure(figure)}
${dataTable(figure, (l) => (day.fine ? l.texts.time : l.texts.hour))}
</article>`;
}

function lineNumbers({ total, comparison }: TargetDay): readonly Html[] {
  return [
    number({ role: "in", name: (l) => l.texts.in, value: (l) => l.format.count(total.in) }, changeOf(comparison, "in")),
    number(
      { role: "out", name: (l) => l.texts.out, value: (l) => l.format.count(total.out) },
      changeOf(comparison, "out"),
    ),
  ];
}

function zoneNumbers({ total, comparison }: TargetDay): readonly Html[] {
  const meanDwell = (l: Language) => (total.visits > 0 ? l.format.duration(total.dwellS / total.visits) : "–");
  return [
    number(
      { role: "visits", name: (l) => l.texts.visits, value: (l) => l.format.count(total.visits) },
      changeOf(comparison, "visits"),
    ),
    number({ role: "stops", name: (l) => l.texts.stops, value: (l) => l.format.count(total.stops) }),
    number({ name: (l) => l.texts.meanDwell, value: meanDwell }),
    number({ name: (l) => l.texts.maxOccupancy, value: (l) => l.format.count(total.occupancyMax) }),
  ];
}

interface BigNumber {
  readonly role?: string;
  readonly name: (language: Language) => string;
  readonly value: (language: Language) => string;
}

function number({ role, name, value }: BigNumber, change?: Html): Html {
  const swatch = role === undefined ? undefined : html`<i class="swatch ${role}"></i>`;
  return html`<div><dt>${swatch}${say(name)}</dt><dd><b>${say(value)}</b>${change}</dd></div>`;
}

function changeOf(comparison: Comparison | undefined, field: keyof Tally): Html | undefined {
  if (!comparison || comparison.before[field] === 0) return undefined;
  const share = comparison.now[field] / comparison.before[field] - 1;
  return html`<small class="change"><b>${say((l) => changeText(share, l))}</b> ${say((l) => referenceText(comparison, l))}</small>`;
}

function changeText(share: number, { texts, format }: Language): string {
  if (Math.abs(share) < 0.005) return texts.noChange;
  return `${share > 0 ? "▲" : "▼"} ${format.percent(Math.abs(share))}`;
}

function referenceText({ date, hours, isPart }: Comparison, { texts, format }: Language): string {
  const day = format.shortDate(date);
  return isPart ? texts.comparedSameHours(day, format.count(hours)) : texts.compared(day);
}

function figureOf(day: TargetDay, id: string): Figure {
  const series = day.target.kind === "line" ? LINE_SERIES : ZONE_SERIES;
  return day.fine ? fineFigure(day.fine, series, id) : hourFigure(day.hours, series, id);
}

function hourFigure(slots: readonly Slot[], series: Figure["series"], id: string): Figure {
  const start = (slot: Slot) => `${Number(slot.start.slice(11, 13))}:00`;
  const heading = (slot: Slot) => `${start(slot)}–${Number(slot.start.slice(11, 13)) + 1}:00`;
  return { id, title: (l) => l.texts.byHour, slots, series, label: start, heading };
}

function fineFigure(slots: readonly Slot[], series: Figure["series"], id: string): Figure {
  const stepS = slots[0]?.lengthS ?? 0;
  const clock = (local: string) => local.slice(11, stepS < 60 ? 19 : 16);
  const label = (slot: Slot) => clock(slot.start);
  const heading = (slot: Slot) => `${clock(slot.start)}–${clock(localAfter(slot.start, slot.lengthS))}`;
  return { id, title: (l) => l.texts.byWindow(l.format.duration(stepS)), slots, series, label, heading };
}
