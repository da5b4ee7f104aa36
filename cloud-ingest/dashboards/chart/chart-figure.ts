import { type Gap, gapsOf } from "../../report/coverage.ts";
import { isWatched, type Slot, type SlotState, WELL_WATCHED, watchedShare } from "../../report/slots.ts";
import type { Tally } from "../../report/tally.ts";
import { type Html, html, jsonBlock } from "../html.ts";
import { inBoth, type Language, say } from "../text/language.ts";

const DAY_S = 86_400;
const GAPS_NAMED = 3;

/** One colour of bars; `role` names the colour in the style sheet. */
export interface Series {
  readonly role: "in" | "out" | "visits" | "stops";
  readonly name: (language: Language) => string;
  readonly unit: (language: Language) => string;
  readonly value: (tally: Tally) => number;
}

const people = (l: Language) => l.texts.people;
const times = (l: Language) => l.texts.times;

export const LINE_SERIES: readonly Series[] = [
  { role: "in", name: (l) => l.texts.in, unit: people, value: (tally) => tally.in },
  { role: "out", name: (l) => l.texts.out, unit: people, value: (tally) => tally.out },
];

export const ZONE_SERIES: readonly Series[] = [
  { role: "visits", name: (l) => l.texts.visits, unit: times, value: (tally) => tally.visits },
  { role: "stops", name: (l) => l.texts.stops, unit: times, value: (tally) => tally.stops },
];

/** What a chart and its table show. */
export interface Figure {
  /** Unique in the page; of letters, digits and hyphens. */
  readonly id: string;
  /** The line or zone. */
  readonly name: string;
  readonly title: (language: Language) => string;
  readonly slots: readonly Slot[];
  readonly series: readonly Series[];
  /** Short, for the axis. */
  readonly label: (slot: Slot, language: Language) => string;
  /** Long, for the tooltip and the table. */
  readonly heading: (slot: Slot, language: Language) => string;
  readonly gap: (gap: Gap, language: Language) => string;
}

/** Id of the heading that names a figure's line or zone. */
export function nameId(figureId: string): string {
  return `${figureId}-name`;
}

/** A canvas with its data, its legend in text and a sentence that says what it shows. */
export function chartFigure(figure: Figure): Html {
  return html`<figure class="chart">
<figcaption id="${figure.id}"><span class="figure-title">${say(figure.title)}</span>
<span class="legend">${figure.series.map(legendOf)}${stateLegends(figure)}</span>
<span class="summary">${summaryOf(figure)}</span></figcaption>
<div class="plot"><canvas role="img" aria-labelledby="${nameId(figure.id)} ${figure.id}"></canvas></div>
${jsonBlock(chartData(figure))}</figure>`;
}

function legendOf(series: Series): Html {
  return html`<span class="key"><i class="swatch ${series.role}"></i>${say(series.name)}</span>`;
}

function stateLegends({ slots }: Figure): readonly Html[] {
  const states: readonly [SlotState, string, (l: Language) => string][] = [
    ["none", "gap", (l) => l.texts.noData],
    ["partial", "part", (l) => l.texts.partlyWatched],
    ["repaired", "repaired", (l) => l.texts.estimated],
    ["running", "running", (l) => l.texts.soFar],
  ];
  return states
    .filter(([state]) => slots.some((slot) => slot.state === state))
    .map(([, look, name]) => html`<span class="key"><i class="swatch ${look}"></i>${say(name)}</span>`);
}

function summaryOf(figure: Figure): Html {
  return say((l) =>
    [busiestText(figure, l), gapText({ gaps: gapsOf(figure.slots), gap: figure.gap }, l)]
      .filter(Boolean)
      .join(l.tag === "en" ? " " : ""),
  );
}

function busiestText({ slots, series, heading }: Figure, language: Language): string {
  const [first] = series;
  const watched = slots.filter(isWatched);
  if (!first || watched.length === 0) return "";
  const best = watched.reduce((most, slot) => (first.value(slot.tally) > first.value(most.tally) ? slot : most));
  const count = first.value(best.tally);
  if (count === 0) return language.texts.nobody;
  return language.texts.busiest(heading(best, language), amount(first, count, language));
}

function amount({ name, unit }: Series, count: number, language: Language): string {
  return language.texts.amount(name(language), language.format.count(count) + unit(language));
}

interface NamedGaps {
  readonly gaps: readonly Gap[];
  readonly gap: Figure["gap"];
}

/** The stretches without data in words; empty when there is none. */
export function gapText({ gaps, gap }: NamedGaps, language: Language): string {
  if (gaps.length === 0) return "";
  const named = gaps.slice(0, GAPS_NAMED).map((one) => gap(one, language));
  const more = gaps.length > GAPS_NAMED ? [language.texts.more(language.format.count(gaps.length - GAPS_NAMED))] : [];
  return language.texts.gaps([...named, ...more].join(language.texts.comma));
}

/** What a slot's state means in words; nothing when it was fully watched. */
export function stateNote(slot: Slot, { texts, format }: Language): string {
  if (slot.state === "partial") {
    const share = watchedShare([slot]);
    const isCut = share >= WELL_WATCHED && slot.lengthS >= DAY_S;
    return isCut ? texts.daysOnly(format.count(slot.lengthS / DAY_S)) : texts.partlyWatchedShare(format.share(share));
  }
  if (slot.state === "repaired") return qualityText(slot.tally, { texts, format });
  if (slot.state === "observed") return observedNote(slot, texts);
  const notes = { none: texts.noData, closed: texts.closed, upcoming: texts.upcoming, running: texts.soFar } as const;
  return slot.state === "absent" ? texts.absentHour : notes[slot.state];
}

function observedNote({ tally, lengthS }: Slot, texts: Language["texts"]): string {
  if (tally.quality) return texts.explained(reasonsOf(tally, texts));
  return lengthS === 7200 ? texts.doubleHour : "";
}

/** That a span holds estimates, of how many hours where it has more, and why. */
export function qualityText(tally: Tally, { texts, format }: Pick<Language, "texts" | "format">): string {
  const { hours } = tally.quality ?? { hours: 0 };
  const reasons = reasonsOf(tally, texts);
  return hours > 1 ? texts.estimatedHours(format.count(hours), reasons) : texts.estimatedFor(reasons);
}

function reasonsOf({ quality }: Tally, texts: Language["texts"]): string {
  const reasons = quality?.rules.map((rule) => texts.rules[rule] ?? texts.otherRule) ?? [];
  return [...new Set(reasons)].join(texts.comma);
}

function chartData({ slots, series, label, heading }: Figure) {
  return {
    labels: inBoth((l) => slots.map((slot) => label(slot, l))),
    titles: inBoth((l) => slots.map((slot) => heading(slot, l))),
    notes: inBoth((l) => slots.map((slot) => stateNote(slot, l))),
    states: slots.map((slot) => slot.state),
    series: series.map(({ role, name, unit, value }) => ({
      ...{ role, name: inBoth(name), unit: inBoth(unit) },
      values: slots.map((slot) => (isWatched(slot) ? value(slot.tally) : null)),
    })),
  };
}
