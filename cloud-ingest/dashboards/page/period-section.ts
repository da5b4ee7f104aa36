import { addDays } from "../../calendar.ts";
import type { Gap } from "../../report/coverage.ts";
import type { Period, PeriodUnit, TargetPeriod } from "../../report/period.ts";
import { localAfter, type Slot, WELL_WATCHED } from "../../report/slots.ts";
import { isRepaired, sumTally, type Tally } from "../../report/tally.ts";
import { chartFigure, type Figure, LINE_SERIES, nameId, qualityText, ZONE_SERIES } from "../chart/chart-figure.ts";
import { type Html, html } from "../html.ts";
import { type Language, say } from "../text/language.ts";
import { dataTable } from "./data-table.ts";

const TITLES = { day: "byDay", week: "byWeek", month: "byMonth" } as const;

/** The whole period, one chart per line or zone; dates carry their year unless all are of `thisYear`. */
export function periodSection({ range, unit, targets }: Period, thisYear: string): Html {
  const hasYear = !(range.from.startsWith(thisYear) && range.to.startsWith(thisYear));
  const cards = targets.map((target, index) => periodCard(target, { unit, hasYear }, `period-${index}`));
  return html`<section class="period"><h2>${say((l) => rangeText(range, hasYear, l))}</h2>
<div class="cards">${cards}</div></section>`;
}

interface Look {
  readonly unit: PeriodUnit;
  readonly hasYear: boolean;
}

function periodCard({ target, slots, share }: TargetPeriod, look: Look, id: string): Html {
  const series = target.kind === "line" ? LINE_SERIES : ZONE_SERIES;
  const figure = {
    id,
    name: target.name,
    slots,
    series,
    title: (l: Language) => l.texts[TITLES[look.unit]],
    ...labelsOf(look),
  };
  const total = sumTally(slots.map((slot) => slot.tally));
  const doubt = say((l) => `${l.texts.watched} ${l.format.share(share)}`);
  return html`<article class="card target">
<h3 id="${nameId(id)}"><span class="kind">${say((l) => l.texts[target.kind])}</span>${target.name}</h3>
<p class="totals">${series.map((one) => totalOf(one, total))}</p>
${isRepaired(total) ? html`<p class="doubt">${say((l) => qualityText(total, l))}</p>` : undefined}
${share < WELL_WATCHED ? html`<p class="doubt">${doubt}</p>` : undefined}
${chartFigure(figure)}
${dataTable(figure, (l) => l.texts[look.unit])}
</article>`;
}

function totalOf({ role, name, unit, value }: Figure["series"][number], total: Tally): Html {
  const count = html`<b>${say((l) => l.format.count(value(total)))}</b>${say(unit)}`;
  return html`<span class="sum"><i class="swatch ${role}"></i>${say(name)} ${count}</span>`;
}

function labelsOf({ unit, hasYear }: Look): Pick<Figure, "label" | "heading" | "gap"> {
  const gap = ({ from, to }: Gap, l: Language) => rangeText({ from: dateOf(from), to: dayBefore(to) }, hasYear, l);
  if (unit === "month") {
    const month = (slot: Slot, l: Language) => l.format.month(dateOf(slot.start));
    return { label: month, heading: month, gap };
  }
  return {
    label: (slot, l) => l.format.axisDate(dateOf(slot.start), hasYear),
    heading: ({ start, lengthS }, l) => gap({ from: start, to: localAfter(start, lengthS) }, l),
    gap,
  };
}

function rangeText({ from, to }: Gap, hasYear: boolean, { format }: Language): string {
  const first = format.shortDate(from, hasYear);
  return from === to ? first : `${first} – ${format.shortDate(to, hasYear)}`;
}

function dateOf(local: string): string {
  return local.slice(0, 10);
}

function dayBefore(local: string): string {
  return addDays(dateOf(local), -1);
}
