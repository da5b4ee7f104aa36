import { addDays } from "../../calendar.ts";
import { periodOf } from "../../report/period.ts";
import { type StoreDay, storeDaysOf } from "../../report/store-days.ts";
import { StoreHours } from "../../report/store-hours.ts";
import type { StoreReport } from "../../report/store-report.ts";
import { type Html, html } from "../html.ts";
import { inBoth, type Language, say } from "../text/language.ts";
import { dayKindsSection } from "./day-kinds-section.ts";
import { dayChooser, daySection, hasCounts } from "./day-section.ts";
import { devicesSection, deviceWarning } from "./devices-section.ts";
import { forecastSection } from "./forecast-section.ts";
import type { PageLinks } from "./page-links.ts";
import { pageShell } from "./page-shell.ts";
import { periodSection } from "./period-section.ts";
import { zonesSection } from "./zones-section.ts";

const NOON = "12:00:00";

/** A damaged file hides three dates. */
const DATES_NAMED = 6;

/** A store's page: one HTML document that needs no network. */
export function renderStorePage(data: StoreReport, links?: PageLinks): string {
  const hours = new StoreHours(data);
  const days = storeDaysOf(data, hours);
  const period = periodOf(data, hours);
  const title = inBoth((l) => `${data.store.name} · ${l.texts.visitors}`);
  const hasCharts = days.some(hasCounts) || period !== undefined;
  const hasToday = data.range.to >= hours.today;
  const dayPart = days.length > 0 ? daysPart(days, hours) : emptyState();
  const periodPart = html`${periodForm(data, links)}${period && periodSection(period, hours.today.slice(0, 4))}`;
  const expected = hasToday ? expectedPart(data, hours) : undefined;
  const main = hasToday ? html`${dayPart}${expected}${periodPart}` : html`${periodPart}${dayPart}`;
  const body = html`${pageHeader(data, hours, links)}<main>${hasToday ? deviceWarning(data) : undefined}${rawNote(links)}${leftOut(hours)}${unreadable(data)}${main}${devicesSection(data, links)}</main>${pageFooter(links)}`;
  const isLive = hasToday && links?.hasPeriodForm === true;
  return pageShell({ title, body, hasCharts, made: { at: data.generatedAt, isLive } });
}

function expectedPart({ forecast, premises }: StoreReport, { today, targets }: StoreHours): Html | undefined {
  if (!forecast) return undefined;
  const names = new Map(targets.map(({ key, name }) => [key, name]));
  const nameOf = (place: string) => names.get(`line/${place}`) ?? place;
  const about = { today, nameOf, namesOf: (date: string) => premises?.names?.(date) ?? {} };
  const zoneNameOf = (place: string) => names.get(`zone/${place}`) ?? place;
  return html`${forecastSection(forecast, about)}${dayKindsSection(forecast, about)}${zonesSection(forecast, zoneNameOf)}`;
}

function daysPart(days: readonly StoreDay[], hours: StoreHours): Html {
  const chosen = chosenDay(days, hours);
  return html`${dayChooser(days, chosen)}${days.map((day) => daySection(day, day.date === chosen))}`;
}

// Before noon a manager wants the day that is complete.
function chosenDay(days: readonly StoreDay[], { nowLocal, today }: StoreHours): string {
  const yesterday = addDays(today, -1);
  const hasYesterday = days.some((day) => day.date === yesterday && hasCounts(day));
  return nowLocal.slice(11) < NOON && hasYesterday ? yesterday : (days.at(-1)?.date ?? "");
}

function pageHeader({ store }: StoreReport, { nowLocal, countedUpTo }: StoreHours, links?: PageLinks): Html {
  const back = links?.index && html`<a class="back" href="${links.index}">${say((l) => l.texts.allStores)}</a>`;
  const upTo = countedUpTo && html` · ${say((l) => l.texts.countsUpTo(l.format.localTime(countedUpTo)))}`;
  const note = store.note === undefined ? undefined : html`<p class="note">${store.note}</p>`;
  return html`<header><div class="bar"><span class="brand">Kazoe <small>数え</small></span>${back}<span class="tools">
<button type="button" id="print" class="tool">${say((l) => l.texts.print)}</button>
<button type="button" id="language" class="tool"><span lang="ja">English</span><span lang="en">日本語</span></button></span></div>
<h1>${store.name}</h1><p class="lead">${say((l) => l.texts.lead)}</p>${note}
<p class="muted">${say((l) => l.texts.asOf(l.format.localTime(nowLocal)))}${upTo} · ${say((l) => l.texts.storeTime(store.timeZone))}</p>
<p class="warning" id="age" hidden>${say((l) => l.texts.oldPage("{age}"))}</p></header>`;
}

function periodForm({ range }: StoreReport, links?: PageLinks): Html | undefined {
  if (!links?.hasPeriodForm) return undefined;
  const raw = links.otherValues?.isRaw ? html`<input type="hidden" name="values" value="raw">` : undefined;
  return html`<form class="dates" method="get">${raw}
<label>${say((l) => l.texts.from)} <input type="date" name="from" required value="${range.from}"></label>
<label>${say((l) => l.texts.to)} <input type="date" name="to" required value="${range.to}"></label>
<button class="tool">${say((l) => l.texts.show)}</button></form>`;
}

function rawNote(links?: PageLinks): Html | undefined {
  if (!links?.otherValues?.isRaw) return undefined;
  return html`<p class="warning" role="status">${say((l) => l.texts.rawShown)}</p>`;
}

function leftOut({ targets, targetsLeft }: StoreHours): Html | undefined {
  if (targetsLeft === 0) return undefined;
  const told = say((l) => l.texts.targetsLeft(l.format.count(targets.length), l.format.count(targetsLeft)));
  return html`<p class="warning" role="status">${told}</p>`;
}

function unreadable({ unreadable: dates }: StoreReport): Html | undefined {
  if (dates.length === 0) return undefined;
  const named = ({ texts, format }: Language) => [
    ...dates.slice(0, DATES_NAMED).map((date) => format.shortDate(date, true)),
    ...(dates.length > DATES_NAMED ? [texts.more(format.count(dates.length - DATES_NAMED))] : []),
  ];
  return html`<p class="warning" role="status">${say((l) => l.texts.unreadable(named(l).join(l.texts.comma)))}</p>`;
}

function emptyState(): Html {
  const steps = inBoth((l) => l.texts.emptySteps);
  const items = steps.ja.map((_, index) => html`<li>${say((l) => l.texts.emptySteps[index] ?? "")}</li>`);
  return html`<section class="card empty"><h2>${say((l) => l.texts.emptyTitle)}</h2>
<p>${say((l) => l.texts.emptyLead)}</p><ul>${items}</ul></section>`;
}

function pageFooter(links?: PageLinks): Html {
  const csv = links && html`<a class="tool" href="${links.csv}" download>${say((l) => l.texts.csv)}</a>`;
  const inside =
    links?.occupancyCsv &&
    html`<a class="tool" href="${links.occupancyCsv}" download>${say((l) => l.texts.occupancyCsv)}</a>`;
  const other = links?.otherValues;
  const switching =
    other &&
    html`<a class="tool" href="${other.href}">${say((l) => (other.isRaw ? l.texts.showClean : l.texts.showRaw))}</a>`;
  return html`<footer>${csv} ${inside} ${switching}<p class="muted">${say((l) => l.texts.privacy)}</p></footer>`;
}
