import type { CameraDay, StoreDay } from "../../report/store-days.ts";
import { isRepaired } from "../../report/tally.ts";
import { gapText } from "../chart/chart-figure.ts";
import { type Html, html } from "../html.ts";
import { clockRange } from "../text/clock-text.ts";
import { say } from "../text/language.ts";
import { placeCard } from "./place-card.ts";
import { targetCard } from "./target-card.ts";

/** Buttons to go from day to day; nothing when there is one day only. */
export function dayChooser(days: readonly StoreDay[], chosen: string): Html | undefined {
  if (days.length < 2) return undefined;
  return html`<nav class="days" aria-labelledby="choose-day"><h2 id="choose-day" class="unseen">${say((l) => l.texts.chooseDay)}</h2>${days.map(
    (day) => dayButton(day, day.date === chosen),
  )}</nav>`;
}

function dayButton(day: StoreDay, isChosen: boolean): Html {
  const kind = hasCounts(day) ? "" : "empty";
  return html`<button type="button" class="${kind}" data-day="${day.date}" aria-pressed="${String(isChosen)}">
<small>${say((l) => (day.isToday ? l.texts.today : l.format.weekday(day.date)))}</small><b>${say((l) =>
    l.format.dayOfMonth(day.date),
  )}</b><span class="unseen">${say((l) => l.format.longDate(day.date))}</span></button>`;
}

/** True when some line or zone was watched on the day, or it is estimated what it would have counted. */
export function hasCounts(day: StoreDay): boolean {
  return day.targets.some(({ coverage, total }) => coverage.seen !== undefined || isRepaired(total));
}

/** Everything that a page says about one business date. */
export function daySection(day: StoreDay, isChosen: boolean): Html {
  const soFar = day.isToday ? html` <small>${say((l) => l.texts.soFar)}</small>` : undefined;
  return html`<section class="day ${isChosen ? "chosen" : ""}" data-day="${day.date}">
<h2>${say((l) => l.format.longDate(day.date))}${soFar}</h2>
${hasCounts(day) ? dayCards(day) : emptyDay(day)}
</section>`;
}

function dayCards(day: StoreDay): Html {
  const cards = day.targets.map((target, index) => targetCard(target, `day-${day.date}-${index}`));
  const places = day.places.map((place, index) => placeCard(place, `place-${day.date}-${index}`));
  return html`<div class="cards">${cards}${places}${qualityCard(day)}</div>`;
}

function emptyDay(day: StoreDay): Html {
  const quality = day.cameras.some(({ dueS }) => dueS > 0) ? qualityCard(day) : undefined;
  return html`<p class="card">${say((l) => l.texts.emptyDay)}</p>${quality}`;
}

function qualityCard({ cameras }: StoreDay): Html {
  return html`<article class="card quality"><h3>${say((l) => l.texts.quality)}</h3>
<p class="muted">${say((l) => l.texts.qualityNote)}</p>
<ul class="rows">${cameras.map(cameraRow)}</ul></article>`;
}

function cameraRow({ camera, observedS, share, seen, gaps }: CameraDay): Html {
  const text = say((l) => {
    if (!seen) return l.texts.noDataAllDay;
    const watched = l.texts.watchedBetween(l.format.duration(observedS), clockRange(seen));
    return [watched, gapText({ gaps, gap: clockRange }, l)].join(l.tag === "en" ? " " : "").trim();
  });
  return html`<li><span class="name">${camera}</span><b>${say((l) => l.format.share(share))}</b>
<progress max="1" value="${share.toFixed(4)}" aria-label="${camera}"></progress><span class="muted">${text}</span></li>`;
}
