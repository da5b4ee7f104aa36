import type { PlaceForecast } from "../../report/forecast/forecast-view.ts";
import { type Html, html } from "../html.ts";
import { wordsOf } from "../text/forecast-text.ts";
import { say } from "../text/language.ts";
import { peopleAxis } from "./people-axis.ts";

const WIDTH = 420;
const HEIGHT = 190;
const MARGIN = { right: 8, top: 10, bottom: 30 };
/** Between an axis and what stands beside it. */
const SPACE = 6;
/** Of a narrow page, where letters are largest beside the picture. */
const FONT_SIZE = 14;
const LABELS = 6;
const LINES = 4;

interface Point {
  readonly date: string;
  readonly yhat: number;
  readonly lo80: number;
  readonly hi80: number;
  readonly counted?: number;
}

/**
 * Two weeks that are over and two to come: the range as a band, what is expected as a line, what was counted as dots, so that none of them needs
 * a colour to be told. Drawn here and not by the browser: it is on paper and without scripts as well.
 */
export function forecastChart(place: PlaceForecast, id: string): Html {
  const points: readonly Point[] = [...place.past, ...place.days];
  const top = Math.max(4, ...points.flatMap(({ hi80, counted = 0 }) => [hi80, counted]));
  const { most, levels, width } = peopleAxis(top, { lines: LINES, fontSize: FONT_SIZE });
  const left = width + SPACE;
  const inner = { width: WIDTH - left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const x = (at: number) => round(left + ((at + 0.5) / points.length) * inner.width);
  const y = (people: number) => round(MARGIN.top + inner.height * (1 - people / most));
  const line = points.map(({ yhat }, at) => `${x(at)},${y(yhat)}`).join(" ");
  const band = [
    ...points.map(({ hi80 }, at) => `${x(at)},${y(hi80)}`),
    ...points.map(({ lo80 }, at) => `${x(at)},${y(lo80)}`).reverse(),
  ].join(" ");
  const now = place.past.length;
  return html`<svg class="forecast" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}">
${levels.map(({ people, text }) => html`<line class="grid" x1="${left}" x2="${WIDTH - MARGIN.right}" y1="${y(people)}" y2="${y(people)}"/><text x="${left - SPACE}" y="${y(people) + 4}" text-anchor="end">${text}</text>`)}
<polygon class="band" points="${band}"/><polyline class="expected" points="${line}"/>
${now > 0 && now < points.length ? html`<line class="now" x1="${round((x(now - 1) + x(now)) / 2)}" x2="${round((x(now - 1) + x(now)) / 2)}" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}"/>` : undefined}
${points.map(({ counted }, at) => (counted === undefined ? undefined : html`<circle class="counted" cx="${x(at)}" cy="${y(counted)}" r="3"/>`))}
${labelled(points).map(({ date }) => html`<text x="${x(points.findIndex((one) => one.date === date))}" y="${HEIGHT - 6}" text-anchor="middle">${Number(date.slice(5, 7))}/${Number(date.slice(8, 10))}</text>`)}
</svg>`;
}

/** What the picture's parts mean. */
export function forecastLegend(): Html {
  return html`<span class="legend"><span class="key"><i class="swatch dot"></i>${say((l) => wordsOf(l).counted)}</span><span class="key"><i class="swatch stroke"></i>${say((l) => wordsOf(l).expected)}</span><span class="key"><i class="swatch band"></i>${say((l) => wordsOf(l).interval)}</span></span>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

function labelled(points: readonly Point[]): readonly Point[] {
  const every = Math.max(1, Math.ceil(points.length / LABELS));
  return points.filter((_, at) => at % every === 0);
}
