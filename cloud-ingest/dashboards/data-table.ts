import { type Figure, stateNote, watchedShare } from "./chart-figure.ts";
import { type Html, html } from "./html.ts";
import { type Language, say } from "./language.ts";
import { isWatched, type Slot } from "./slots.ts";

/** The numbers of a chart as a table, folded away until somebody asks for it. */
export function dataTable(figure: Figure, head: (language: Language) => string): Html {
  const columns = figure.series.map((series) => html`<th scope="col">${say(series.name)}</th>`);
  return html`<details class="table"><summary>${say((l) => l.texts.showTable)}</summary>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${figure.id}"><table>
<thead><tr><th scope="col">${say(head)}</th>${columns}<th scope="col">${say((l) => l.texts.watched)}</th></tr></thead>
<tbody>${figure.slots.map((slot) => rowOf(figure, slot))}</tbody></table></div></details>`;
}

function rowOf(figure: Figure, slot: Slot): Html {
  const heading = html`<th scope="row">${say((l) => figure.heading(slot, l))}</th>`;
  if (!isWatched(slot)) {
    const note = say((l) => stateNote(slot, l));
    return html`<tr class="${slot.state}">${heading}<td class="note" colspan="${figure.series.length + 1}">${note}</td></tr>`;
  }
  const cells = figure.series.map(({ value }) => html`<td>${say((l) => l.format.count(value(slot.tally)))}</td>`);
  return html`<tr>${heading}${cells}<td>${say((l) => l.format.share(watchedShare(slot)))}</td></tr>`;
}
