import { addDays, wallClock } from "../calendar.ts";
import { dayChooser, daySection } from "./day-section.ts";
import { devicesSection, deviceWarning } from "./devices-section.ts";
import { type Html, html } from "./html.ts";
import { inBoth, say } from "./language.ts";
import { pageShell } from "./page-shell.ts";
import { periodOf } from "./period.ts";
import { periodSection } from "./period-section.ts";
import { type StoreDay, storeDaysOf } from "./store-days.ts";
import type { StorePageData } from "./store-page-data.ts";

const NOON = "12:00:00";

/** A store's page: one HTML document that needs no network. */
export function renderStorePage(data: StorePageData): string {
  const days = storeDaysOf(data);
  const period = periodOf(data);
  const title = inBoth((l) => `${data.store.name} · ${l.texts.visitors}`);
  const hasCharts = days.length > 0 || period !== undefined;
  const main = hasCharts ? html`${dayPart(days, data)}${period && periodSection(period)}` : emptyState();
  const body = html`${pageHeader(data)}<main>${deviceWarning(data)}${periodForm(data)}${main}${devicesSection(data)}</main>${pageFooter(data)}`;
  return pageShell({ title, body, hasCharts });
}

function dayPart(days: readonly StoreDay[], data: StorePageData): Html {
  const chosen = chosenDay(days, data);
  return html`${dayChooser(days, chosen)}${days.map((day) => daySection(day, day.date === chosen))}`;
}

// Before noon a manager wants the day that is complete.
function chosenDay(days: readonly StoreDay[], { store, generatedAt }: StorePageData): string {
  const now = wallClock(store.timeZone)(generatedAt.getTime());
  const yesterday = addDays(now.slice(0, 10), -1);
  const hasYesterday = days.some((day) => day.date === yesterday && day.targets.length > 0);
  return now.slice(11) < NOON && hasYesterday ? yesterday : (days.at(-1)?.date ?? "");
}

function pageHeader({ store, generatedAt, links }: StorePageData): Html {
  const now = wallClock(store.timeZone)(generatedAt.getTime());
  const back = links?.index && html`<a class="back" href="${links.index}">${say((l) => l.texts.allStores)}</a>`;
  return html`<header><div class="bar"><span class="brand">Kazoe <small>数え</small></span>${back}<span class="tools">
<button type="button" id="print" class="tool">${say((l) => l.texts.print)}</button>
<button type="button" id="language" class="tool"><span lang="ja">English</span><span lang="en">日本語</span></button></span></div>
<h1>${store.name}</h1>
<p class="muted">${say((l) => l.texts.asOf(l.format.localTime(now)))} · ${say((l) => l.texts.storeTime(store.timeZone))}</p></header>`;
}

function periodForm({ range, links }: StorePageData): Html | undefined {
  if (!links?.hasPeriodForm) return undefined;
  return html`<form class="dates" method="get">
<label>${say((l) => l.texts.from)} <input type="date" name="from" required value="${range.from}"></label>
<label>${say((l) => l.texts.to)} <input type="date" name="to" required value="${range.to}"></label>
<button class="tool">${say((l) => l.texts.show)}</button></form>`;
}

function emptyState(): Html {
  const steps = inBoth((l) => l.texts.emptySteps);
  const items = steps.ja.map((_, index) => html`<li>${say((l) => l.texts.emptySteps[index] ?? "")}</li>`);
  return html`<section class="card empty"><h2>${say((l) => l.texts.emptyTitle)}</h2>
<p>${say((l) => l.texts.emptyLead)}</p><ul>${items}</ul></section>`;
}

function pageFooter({ links }: StorePageData): Html {
  const csv = links && html`<a class="tool" href="${links.csv}" download>${say((l) => l.texts.csv)}</a>`;
  return html`<footer>${csv}<p class="muted">${say((l) => l.texts.privacy)}</p></footer>`;
}
