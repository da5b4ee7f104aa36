import { EVENTS_A_DAY, MESSAGES_A_DAY, MINUTES_A_DAY } from "./device-day.ts";
import type { Measured, Reads } from "./measured.ts";
import { PRICES } from "./prices.ts";

const GIB = 2 ** 30;
const TIB = 2 ** 40;
const DAYS = 30;
/** The least that is billed for each table of a statement. */
const LEAST_READ = 10 * 2 ** 20;
/** The least that is billed for a request to Pub/Sub; a device's messages seldom share one. */
const LEAST_REQUEST = 1_000;
const ROLL_UPS_A_DAY = 288;
/** `jobs.quality`. */
const NOTES_A_DAY = 24;
/** The server asks every 30 s how long nothing was heard of each store. */
const LAST_SEENS_A_DAY = 2_880;
/** Assumed for each store, which has one device. */
export const PAGES_A_DAY = 10;
/** `message_retention_days` of our Terraform. */
const RETAINED_DAYS = 7;
const ACTIVE_DAYS = 90;
const YEAR_DAYS = 365;
/** A worker stores one batch after the other, and each takes some round trips. */
const MOST_BATCHES_A_DAY = 5 * 86_400;
/** The month of an average moment has 15 days of hours, the measured one a day and a half. */
const MONTH_OVER_MEASURED = 10;
const OF_MONTHS = ["traffic_hourly", "traffic_daily"];

export interface Item {
  readonly name: string;
  readonly usd: number;
}

export interface Bill {
  readonly devices: number;
  readonly items: readonly Item[];
  readonly usd: number;
  /** What all queries of a day read, GiB. */
  readonly queryGibADay: number;
}

/** What a month costs after a year, of which everything is kept. */
export function billOf(devices: number, measured: Measured): Bill {
  const queries = queryBytes(devices, measured);
  const read = Object.values(queries).reduce((sum, bytes) => sum + bytes, 0);
  const freeShare = Math.min(1, (PRICES.query.free * TIB) / read);
  const items = [
    ...Object.entries(queries).map(([name, bytes]) => ({ name, usd: (bytes / TIB) * PRICES.query.usd })),
    { name: "first TiB of these, free", usd: -((read * freeShare) / TIB) * PRICES.query.usd },
    { name: "storage", usd: storageUsd(devices, measured) },
    { name: "Storage Write API", usd: above(appendedBytes(devices, measured) / GIB, PRICES.write) },
    { name: "Pub/Sub", usd: above(messageBytes(devices, measured) / TIB, PRICES.message) },
    { name: "Pub/Sub's seven days", usd: above(retainedBytes(devices, measured) / GIB, PRICES.retained) },
  ];
  return {
    devices,
    items,
    usd: items.reduce((sum, { usd }) => sum + usd, 0),
    queryGibADay: read / GIB / DAYS,
  };
}

/** The most expensive part of it. */
export const largestOf = ({ items }: Bill) => items.reduce((most, one) => (one.usd > most.usd ? one : most));

function queryBytes(devices: number, { rollUp, lastSeen, notes, page }: Measured): Readonly<Record<string, number>> {
  return {
    "roll-ups": billed(rollUp, devices) * ROLL_UPS_A_DAY * DAYS,
    "notes of jobs": billed(notes, devices) * NOTES_A_DAY * DAYS,
    "watch of silent stores": billed(lastSeen, devices) * LAST_SEENS_A_DAY * DAYS,
    // Tables are clustered by store, so that a page reads its own store's blocks.
    pages: billed(page, 1) * PAGES_A_DAY * DAYS * devices,
  };
}

function billed(reads: Reads, devices: number): number {
  return reads.flat().reduce((sum, { table, bytes }) => {
    const grown = OF_MONTHS.includes(table) ? bytes * MONTH_OVER_MEASURED : bytes;
    return sum + Math.max(LEAST_READ, grown * devices);
  }, 0);
}

/** Bytes of a day that stay. */
function keptADay(devices: number, { storedBytes }: Measured): number {
  const rows = {
    ...{ counts: 2 * MINUTES_A_DAY, health: MINUTES_A_DAY, events: EVENTS_A_DAY.crossings + EVENTS_A_DAY.visits },
    ...{ traffic_hourly: 2 * 24, traffic_daily: 2 },
  };
  return devices * Object.entries(rows).reduce((sum, [table, n]) => sum + n * (storedBytes[table] ?? 0), 0);
}

function storageUsd(devices: number, measured: Measured): number {
  const gibADay = keptADay(devices, measured) / GIB;
  const { active, longTerm } = PRICES;
  return above(gibADay * ACTIVE_DAYS, active) + above(gibADay * (YEAR_DAYS - ACTIVE_DAYS), longTerm);
}

/** All rows, those of our own bookkeeping too: what was heard in each batch, what must be rolled up, the ledger. */
function appendedBytes(devices: number, measured: Measured): number {
  const { storedBytes } = measured;
  const heard = MESSAGES_A_DAY - MINUTES_A_DAY;
  const batches = Math.min(devices * heard, MOST_BATCHES_A_DAY);
  const ofDevices = heard * (storedBytes.presence ?? 0) + MINUTES_A_DAY * (storedBytes.stale_quarter ?? 0);
  return DAYS * (keptADay(devices, measured) + devices * ofDevices + batches * (storedBytes.ledger ?? 0));
}

const messageBytes = (devices: number, measured: Measured) =>
  2 * DAYS * devices * MESSAGES_A_DAY * Math.max(LEAST_REQUEST, measured.messageBytes);

const retainedBytes = (devices: number, measured: Measured) =>
  RETAINED_DAYS * devices * MESSAGES_A_DAY * measured.messageBytes;

const above = (amount: number, { usd, free }: { readonly usd: number; readonly free: number }) =>
  Math.max(0, amount - free) * usd;
