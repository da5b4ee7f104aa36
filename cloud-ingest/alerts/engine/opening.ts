import { addDays } from "../../calendar.ts";
import type { Registry } from "../../registry/registry.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import { zoneOf } from "../../zone/rules.ts";

/** True while a store lets people in; true too where nobody said when. */
export type IsOpen = (store: Pick<StoreInfo, "tenant" | "store" | "timeZone">, nowMs: number) => boolean;

const DAY_MIN = 24 * 60;
/** Somebody has to switch the light on first. */
const GRACE_MS = 15 * 60_000;

/** By the registry, with its holidays and special days; hours past midnight are of the date on which they began. */
export function openingOf(registry: Pick<Registry, "day">): IsOpen {
  return (store, nowMs) => {
    const local = zoneOf(store.timeZone).local(nowMs);
    const date = local.slice(0, 10);
    const minute = Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16));
    const today = registry.day(store, date).hours;
    const yesterday = registry.day(store, addDays(date, -1)).hours;
    const isIn = (hours: typeof today, at: number) => hours?.some(({ from, to }) => at >= from && at < to) === true;
    return today === undefined || isIn(today, minute) || isIn(yesterday, minute + DAY_MIN);
  };
}

/** True when a store has been open for some minutes; of one that the configuration does not know, always. */
export function isOpenSince(isOpen: IsOpen, store: StoreInfo | undefined, nowMs: number): boolean {
  return store === undefined || (isOpen(store, nowMs) && isOpen(store, nowMs - GRACE_MS));
}
