import { type Html, html, jsonBlock } from "./html.ts";
import { inBoth, type Language, say } from "./language.ts";
import { isWatched, type Slot } from "./slots.ts";
import type { Tally } from "./tally.ts";

/** One colour of bars; `role` names the colour in the style sheet. */
export interface Series {
  readonly role: "in" | "out" | "visits" | "stops";
  readonly name: (language: Language) => string;
  readonly value: (tally: Tally) => number;
}

export const LINE_SERIES: readonly Series[] = [
  { role: "in", name: (l) => l.texts.in, value: (tally) => tally.in },
  { role: "out", name: (l) => l.texts.out, value: (tally) => tally.out },
];

export const ZONE_SERIES: readonly Series[] = [
  { role: "visits", name: (l) => l.texts.visits, value: (tally) => tally.visits },
  { role: "stops", name: (l) => l.texts.stops, value: (tally) => tally.stops },
];

/** What a chart and its table show. */
export interface Figure {
  /** Unique in the page; of letters, digits and hyphens. */
  readonly id: string;
  readonly title: (language: Language) => string;
  readonly slots: readonly Slot[];
  readonly series: readonly Series[];
  /** Short, for the axis. */
  readonly label: (slot: Slot, language: Language) => string;
  /** Long, for the tooltip and the table. */
  readonly heading: (slot: Slot, language: Language) => string;
}

/** A canvas with its data, its legend in text and a sentence that says what it shows. */
export function chartFigure(figure: Figure): Html {
  return html`<figure class="chart">
<figcaption id="${figure.id}"><span class="figure-title">${say(figure.title)}</span>
<span class="legend">${figure.series.map(legendOf)}${gapLegends(figure)}</span>
<span class="summary">${summaryOf(figure)}</span></figcaption>
<div class="plot"><canvas role="img" aria-labelledby="${figure.id}"></canvas></div>
${jsonBlock(chartData(figure))}</figure>`;
}

function legendOf(series: Series): Html {
  return html`<span class="key"><i class="swatch ${series.role}"></i>${say(series.name)}</span>`;
}

function gapLegends({ slots }: Figure): readonly Html[] {
  const has = (state: Slot["state"]) => slots.some((slot) => slot.state === state);
  const none = html`<span class="key"><i class="swatch gap"></i>${say((l) => l.texts.noData)}</span>`;
  const part = html`<span class="key"><i class="swatch gap part"></i>${say((l) => l.texts.partlyWatched)}</span>`;
  return [...(has("none") ? [none] : []), ...(has("partial") ? [part] : [])];
}

function summaryOf(figure: Figure): Html {
  return say((l) => [busiestText(figure, l), gapText(figure.slots, l)].filter(Boolean).join(l.tag === "en" ? " " : ""));
}

function busiestText({ slots, series, heading }: Figure, language: Language): string {
  const [first] = series;
  const best = slots.filter(isWatched).reduce<Slot | undefined>((most, slot) => {
    return first && (!most || first.value(slot.tally) > first.value(most.tally)) ? slot : most;
  }, undefined);
  if (!first || !best || first.value(best.tally) === 0) return language.texts.nobody;
  const count = language.format.count(first.value(best.tally));
  return language.texts.busiest(heading(best, language), first.name(language), count);
}

function gapText(slots: readonly Slot[], { texts, format }: Language): string {
  const inner = slots.slice(slots.findIndex(isWatched), slots.findLastIndex(isWatched));
  const gaps = inner.filter((slot) => slot.state === "none").length;
  return gaps > 0 ? texts.gaps(format.count(gaps)) : "";
}

/** What a slot's state means in words; nothing when it was fully watched. */
export function stateNote(slot: Slot, { texts, format }: Language): string {
  if (slot.state === "none") return texts.noData;
  if (slot.state === "upcoming") return texts.upcoming;
  if (slot.state === "absent") return texts.absentHour;
  return slot.state === "partial" ? texts.partlyWatchedShare(format.share(watchedShare(slot))) : "";
}

/** Share of the slot in which the camera watched, 0..1. */
export function watchedShare(slot: Slot): number {
  return slot.lengthS > 0 ? Math.min(1, slot.tally.observedS / slot.lengthS) : 0;
}

function chartData({ slots, series, label, heading }: Figure) {
  return {
    labels: inBoth((l) => slots.map((slot) => label(slot, l))),
    titles: inBoth((l) => slots.map((slot) => heading(slot, l))),
    notes: inBoth((l) => slots.map((slot) => stateNote(slot, l))),
    states: slots.map((slot) => slot.state),
    series: series.map(({ role, name, value }) => ({
      ...{ role, name: inBoth(name) },
      values: slots.map((slot) => (isWatched(slot) ? value(slot.tally) : null)),
    })),
  };
}
