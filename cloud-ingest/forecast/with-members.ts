import type { Champion, SeriesChampion } from "./port.ts";

/** The same champion with these members: who is new has no weight, and the weight of who is gone goes to the others in their proportion. */
export function withMembers(champion: Champion, names: readonly string[]): Champion {
  if (names.join("\n") === champion.memberNames.join("\n")) return champion;
  const places = names.map((name) => champion.memberNames.indexOf(name));
  const aligned = (series: SeriesChampion): SeriesChampion => ({
    ...series,
    weights: series.weights.map((group) => shares(places.map((place) => group[place] ?? 0))),
  });
  const series = Object.entries(champion.series).map(([name, own]): [string, SeriesChampion] => [name, aligned(own)]);
  return {
    ...champion,
    memberNames: names,
    members: Object.fromEntries(names.map((name) => [name, champion.members[name] ?? null])),
    series: Object.fromEntries(series),
    pooled: aligned(champion.pooled),
  };
}

function shares(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length));
}
