import { isWatched, type Slot, watchedShare } from "../../report/slots.ts";
import { type Figure, nameId, stateNote } from "../chart/chart-figure.ts";
import { type Html, html } from "../html.ts";
import { type Language, say } from "../text/language.ts";

/** The numbers of a chart as a table; open for readers without script, else folded away until somebody asks for it. */
export function dataTable(figure: Figure, head: (language: Language) => string): Html {
  const columns = figure.series.map(
    ({ name, unit }) => html`<th scope="col">${say((l) => l.texts.column(name(l), unit(l).trim()))}</th>`,
  );
  return html`<details class="table" open><summary>${say((l) => l.texts.showTable)}<span class="unseen"> ${figure.name}</span></summary>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${nameId(figure.id)} ${figure.id}"><table>
<caption class="unseen">${figure.name}: ${say(figure.title)}</caption>
<thead><tr><th scope="col">${say(head)}</th>${columns}<th scope="col">${say((l) => l.texts.watched)}</th></tr></thead>
<tbody>${figure.slots.map((slot) => rowOf(figure, slot))}</tbody></table></div></details>`;
}

function rowOf(figure: Figure, slot: Slot): Html {
  const name = say((l) => figure.heading(slot, l));
  const note = say((l) => stateNote(slot, l));
  if (!isWatched(slot)) {
    const width = figure.series.length + 1;
    return html`<tr class="${slot.state}"><th scope="row">${name}</th><td class="note" colspan="${width}">${note}</td></tr>`;
  }
  const cells = figure.series.map(({ value }) => html`<td>${say((l) => l.format.count(value(slot.tally)))}</td>`);
  const share = say((l) => l.format.share(watchedShare([slot])));
  return html`<tr class="${slot.state}"><th scope="row">${name} <small>${note}</small></th>${cells}<td>${share}</td></tr>`;
}
