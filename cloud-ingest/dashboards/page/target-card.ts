import type { Comparison } from "../../report/comparison.ts";
import { localAfter, type Slot, WELL_WATCHED } from "../../report/slots.ts";
import type { TargetDay } from "../../report/store-days.ts";
import { isRepaired } from "../../report/tally.ts";
import {
  chartFigure,
  type Figure,
  gapText,
  LINE_SERIES,
  nameId,
  qualityText,
  type Series,
  ZONE_SERIES,
} from "../chart/chart-figure.ts";
import { type Html, html } from "../html.ts";
import { clockRange } from "../text/clock-text.ts";
import { type Language, say } from "../text/language.ts";
import { dataTable } from "./data-table.ts";

/** Below so many people a percentage says nothing. */
const LEAST_FOR_PERCENT = 20;

/** One line or zone on one day: its numbers, its chart, its table. */
export function targetCard(day: TargetDay, id: string): Html {
  const figure = figureOf(day, id);
  return html`<article class="card target">
<h3 id="${nameId(id)}"><span class="kind">${say((l) => l.texts[day.target.kind])}</span>${day.target.name}</h3>
${day.coverage.seen || isRepaired(day.total) ? html`<dl class="numbers">${numbersOf(day)}</dl>${repairNote(day)}${watchNote(day)}` : unseenNote()}
${chartFigure(figure)}
${dataTable(figure, (l) => (day.isFine ? l.texts.time : l.texts.hour))}
</article>`;
}

function unseenNote(): Html {
  return html`<p class="doubt"><b>${say((l) => l.texts.noDataAllDay)}</b> ${say((l) => `${l.texts.watched} ${l.format.share(0)}`)}</p>`;
}

/** Beside the numbers of a day which was watched too little to be compared. */
function watchNote({ coverage }: TargetDay): Html | undefined {
  if (coverage.share >= WELL_WATCHED) return undefined;
  const watched = (l: Language) =>
    l.texts.watchedOf(l.format.duration(coverage.observedS), l.format.duration(coverage.dueS));
  return html`<p class="doubt">${say((l) => `${watched(l)} ${gapText({ gaps: coverage.gaps, gap: clockRange }, l)}`)}</p>`;
}

/** Above the chart of a day that holds estimates. */
function repairNote({ total }: TargetDay): Html | undefined {
  return isRepaired(total) ? html`<p class="doubt">${say((l) => qualityText(total, l))}</p>` : undefined;
}

function numbersOf(day: TargetDay): readonly Html[] {
  const series = day.target.kind === "line" ? LINE_SERIES : ZONE_SERIES;
  const counts = series.map((one) =>
    number(
      {
        role: one.role,
        name: one.name,
        value: (l) => l.format.count(one.value(day.total)),
        unit: (l) => one.unit(l),
      },
      changeOf(day.comparison, one),
    ),
  );
  return [...counts, ...(day.target.kind === "line" ? [balanceNumber(day)] : stayNumbers(day))];
}

/** Who came in goes out again: what is left over the day is the line's error, or another way out. */
function balanceNumber({ total }: TargetDay): Html {
  const balance = total.in - total.out;
  const value = ({ format }: Language) => `${balance > 0 ? "+" : ""}${format.count(balance)}`;
  return number({ name: (l) => l.texts.balance, value, unit: (l) => l.texts.people });
}

function stayNumbers({ total }: TargetDay): readonly Html[] {
  const meanDwell = (l: Language) => (total.visits > 0 ? l.format.duration(total.dwellS / total.visits) : "–");
  return [
    number({ name: (l) => l.texts.meanDwell, value: meanDwell }),
    number({
      name: (l) => l.texts.maxOccupancy,
      value: (l) => l.format.count(total.occupancyMax),
      unit: (l) => l.texts.people,
    }),
  ];
}

interface BigNumber {
  readonly role?: string;
  readonly name: (language: Language) => string;
  readonly value: (language: Language) => string;
  readonly unit?: (language: Language) => string;
}

function number({ role, name, value, unit }: BigNumber, change?: Html): Html {
  const swatch = role === undefined ? undefined : html`<i class="swatch ${role}"></i>`;
  const small = unit && html`<small class="unit">${say(unit)}</small>`;
  return html`<div><dt>${swatch}${say(name)}</dt><dd><b>${say(value)}</b>${small}${change}</dd></div>`;
}

function changeOf(comparison: Comparison | undefined, series: Series): Html | undefined {
  if (!comparison) return undefined;
  const [now, before] = [series.value(comparison.now), series.value(comparison.before)];
  const percent =
    before >= LEAST_FOR_PERCENT ? html`<b>${say((l) => changeText(now / before - 1, l))}</b> ` : undefined;
  return html`<small class="change">${percent}${say((l) => referenceText(comparison, { now, before }, l))}</small>`;
}

function changeText(share: number, { texts, format }: Language): string {
  if (Math.abs(share) < 0.005) return texts.noChange;
  return `${share > 0 ? "▲" : "▼"} ${format.percent(Math.abs(share))}`;
}

function referenceText(
  { date, hours, isPart }: Comparison,
  { now, before }: { readonly now: number; readonly before: number },
  { texts, format }: Language,
): string {
  const day = format.shortDate(date);
  if (!isPart) return texts.compared(day, format.count(before));
  return texts.comparedSameHours(day, format.count(hours), `${format.count(before)} → ${format.count(now)}`);
}

function figureOf(day: TargetDay, id: string): Figure {
  const { name, kind } = day.target;
  const base = { id, name, series: kind === "line" ? LINE_SERIES : ZONE_SERIES, gap: clockRange };
  return day.isFine ? { ...base, ...fineParts(day.slots) } : { ...base, ...hourParts(day.slots) };
}

function hourParts(all: readonly Slot[]): Pick<Figure, "title" | "slots" | "label" | "heading"> {
  const start = (slot: Slot) => `${Number(slot.start.slice(11, 13))}:00`;
  const heading = (slot: Slot) => `${start(slot)}–${Number(slot.start.slice(11, 13)) + 1}:00`;
  return { title: (l) => l.texts.byHour, slots: openHours(all), label: start, heading };
}

/** The hours from one before the first to one after the last that is not closed. */
function openHours(slots: readonly Slot[]): readonly Slot[] {
  const isOpen = ({ state }: Slot) => state !== "closed" && state !== "absent";
  const first = slots.findIndex(isOpen);
  return first < 0 ? slots : slots.slice(Math.max(0, first - 1), slots.findLastIndex(isOpen) + 2);
}

function fineParts(slots: readonly Slot[]): Pick<Figure, "title" | "slots" | "label" | "heading"> {
  const stepS = slots[0]?.lengthS ?? 0;
  const clock = (local: string) => local.slice(11, stepS < 60 ? 19 : 16);
  const label = (slot: Slot) => clock(slot.start);
  const heading = (slot: Slot) => `${clock(slot.start)}–${clock(localAfter(slot.start, slot.lengthS))}`;
  return { title: (l) => l.texts.byWindow(l.format.duration(stepS)), slots, label, heading };
}
