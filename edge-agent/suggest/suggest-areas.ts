import type { Point } from "../../firmware-config/config/geometry.ts";
import { hullOf } from "./hull.ts";
import type { Life } from "./lives.ts";

/** A proposed area, and what speaks for it. */
export interface Suggestion {
  readonly id: string;
  readonly polygon: readonly Point[];
  /** Entries: times that somebody came or left here. Masks: seconds that something stood here. */
  readonly weight: number;
}

export interface Suggestions {
  readonly entries: readonly Suggestion[];
  readonly masks: readonly Suggestion[];
  /** People who walked, whose births and ends were used; tracks that never moved. */
  readonly walkers: number;
  readonly things: number;
  /** Tracks that were too many to be looked at. */
  readonly leftOut: number;
  readonly lengthS: number;
}

interface Watched {
  readonly lives: readonly Life[];
  readonly lengthS: number;
  readonly leftOut?: number;
  readonly picture: { readonly width: number; readonly height: number };
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly weight: number;
}

/** A walk is as long as the person is high; a thing has gone less than a quarter of that. */
const WALK_RATIO = 1;
const THING_RATIO = 0.25;
/** Who is there at the start or the end did not come or go. */
const EDGE_S = 3;
/** A track that begins so soon after and so near, in body heights, to the end of another goes on with it. */
const BROKEN_S = 3;
const BROKEN_RATIO = 1.5;
/** Spots belong together when they are so near, in body heights; an area reaches so far around them. */
const NEAR_RATIO = 0.5;
const ENTRY_MARGIN = 0.25;
const MASK_MARGIN = 0.15;
/** So many must have come or left by an entry, and this share of all. */
const LEAST_VISITORS = 3;
const LEAST_SHARE = 0.04;
/** A thing stands for so long in all, and for this share of the time. */
const LEAST_THING_S = 60;
const LEAST_THING_SHARE = 0.2;
/** As many as a configuration may have, of areas and of corners. */
const MAX_AREAS = 32;
const MAX_CORNERS = 64;

/** Proposes where people come into view, and where things stand that are taken for people; a person has to look at it. */
export function suggestAreas({ lives, lengthS, leftOut = 0, picture }: Watched): Suggestions {
  const walkers = lives.filter(({ way, height }) => way >= WALK_RATIO * height);
  const things = lives.filter(({ way, height }) => way < THING_RATIO * height);
  const comings = comingsOf(walkers, lengthS);
  const standing = things.map(({ bornX, bornY, bornS, endS, height }) => {
    return { x: bornX, y: bornY, height, weight: endS - bornS };
  });
  const leastThing = Math.max(LEAST_THING_S, LEAST_THING_SHARE * lengthS);
  return {
    entries: areasOf(comings, {
      prefix: "entry",
      margin: ENTRY_MARGIN,
      least: Math.max(LEAST_VISITORS, LEAST_SHARE * comings.length),
      picture,
    }),
    masks: areasOf(standing, { prefix: "mask", margin: MASK_MARGIN, least: leastThing, picture }),
    walkers: walkers.length,
    things: things.length,
    leftOut,
    lengthS,
  };
}

/** Where walkers came into view and went out of it, but for those whose track only broke. */
function comingsOf(walkers: readonly Life[], lengthS: number): readonly Spot[] {
  const broken = new Set<Life>();
  const mended = new Set<Life>();
  for (const next of walkers) {
    const before = walkers.find((one) => !broken.has(one) && isContinued(one, next));
    if (before === undefined) continue;
    broken.add(before);
    mended.add(next);
  }
  return walkers.flatMap((life) => {
    const { bornS, bornX, bornY, endS, endX, endY, height } = life;
    return [
      ...(bornS > EDGE_S && !mended.has(life) ? [{ x: bornX, y: bornY, height, weight: 1 }] : []),
      ...(endS < lengthS - EDGE_S && !broken.has(life) ? [{ x: endX, y: endY, height, weight: 1 }] : []),
    ];
  });
}

/** True when `next` begins soon after and near where `one` ended. */
function isContinued(one: Life, next: Life): boolean {
  const laterS = next.bornS - one.endS;
  if (one === next || laterS < 0 || laterS > BROKEN_S) return false;
  return Math.hypot(next.bornX - one.endX, next.bornY - one.endY) <= BROKEN_RATIO * one.height;
}

interface Wanted {
  readonly prefix: string;
  readonly margin: number;
  readonly least: number;
  readonly picture: Watched["picture"];
}

function areasOf(spots: readonly Spot[], { prefix, margin, least, picture }: Wanted): readonly Suggestion[] {
  return groupsOf(spots)
    .map((group) => ({ group, weight: group.reduce((sum, spot) => sum + spot.weight, 0) }))
    .filter(({ weight }) => weight >= least)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_AREAS)
    .map(({ group, weight }, k) => ({
      id: `${prefix}-${k + 1}`,
      polygon: around(group, margin, picture),
      weight: Math.round(weight),
    }));
}

/** Spots that are near each other, directly or through others. */
function groupsOf(spots: readonly Spot[]): readonly (readonly Spot[])[] {
  const open = new Set(spots);
  const groups: Spot[][] = [];
  for (const first of spots) {
    if (!open.delete(first)) continue;
    const group = [first];
    for (const spot of group) {
      for (const other of open) {
        if (!isNear(spot, other)) continue;
        open.delete(other);
        group.push(other);
      }
    }
    groups.push(group);
  }
  return groups;
}

const isNear = (a: Spot, b: Spot) => Math.hypot(a.x - b.x, a.y - b.y) <= (NEAR_RATIO * (a.height + b.height)) / 2;

/** The hull of the spots with a margin, within the picture, 0..1, to a thousandth. */
function around(group: readonly Spot[], margin: number, { width, height }: Watched["picture"]): readonly Point[] {
  const corners = group.flatMap((spot) => {
    const reach = Math.max(0.01 * Math.min(width, height), margin * spot.height);
    const [x, y] = [within(spot.x, width), within(spot.y, height)];
    return [-1, 1].flatMap((dx) =>
      [-1, 1].map((dy): Point => [thousandth((x + dx * reach) / width), thousandth((y + dy * reach) / height)]),
    );
  });
  const hull = hullOf(corners);
  const step = Math.ceil(hull.length / MAX_CORNERS);
  return hull.filter((_, k) => k % step === 0).map(([x, y]): Point => [x, y]);
}

/** Feet may be below the picture; they stand at its border then. */
const within = (value: number, size: number) => Math.max(0, Math.min(size, value));
const thousandth = (share: number) => Math.round(1000 * Math.max(0, Math.min(1, share))) / 1000;
