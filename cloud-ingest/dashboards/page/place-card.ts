import { isKnown, type PlaceDay, type PlaceHour } from "../../report/occupancy/place-days.ts";
import { type Html, html } from "../html.ts";
import { type Language, say } from "../text/language.ts";

/** How many people were inside on one day: the numbers, what they stand on, and the hours as a table. */
export function placeCard(day: PlaceDay, id: string): Html {
  const peak = peakOf(day);
  const name = day.door === undefined ? say((l) => l.texts.ofTheStore) : html`${day.door}`;
  const inside =
    peak &&
    html`<div><dt>${say((l) => `${l.texts.inside} · ${l.texts.insidePeak}`)}</dt>
<dd><b>${say((l) => l.format.count(peak.inside))}</b><small class="unit">${say((l) => l.texts.people)}</small> <small class="change">${clockOf(peak)}</small></dd></div>`;
  return html`<article class="card target">
<h3 id="${id}"><span class="kind">${say((l) => l.texts.inside)}</span>${name}</h3>
<dl class="numbers">${inside}<div><dt>${say((l) => l.texts.balance)}</dt><dd><b>${say((l) => signed(day.balance, l))}</b><small class="unit">${say((l) => l.texts.people)}</small></dd></div></dl>
<p class="${isKnown(day) ? "muted" : "doubt"}">${say((l) => noteOf(day, l))}</p>
${hoursTable(day, id)}</article>`;
}

function peakOf(day: PlaceDay): PlaceHour | undefined {
  if (!isKnown(day)) return undefined;
  return day.hours.reduce<PlaceHour | undefined>(
    (most, hour) => (most && most.inside >= hour.inside ? most : hour),
    undefined,
  );
}

function noteOf({ state, driftPerCrossing, balance, ...day }: PlaceDay, { texts, format }: Language): string {
  const drift = format.percent(Math.abs(driftPerCrossing));
  if (state === "gap") return texts.insideGap;
  if (state === "unbalanced") return texts.insideUnbalanced(format.percent(Math.abs(balance) / (day.in + day.out)));
  return state === "running" ? texts.insideRunning(drift) : texts.insideNote(drift);
}

function hoursTable(day: PlaceDay, id: string): Html {
  const heads: readonly ((l: Language) => string)[] = [
    (l) => l.texts.in,
    (l) => l.texts.out,
    (l) => l.texts.insideAsCounted,
    ...(isKnown(day) ? [(l: Language) => l.texts.insideAtEnd] : []),
  ];
  return html`<details class="table" open><summary>${say((l) => l.texts.showTable)}</summary>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table>
<thead><tr><th scope="col">${say((l) => l.texts.hour)}</th>${heads.map((head) => html`<th scope="col">${say(head)}</th>`)}</tr></thead>
<tbody>${day.hours.map((hour) => hourRow(day, hour))}</tbody></table></div></details>`;
}

function hourRow(day: PlaceDay, hour: PlaceHour): Html {
  const note = hour.isRepaired ? html` <small>${say((l) => l.texts.estimated)}</small>` : undefined;
  const inside = isKnown(day) ? html`<td>${say((l) => l.format.count(hour.inside))}</td>` : undefined;
  return html`<tr class="${hour.isRepaired ? "repaired" : "observed"}"><th scope="row">${clockOf(hour)}${note}</th><td>${say((l) => l.format.count(hour.in))}</td><td>${say((l) => l.format.count(hour.out))}</td><td>${say((l) => signed(hour.raw, l))}</td>${inside}</tr>`;
}

const clockOf = ({ start }: PlaceHour) => `${Number(start.slice(11, 13))}:00`;

const signed = (value: number, { format }: Language) => `${value > 0 ? "+" : ""}${format.count(value)}`;
