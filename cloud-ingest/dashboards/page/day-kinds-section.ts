import { addDays } from "../../calendar.ts";
import type { DayKind, DayKinds, KindOfDate } from "../../report/forecast/day-kinds.ts";
import type { ForecastView } from "../../report/forecast/forecast-view.ts";
import { axisOf, dayKindChart } from "../chart/day-kind-chart.ts";
import { type Html, html } from "../html.ts";
import { kindWords } from "../text/day-kind-words.ts";
import { type Language, say } from "../text/language.ts";
import type { ForecastAbout } from "./forecast-section.ts";

const WEEKS = 8;
const MOST_ODD = 5;
/** Colours of the style sheet: `kind-1` to `kind-5`. */
const LOOKS = 5;
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const MONDAY = "2024-01-01";
const WEEK = Array.from({ length: 7 }, (_, day) => day);

/** A kind of day as the page shows it: told by a letter, and a colour beside it. */
interface Look extends DayKind {
  /** The same from run to run. */
  readonly mark: string;
  readonly look: string;
}

type About = Pick<ForecastAbout, "namesOf">;

/** Kinds of days of the store: what each is like, and which the last weeks had. Nothing where nothing is foretold and no run told of kinds. */
export function dayKindsSection({ places, kinds }: ForecastView, about: About): Html | undefined {
  if (!kinds && places.length === 0) return undefined;
  const head = html`<h2>${say((l) => kindWords(l).title)}</h2>`;
  if (!kinds) return html`<section id="kinds">${head}<p class="muted">${say((l) => kindWords(l).none)}</p></section>`;
  const looks = kinds.kinds.map((kind, at): Look => {
    return { ...kind, mark: LETTERS[kind.id - 1] ?? String(kind.id), look: `kind-${(at % LOOKS) + 1}` };
  });
  const note = say((l) => kindWords(l).note(l.format.count(kinds.dates.length), l.format.longDate(kinds.runDate)));
  const single = looks.length === 1 && html`<p>${say((l) => kindWords(l).single)}</p>`;
  return html`<section id="kinds">${head}<p class="muted">${note}</p>${single || undefined}
<div class="cards"><article class="card target">${profiles(looks)}</article><article class="card target">${weeks(kinds, looks)}${oddDays(kinds, looks, about)}</article></div></section>`;
}

function profiles(looks: readonly Look[]): Html {
  const axis = axisOf(looks.map(({ profile }) => profile));
  const items = looks.map((kind) => {
    const id = `kind-${kind.mark}`;
    const chart = kind.profile.length > 0 ? dayKindChart(kind.profile, { axis, look: kind.look, id }) : undefined;
    return html`<li><div id="${id}">${markOf(kind)} <b>${say((l) => kind.name[l.tag])}</b> <span class="muted">${say((l) => kindWords(l).days(l.format.count(kind.days)))}</span><span class="summary muted">${say((l) => busiestText(kind, l))}</span></div>${chart}</li>`;
  });
  return html`<h3 id="kinds-profiles">${say((l) => kindWords(l).profiles)}</h3><ul class="kinds">${items}</ul>${profileTable(looks)}`;
}

const markOf = ({ mark, look }: Look) => html`<i class="mark ${look}">${mark}</i>`;

function busiestText({ profile }: DayKind, language: Language): string {
  const most = Math.max(...profile);
  return profile.length === 0
    ? ""
    : kindWords(language).busiest(clock(profile.indexOf(most)), language.format.count(most));
}

const clock = (hour: number) => `${hour}:00`;

function profileTable(looks: readonly Look[]): Html {
  const heads = looks.map((kind) => html`<th scope="col">${kind.mark} ${say((l) => kind.name[l.tag])}</th>`);
  const rows = HOURS.map((hour) => {
    const cells = looks.map(({ profile }) => html`<td>${say((l) => numberText(profile[hour], l))}</td>`);
    return html`<tr><th scope="row">${clock(hour)}</th>${cells}</tr>`;
  });
  return html`<details class="table" open><summary>${say((l) => l.texts.showTable)}</summary><div class="scroll" tabindex="0" role="region" aria-labelledby="kinds-profiles"><table>
<thead><tr><th scope="col">${say((l) => kindWords(l).hour)}</th>${heads}</tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

const numberText = (value: number | undefined, { format }: Language) =>
  value === undefined ? "–" : format.count(value);

/** The last weeks as a calendar that is a table: each date with the letter and colour of its kind. */
function weeks({ runDate, dates }: DayKinds, looks: readonly Look[]): Html {
  const byDate = new Map(dates.map((one) => [one.date, one]));
  const monday = addDays(runDate, -((new Date(runDate).getUTCDay() + 6) % 7));
  const rows = Array.from({ length: WEEKS }, (_, back) => addDays(monday, 7 * (back - WEEKS + 1))).map((first) => {
    const cells = WEEK.map((day) => addDays(first, day)).map((date) =>
      cellOf(date, { runDate, looks, of: byDate.get(date) }),
    );
    return html`<tr><th scope="row">${say((l) => l.format.axisDate(first))}</th>${cells}</tr>`;
  });
  const heads = WEEK.map((day) => html`<th scope="col">${say((l) => l.format.weekday(addDays(MONDAY, day)))}</th>`);
  return html`<h3 id="kinds-weeks">${say((l) => kindWords(l).weeks(l.format.count(WEEKS)))}</h3>
<table class="weeks" aria-labelledby="kinds-weeks"><thead><tr><th scope="col"><span class="unseen">${say((l) => kindWords(l).week)}</span></th>${heads}</tr></thead><tbody>${rows}</tbody></table>
<p class="muted keys">${looks.map((kind) => html`<span>${markOf(kind)} ${say((l) => kind.name[l.tag])}</span> `)}<span><i class="mark odd">*</i> ${say((l) => kindWords(l).differs)}</span> <span><i class="mark">–</i> ${say((l) => kindWords(l).noKind)}</span></p>`;
}

interface Cell {
  readonly runDate: string;
  readonly looks: readonly Look[];
  readonly of: KindOfDate | undefined;
}

function cellOf(date: string, { runDate, looks, of }: Cell): Html {
  if (date > runDate) return html`<td></td>`;
  const kind = looks.find(({ id }) => id === of?.kind);
  const day = html`<small>${say((l) => l.format.dayOfMonth(date))}</small>`;
  if (!of || !kind) return html`<td><i class="mark">–</i>${day}</td>`;
  return html`<td><i class="mark ${kind.look}${of.isOdd ? " odd" : ""}">${kind.mark}${of.isOdd ? "*" : ""}</i>${day}</td>`;
}

function oddDays({ dates }: DayKinds, looks: readonly Look[], { namesOf }: About): Html | undefined {
  const odd = dates.filter(({ isOdd }) => isOdd);
  if (odd.length === 0) return undefined;
  const items = odd
    .slice(-MOST_ODD)
    .reverse()
    .map(({ date, kind }) => {
      const own = looks.find(({ id }) => id === kind);
      const { holiday, event } = namesOf(date);
      const names = [holiday, event].filter((name) => name !== undefined);
      return html`<li>${own && markOf(own)} ${say((l) => kindWords(l).told(l.format.longDate(date), [own?.name[l.tag] ?? "", ...names]))}</li>`;
    });
  const more = odd.length - items.length;
  const rest =
    more > 0 ? html`<p class="muted">${say((l) => kindWords(l).moreDays(l.format.count(more)))}</p>` : undefined;
  return html`<h4>${say((l) => kindWords(l).oddDays)}</h4><ul class="odd-days">${items}</ul>${rest}`;
}
