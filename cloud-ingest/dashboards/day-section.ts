import type { Coverage } from "./coverage.ts";
import { type Html, html } from "./html.ts";
import { say } from "./language.ts";
import type { StoreDay } from "./store-days.ts";
import { targetCard } from "./target-card.ts";

const SHORT_S = 600;

/** Buttons to go from day to day; nothing when there is one day only. */
export function dayChooser(days: readonly StoreDay[], chosen: string): Html | undefined {
  if (days.length < 2) return undefined;
  return html`<nav class="days" aria-labelledby="choose-day"><h2 id="choose-day" class="unseen">${say((l) => l.texts.chooseDay)}</h2>${days.map(
    (day) => dayButton(day, day.date === chosen),
  )}</nav>`;
}

function dayButton(day: StoreDay, isChosen: boolean): Html {
  const kind = day.targets.length === 0 ? "empty" : "";
  return html`<button type="button" class="${kind}" data-day="${day.date}" aria-pressed="${String(isChosen)}">
<small>${say((l) => (day.isToday ? l.texts.today : l.format.weekday(day.date)))}</small><b>${say((l) =>
    l.format.dayOfMonth(day.date),
  )}</b><span class="unseen">${say((l) => l.format.longDate(day.date))}</span></button>`;
}

/** Everything that a page says about one business date. */
export function daySection(day: StoreDay, isChosen: boolean): Html {
  const soFar = day.isToday ? html` <small>${say((l) => l.texts.soFar)}</small>` : undefined;
  return html`<section class="day ${isChosen ? "chosen" : ""}" data-day="${day.date}">
<h2>${say((l) => l.format.longDate(day.date))}${soFar}</h2>
${day.targets.length > 0 ? dayCards(day) : html`<p class="card">${say((l) => l.texts.emptyDay)}</p>`}
</section>`;
}

function dayCards(day: StoreDay): Html {
  const cards = day.targets.map((target, index) => targetCard(target, `day-${day.date}-${index}`));
  return html`<div class="cards">${cards}${qualityCard(day.coverage)}</div>`;
}

function qualityCard(coverage: readonly Coverage[]): Html {
  return html`<article class="card quality"><h3>${say((l) => l.texts.quality)}</h3>
<p class="muted">${say((l) => l.texts.qualityNote)}</p>
<ul class="rows">${coverage.map(coverageRow)}</ul></article>`;
}

function coverageRow({ camera, observedS, share, from, to }: Coverage): Html {
  const clock = (local: string) => clockOf(local, observedS < SHORT_S);
  const text = say((l) => l.texts.watchedBetween(l.format.duration(observedS), clock(from), endOf(clock(to))));
  return html`<li><span class="name">${camera}</span><b>${say((l) => l.format.share(share))}</b>
<progress max="1" value="${share.toFixed(4)}" aria-label="${camera}"></progress><span class="muted">${text}</span></li>`;
}

function clockOf(local: string, hasSeconds: boolean): string {
  return local.slice(11, hasSeconds ? 19 : 16);
}

// Midnight at the end of a day reads better as 24:00.
function endOf(time: string): string {
  return time === "00:00" ? "24:00" : time;
}
