import { groupBy } from "../../group-by.ts";
import type { ForecastView, PlaceCluster } from "../../report/forecast/forecast-view.ts";
import { type Html, html } from "../html.ts";
import { kindWords } from "../text/day-kind-words.ts";
import { type Language, say } from "../text/language.ts";

/** The zones of a store that are used alike; nothing where they are all of one kind. */
export function zonesSection({ zones = [] }: ForecastView, nameOf: (place: string) => string): Html | undefined {
  const groups = [...groupBy(zones, ({ cluster }): string => String(cluster))].sort(
    ([a], [b]) => Number(a) - Number(b),
  );
  if (groups.length < 2) return undefined;
  const items = groups.map(([, own]) => {
    const members = own.map((zone) => html`<li>${say((l) => memberText(zone, nameOf(zone.place), l))}</li>`);
    return html`<article class="card target"><h3><span class="kind">${say((l) => l.texts.zone)}</span>${say((l) => own[0]?.name[l.tag] ?? "")}</h3><ul>${members}</ul></article>`;
  });
  return html`<section id="zones"><h2>${say((l) => kindWords(l).zones)}</h2><p class="muted">${say((l) => kindWords(l).zonesNote)}</p><div class="cards">${items}</div></section>`;
}

function memberText({ isOdd, hasMoved }: PlaceCluster, name: string, language: Language): string {
  const words = kindWords(language);
  return words.told(name, [...(isOdd ? [words.differs] : []), ...(hasMoved ? [words.moved] : [])]);
}
