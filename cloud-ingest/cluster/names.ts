// biome-ignore-all lint/style/noNonNullAssertion: a numeric folder, as those of the edge (style 15).
import { HOURS_OF_WEEK } from "./closed-hours.ts";

/** A name in both languages. */
export interface Name {
  readonly en: string;
  readonly ja: string;
}

interface Trait extends Name {
  /** Whether an hour of the week (weekday 0 = Monday) belongs to it. */
  readonly has: (weekday: number, hour: number) => boolean;
}

const isWorkday = (weekday: number) => weekday < 5;

/** What tells one week from another, said as people in shops say it. */
const TRAITS: readonly Trait[] = [
  { en: "weekend", ja: "週末", has: (weekday) => !isWorkday(weekday) },
  { en: "weekday", ja: "平日", has: isWorkday },
  {
    en: "commuter",
    ja: "通勤",
    has: (weekday, hour) => isWorkday(weekday) && ((hour >= 6 && hour < 9) || (hour >= 17 && hour < 19)),
  },
  { en: "morning", ja: "朝", has: (_, hour) => hour >= 5 && hour < 10 },
  { en: "lunchtime", ja: "昼", has: (_, hour) => hour >= 11 && hour < 14 },
  { en: "afternoon", ja: "午後", has: (_, hour) => hour >= 14 && hour < 17 },
  { en: "evening", ja: "夕方", has: (_, hour) => hour >= 17 && hour < 21 },
  { en: "night", ja: "夜", has: (_, hour) => hour >= 21 || hour < 5 },
];
/** A trait that stands out by less is not said. */
const WORTH_SAYING = 0.5;
const MOST_TRAITS = 3;

/**
 * A name for each cluster from what its mean week has more of than the mean of all, in standard deviations of the points: one trait,
 * more where clusters would share a name, a number where that is not enough.
 * @param centroids square roots of shares, 168 long
 * @param profiles those of the series
 */
export function weekNames(centroids: readonly (readonly number[])[], profiles: readonly (readonly number[])[]): Name[] {
  const shares = profiles.map(traitShares);
  const [means, deviations] = [0, 1].map((which) =>
    TRAITS.map((_, trait) => {
      const values = shares.map((share) => share[trait]!);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      if (which === 0) return mean;
      return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    }),
  ) as [number[], number[]];
  const ranked = centroids.map((centroid) =>
    traitShares(centroid)
      .map((share, trait) => ({
        trait: TRAITS[trait]!,
        by: deviations[trait]! > 1e-9 ? (share - means[trait]!) / deviations[trait]! : 0,
      }))
      .filter(({ by }) => by >= WORTH_SAYING)
      .sort((a, b) => b.by - a.by)
      .map(({ trait }) => trait),
  );
  for (let length = 1; length <= MOST_TRAITS; length++) {
    const names = ranked.map((traits) => joined(traits.slice(0, length)));
    if (new Set(names.map(({ en }) => en)).size === names.length) return names;
  }
  return numbered(ranked.map((traits) => joined(traits.slice(0, 1))));
}

function traitShares(profile: readonly number[]): number[] {
  const total = profile.reduce((sum, root) => sum + root ** 2, 0);
  return TRAITS.map(({ has }) => {
    let sum = 0;
    for (let slot = 0; slot < HOURS_OF_WEEK; slot++)
      if (has(Math.floor(slot / 24), slot % 24)) sum += profile[slot]! ** 2;
    return total > 0 ? sum / total : 0;
  });
}

function joined(traits: readonly Name[]): Name {
  if (traits.length === 0) return { en: "even", ja: "平均型" };
  return { en: traits.map(({ en }) => en).join(", "), ja: `${traits.map(({ ja }) => ja).join("・")}型` };
}

/** What stands more than once gets a number. */
export function numbered(names: readonly Name[]): Name[] {
  const count = new Map<string, number>();
  return names.map((name) => {
    const at = (count.get(name.en) ?? 0) + 1;
    count.set(name.en, at);
    const isAlone = names.filter(({ en }) => en === name.en).length === 1;
    return isAlone ? name : { en: `${name.en} ${at}`, ja: `${name.ja}${at}` };
  });
}
