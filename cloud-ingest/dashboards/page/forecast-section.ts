import { addDays } from "../../calendar.ts";
import type {
  ExpectedDay,
  ForecastView,
  PastDay,
  PlaceCluster,
  PlaceForecast,
} from "../../report/forecast/forecast-view.ts";
import { forecastChart, forecastLegend } from "../chart/forecast-chart.ts";
import { type Html, html } from "../html.ts";
import {
  aheadText,
  type DayNames,
  expectedText,
  newText,
  pastText,
  todayText,
  wordsOf,
} from "../text/forecast-text.ts";
import { type Language, say } from "../text/language.ts";

/** More places than a reader compares; the store comes first. */
const MOST_PLACES = 4;
const MOST_UNUSUAL = 3;

/** What the section has to know beside the numbers. */
export interface ForecastAbout {
  /** The store's date. */
  readonly today: string;
  /** Names of holidays and events by date. */
  readonly namesOf: (date: string) => DayNames;
  /** Name of a door or line. */
  readonly nameOf: (place: string) => string;
}

/** What is expected of the next two weeks and how the last two went; nothing where nothing was foretold. */
export function forecastSection({ places, clusters }: ForecastView, about: ForecastAbout): Html | undefined {
  const shown = places.filter(({ days }) => days.length > 0).slice(0, MOST_PLACES);
  if (shown.length === 0) return undefined;
  const cards = shown.map((place, at) =>
    placeCard(place, { ...about, id: `expected-${at}`, cluster: clusters.find((one) => one.place === place.place) }),
  );
  return html`<section class="expected" id="expected"><h2>${say((l) => wordsOf(l).title)}</h2><p class="muted">${say((l) => wordsOf(l).note)}</p><div class="cards">${cards}</div></section>`;
}

interface CardAbout extends ForecastAbout {
  readonly id: string;
  readonly cluster: PlaceCluster | undefined;
}

function placeCard(place: PlaceForecast, { id, cluster, today, namesOf, nameOf }: CardAbout): Html {
  const name = place.place === "" ? say((l) => l.texts.ofTheStore) : html`${nameOf(place.place)}`;
  const { today: now } = place;
  const next = place.days.find(({ date }) => date === addDays(today, 1));
  const [first] = place.days;
  const basis = first?.basis;
  return html`<article class="card target"><h3 id="${id}-name"><span class="kind">${say((l) => wordsOf(l).title)}</span>${name}</h3>
${now && html`<p><strong>${say((l) => todayText(now, l))}</strong></p>`}
${next && html`<p>${say((l) => aheadText(next, namesOf(next.date), l))}</p>`}
<figure class="chart-still"><figcaption id="${id}"><span class="figure-title">${say((l) => wordsOf(l).chart(l.format.count(place.past.length)))}</span>${forecastLegend()}</figcaption>${forecastChart(place, id)}</figure>
${unusual(place.past)}${cluster && clusterNote(cluster)}
${basis?.borrowed && html`<p class="muted">${say((l) => (first && newText(first, l)) ?? "")}</p>`}
${basis && html`<p class="muted">${say((l) => wordsOf(l).basis(l.format.share(basis.known), l.format.share(basis.repaired)))}</p>`}
${daysTable(place, id)}</article>`;
}

function unusual(past: readonly PastDay[]): Html | undefined {
  const odd = past
    .filter(({ isUsual }) => !isUsual)
    .slice(-MOST_UNUSUAL)
    .reverse();
  if (odd.length === 0) return undefined;
  const items = odd.map((day) => html`<li>${say((l) => pastText(day, l))}</li>`);
  return html`<h4>${say((l) => wordsOf(l).unusualDays)}</h4><ul>${items}</ul>`;
}

function clusterNote(cluster: PlaceCluster): Html | undefined {
  return cluster.clusters > 1 ? html`<p class="muted">${say((l) => clusterText(cluster, l))}</p>` : undefined;
}

function clusterText({ name, clusters, isOdd }: PlaceCluster, language: Language): string {
  const words = wordsOf(language);
  const alike = words.alike(name[language.tag], language.format.count(clusters));
  return isOdd ? [alike, words.odd].join(language.tag === "en" ? " " : "") : alike;
}

function daysTable({ days, past }: PlaceForecast, id: string): Html {
  const rows = [...past.map(pastRow), ...days.map(dayRow)];
  return html`<details class="table" open><summary>${say((l) => l.texts.showTable)}</summary>
<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}-name ${id}"><table>
<thead><tr><th scope="col">${say((l) => l.texts.day)}</th><th scope="col">${say((l) => wordsOf(l).counted)}</th><th scope="col">${say((l) => wordsOf(l).expected)}</th></tr></thead>
<tbody>${rows}</tbody></table></div></details>`;
}

const pastRow = (day: PastDay) =>
  html`<tr><th scope="row">${say((l) => l.format.shortDate(day.date))}</th><td>${say((l) => l.format.count(day.counted))}</td><td>${say((l) => expectedText(day, l))}</td></tr>`;

const dayRow = (day: ExpectedDay) =>
  html`<tr><th scope="row">${say((l) => l.format.shortDate(day.date))}</th><td>–</td><td>${say((l) => expectedText(day, l))}</td></tr>`;
