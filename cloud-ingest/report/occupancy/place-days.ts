import { addDays } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import type { TrafficRow } from "../../warehouse/port.ts";
import { localAfter, WELL_WATCHED } from "../slots.ts";
import { isRepaired, isSeen, sumTally } from "../tally.ts";
import { targetKeyOf } from "../targets.ts";
import { balanceOf, type Flow, type Inside, insideOf } from "./inside.ts";
import type { Premises } from "./premises.ts";
import { resetBefore } from "./reset.ts";

const HOUR_S = 3_600;
/** Counts of the last minutes are still on their way. */
const GRACE_S = 300;
/** Beyond it in and out are not of the same people: a line the wrong way round, a way out that nobody counts. */
const MOST_DRIFT = 0.25;
/** A day that is not over is corrected by what these showed; fewer tell nothing. */
const LEAST_DAYS_KNOWN = 3;
const DAYS_KNOWN = 28;

/**
 * `whole`: over, corrected so that it ends at 0. `running`: corrected by the days before. `gap`: a line was not watched in
 * between, so nobody knows. `unbalanced`: in and out differ by more than can be drift.
 */
export type PlaceState = "whole" | "running" | "gap" | "unbalanced";

export interface PlaceHour extends Flow, Inside {
  readonly start: string;
  readonly isRepaired: boolean;
}

/** How many people were in a store, or behind one of its doors, between two resets. */
export interface PlaceDay {
  /** Left out: the store. */
  readonly door?: string;
  /** The date on which it opened; its hours may go on into the next one. */
  readonly date: string;
  readonly state: PlaceState;
  readonly in: number;
  readonly out: number;
  /** In less out. */
  readonly balance: number;
  /** What is taken off for each crossing; of all crossings, what in and out differ by. */
  readonly driftPerCrossing: number;
  /** From the first hour with a count to the last; `inside` says nothing where the state is `gap` or `unbalanced`. */
  readonly hours: readonly PlaceHour[];
}

export interface PlaceDaysInput {
  /** Hours of lines, from the date before the first wanted one to the one after the last. Others are left out. */
  readonly rows: readonly TrafficRow[];
  /** Ascending, without gaps. */
  readonly dates: readonly string[];
  readonly premises: Premises;
  readonly nowLocal: string;
}

/** Derived from the counts of lines, which stay as they are: by place, then by date. A place without any count on a date has no day. */
export function placeDaysOf({ rows, dates, premises, nowLocal }: PlaceDaysInput): readonly PlaceDay[] {
  const lines = rows.filter(({ targetKind }) => targetKind === "line");
  const byStart = groupBy(lines, (row) => `${row.localStart.slice(0, 13)}:00:00`);
  return placesOf(premises).flatMap((place) => {
    const days: PlaceDay[] = [];
    for (const date of dates) {
      const span = { from: resetBefore(date, premises), to: resetBefore(addDays(date, 1), premises) };
      const day = placeDay({ place, date, span, byStart, nowLocal, rate: usualRate(days) });
      if (day) days.push(day);
    }
    return days;
  });
}

interface Place {
  readonly door?: string;
  /** Keys of its lines. */
  readonly lines: readonly string[];
}

/** The store, by its outer doors; beside it each door, when there are several. Nothing without: a line may as well lie in a street, or within the shop. */
function placesOf({ doors }: Premises): readonly Place[] {
  const keysOf = (targets: readonly string[]) => targets.map((target) => `line/${target}`);
  const outer = doors.filter(({ isInner }) => !isInner).flatMap(({ targets }) => keysOf(targets));
  const store = outer.length > 0 ? [{ lines: outer }] : [];
  const single = doors.length > 1 ? doors.map(({ name, targets }) => ({ door: name, lines: keysOf(targets) })) : [];
  return [...store, ...single];
}

interface DayInput {
  readonly place: Place;
  readonly date: string;
  readonly span: { readonly from: string; readonly to: string };
  readonly byStart: ReadonlyMap<string, readonly TrafficRow[]>;
  readonly nowLocal: string;
  readonly rate: number;
}

function placeDay({ place, date, span, byStart, nowLocal, rate }: DayInput): PlaceDay | undefined {
  const all: { start: string; rows: readonly TrafficRow[] }[] = [];
  for (let start = span.from; start < span.to; start = localAfter(start, HOUR_S))
    all.push({ start, rows: byStart.get(start) ?? [] });
  const keys = new Set(place.lines);
  const hours = trimmed(
    all.map(({ start, rows }) => ({ start, rows: rows.filter((row) => keys.has(targetKeyOf(row)) && isSeen(row)) })),
  );
  if (hours.length === 0) return undefined;
  const flows = hours.map(({ rows }) => sumTally(rows));
  const { drift, crossings } = balanceOf(flows);
  const isOver = nowLocal >= localAfter(span.to, GRACE_S);
  const share = crossings > 0 ? drift / crossings : 0;
  const state = stateOf({ isOver, isWatched: isWholly(hours, keys), share });
  const driftPerCrossing = isOver ? share : rate;
  const inside = insideOf(flows, driftPerCrossing);
  return {
    ...(place.door !== undefined && { door: place.door }),
    ...{ date, state, balance: drift, driftPerCrossing },
    in: flows.reduce((sum, flow) => sum + flow.in, 0),
    out: flows.reduce((sum, flow) => sum + flow.out, 0),
    hours: hours.map(({ start }, at) => ({
      ...{ start, in: flows[at]?.in ?? 0, out: flows[at]?.out ?? 0 },
      ...{ raw: inside[at]?.raw ?? 0, inside: inside[at]?.inside ?? 0 },
      isRepaired: flows[at] !== undefined && isRepaired(flows[at]),
    })),
  };
}

/** From the first hour that somebody watched to the last. */
function trimmed<T extends { readonly rows: readonly TrafficRow[] }>(hours: readonly T[]): readonly T[] {
  const isWatched = ({ rows }: T) => rows.length > 0;
  return hours.slice(Math.max(0, hours.findIndex(isWatched)), hours.findLastIndex(isWatched) + 1);
}

/** Of the first and the last hour a part is enough: that is when a shop opens and closes. */
function isWholly(hours: readonly { readonly rows: readonly TrafficRow[] }[], keys: ReadonlySet<string>): boolean {
  return hours.every(({ rows }, at) => {
    const isEdge = at === 0 || at === hours.length - 1;
    const told = rows.filter((row) => isRepaired(row) || isEdge || row.observedS >= WELL_WATCHED * row.spanS);
    return new Set(told.filter(({ quality }) => quality?.kind !== "lost").map(targetKeyOf)).size === keys.size;
  });
}

function stateOf(by: { readonly isOver: boolean; readonly isWatched: boolean; readonly share: number }): PlaceState {
  if (!by.isWatched) return "gap";
  if (!by.isOver) return "running";
  return Math.abs(by.share) > MOST_DRIFT ? "unbalanced" : "whole";
}

/** The median of the days before: what a counter loses stays much the same. */
function usualRate(days: readonly PlaceDay[]): number {
  const rates = days
    .filter(({ state }) => state === "whole")
    .slice(-DAYS_KNOWN)
    .map(({ driftPerCrossing }) => driftPerCrossing)
    .sort((a, b) => a - b);
  return rates.length < LEAST_DAYS_KNOWN ? 0 : (rates[Math.floor(rates.length / 2)] ?? 0);
}

/** True where `inside` can be believed. */
export const isKnown = ({ state }: PlaceDay): boolean => state === "whole" || state === "running";
