import type { DateRange } from "../../calendar.ts";
import type { QualityScores } from "../../report/quality-scores.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import { type Html, html } from "../html.ts";
import { inBoth, say } from "../text/language.ts";
import { pageShell } from "./page-shell.ts";

/** Some hours of the date are not believed. */
const DOUBTED = 0.995;
/** A tenth of it and more. */
const LOW = 0.9;

export interface QualityPage {
  readonly store: StoreInfo;
  readonly range: DateRange;
  readonly scores: QualityScores;
  /** Address of the store's page. */
  readonly back: string;
}

/** For who looks after the devices: how far the counts of each can be believed, date by date. */
export function renderQualityPage({ store, range, scores, back }: QualityPage): string {
  const body = html`<header><div class="bar"><span class="brand">Kazoe <small>数え</small></span><a class="back" href="${back}">${store.name}</a><span class="tools">
<button type="button" id="language" class="tool"><span lang="ja">English</span><span lang="en">日本語</span></button></span></div>
<h1>${say((l) => l.texts.scores)}</h1><p class="lead">${say((l) => l.texts.scoresNote)}</p></header>
<main>${periodForm(range)}${leftOut(scores)}${scores.devices.length > 0 ? scoreTable(scores) : html`<p class="card">${say((l) => l.texts.noScores)}</p>`}</main>`;
  return pageShell({ title: inBoth((l) => `${store.name} · ${l.texts.scores}`), body, hasCharts: false });
}

function periodForm({ from, to }: DateRange): Html {
  return html`<form class="dates" method="get">
<label>${say((l) => l.texts.from)} <input type="date" name="from" required value="${from}"></label>
<label>${say((l) => l.texts.to)} <input type="date" name="to" required value="${to}"></label>
<button class="tool">${say((l) => l.texts.show)}</button></form>`;
}

function leftOut({ devices, devicesLeft }: QualityScores): Html | undefined {
  if (devicesLeft === 0) return undefined;
  const told = say((l) => l.texts.scoresLeft(l.format.count(devices.length), l.format.count(devicesLeft)));
  return html`<p class="warning" role="status">${told}</p>`;
}

function scoreTable({ dates, store, storeMean, devices }: QualityScores): Html {
  const heads = devices.map(({ deviceId }) => html`<th scope="col">${deviceId}</th>`);
  const means = devices.map(({ mean }) => cell(mean));
  const rows = dates.map(
    (date, at) =>
      html`<tr><th scope="row">${say((l) => l.format.shortDate(date, true))}</th>${cell(store[at])}${devices.map(({ scores }) => cell(scores[at]))}</tr>`,
  );
  return html`<section class="card"><div class="scroll" tabindex="0" role="region" aria-labelledby="scores"><table class="scores">
<caption id="scores" class="unseen">${say((l) => l.texts.scores)}</caption>
<thead><tr><th scope="col">${say((l) => l.texts.day)}</th><th scope="col">${say((l) => l.texts.ofTheStore)}</th>${heads}</tr></thead>
<tbody><tr><th scope="row">${say((l) => l.texts.mean)}</th>${cell(storeMean)}${means}</tr>${rows}</tbody></table></div></section>`;
}

/** Rounded down: 99.6 % is not all. The colour says nothing that the number does not. */
function cell(score: number | undefined): Html {
  if (score === undefined) return html`<td>–</td>`;
  const look = score < LOW ? "low" : score < DOUBTED ? "doubted" : "";
  return html`<td class="${look}">${say((l) => l.format.share(score))}</td>`;
}
