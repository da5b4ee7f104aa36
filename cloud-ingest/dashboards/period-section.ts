import { chartFigure, type Figure, LINE_SERIES, ZONE_SERIES } from "./chart-figure.ts";
import { dataTable } from "./data-table.ts";
import { type Html, html } from "./html.ts";
import { type Language, say } from "./language.ts";
import type { Period, PeriodUnit, TargetPeriod } from "./period.ts";
import type { Slot } from "./slots.ts";
import { sumTally, type Tally } from "./tally.ts";

const TITLES = { day: "byDay", week: "byWeek", month: "byMonth" } as const;

/** The whole period, one chart per line or zone. */
export function periodSection(period: Period): Html {
  const { from, to } = period.range;
  const cards = period.targets.map((target, index) => periodCard(target, period.unit, `period-${index}`));
  return html`<section class="period"><h2>${say((l) => `${l.format.shortDate(from)} – ${l.format.shortDate(to)}`)}</h2>
<div class="cards">${cards}</div></section>`;
}

function periodCard({ target, slots }: TargetPeriod, unit: PeriodUnit, id: string): Html {
  const series = target.kind === "line" ? LINE_SERIES : ZONE_SERIES;
  const figure = { id, slots, series, title: (l: Language) => l.texts[TITLES[unit]], ...labelsOf(unit) };
  const total = sumTally(slots.map((slot) => slot.tally));
  return html`<article class="card target">
<h3><span class="kind">${say((l) => l.texts[target.kind])}</span>${target.name}</h3>
<p class="totals">${series.map((one) => totalOf(one, total))}</p>
${chartFigure(figure)}
${dataTable(figure, (l) => l.texts[unit])}
</article>`;
}

function totalOf({ role, name, value }: Figure["series"][number], total: Tally): Html {
  return html`<span><i class="swatch ${role}"></i>${say(name)} <b>${say((l) => l.format.count(value(total)))}</b></span>`;
}

function labelsOf(unit: PeriodUnit): Pick<Figure, "label" | "heading"> {
  const date = (slot: Slot) => slot.start.slice(0, 10);
  if (unit === "month") {
    const month = (slot: Slot, l: Language) => l.format.month(date(slot));
    return { label: month, heading: month };
  }
  return {
    label: (slot, l) => l.format.axisDate(date(slot)),
    heading: (slot, l) => l.format.shortDate(date(slot)),
  };
}
