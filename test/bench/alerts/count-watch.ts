import { Book } from "../../../cloud-ingest/alerts/engine/book.ts";
import type { DeviceReading, QualityReading } from "../../../cloud-ingest/alerts/engine/reading.ts";
import { silences } from "../../../cloud-ingest/alerts/engine/silence-watch.ts";
import { type Subject, subjectKey } from "../../../cloud-ingest/alerts/engine/subject.ts";
import type { Reason } from "../../../cloud-ingest/alerts/engine/subject-alert.ts";
import { tick } from "../../../cloud-ingest/alerts/engine/tick.ts";
import { Words } from "../../../cloud-ingest/alerts/engine/words.ts";
import type { Rule } from "../../../cloud-ingest/alerts/rules/rule-config.ts";
import { judgePanel } from "../../../cloud-ingest/quality/judge-panel.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import type { HourTotal } from "../../../cloud-ingest/warehouse/alert-port.ts";
import { dateOf } from "../quality/data.ts";
import { DEVICES_OF_SHOP, KNOWN_DAYS } from "./shops.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OPEN = { from: 10, to: 20 } as const;
/** The quality job's hour. */
const JUDGED_AT = 4;

/** A notification that something is wrong with a device. */
export interface Told {
  readonly device: number;
  readonly rules: readonly string[];
  /** Hours since the first date. */
  readonly atH: number;
}

const shopOf = (device: number) => Math.floor(device / DEVICES_OF_SHOP);
const subjectOf = (device: number): Subject => ({
  tenant: "t",
  store: `shop-${shopOf(device)}`,
  device: `door-${device}`,
});

/**
 * What the alert engine tells of counts alone, by the rules that come with the program: the quality job judges each night all days that are over,
 * silence is looked at each hour. Everything else of every device is well.
 */
export async function watchCounts(panel: Panel, rules: readonly Rule[]): Promise<readonly Told[]> {
  const devices = panel.values.length / 2;
  const startMs = Date.parse(`${panel.from}T00:00:00Z`);
  const hours = hourTotals(panel);
  const store = {
    hourTotals: async (dates: readonly string[]) => dates.flatMap((date) => hours.get(date) ?? []),
  };
  const stores = Array.from({ length: shopOf(devices - 1) + 1 }, (_, shop) => {
    return { tenant: "t", store: `shop-${shop}`, name: "", timeZone: "UTC" };
  });
  const isOpenAt = (ms: number) => ms % DAY_MS >= OPEN.from * HOUR_MS && ms % DAY_MS < OPEN.to * HOUR_MS;
  const book = new Book();
  const told: Told[] = [];
  let quality = new Map<number, QualityReading>();
  let ids = 0;
  for (let hour = KNOWN_DAYS * 24; hour < panel.days * 24; hour++) {
    // A quarter past: the roll-up has been there.
    const nowMs = startMs + hour * HOUR_MS + 15 * 60_000;
    if (hour % 24 === JUDGED_AT) quality = judged(panel, Math.floor(hour / 24), nowMs);
    // Nothing is judged of a closed shop, and what an hour holds is looked at in the next one.
    if (hour % 24 !== JUDGED_AT && !isOpenAt(nowMs)) continue;
    const silent = await silences({ store, stores, isOpen: (_, ms) => isOpenAt(ms) }, nowMs);
    const readings = Array.from({ length: devices }, (_, device): DeviceReading => {
      const subject = subjectOf(device);
      const silence = silent.get(subjectKey(subject));
      const flags = quality.get(device);
      return {
        subject,
        presence: "online",
        heardMs: nowMs,
        ...(silence && { silence }),
        ...(flags && { quality: flags }),
      };
    });
    const transitions = tick(book, {
      ...{ rules, devices: readings, words: new Words(), newId: () => `${ids++}` },
      time: { nowMs, listeningMs: startMs, tickMs: HOUR_MS },
      ...{ isOpen: () => isOpenAt(nowMs), maintenance: () => undefined, isSettled: true, groupWaitMs: 0 },
      groupIntervalMs: 0,
    });
    for (const { notify, subject, details } of transitions) {
      if (notify !== "firing" || subject.device === "") continue;
      const { reasons = [] }: { reasons?: readonly Reason[] } = details;
      told.push({ device: Number(subject.device.slice(5)), rules: reasons.map(({ rule }) => rule), atH: hour });
    }
  }
  return told;
}

/** Flags of the shops' panels as they stand in the night before `day`: those that reach into the last day that is over. */
function judged(panel: Panel, day: number, judgedMs: number): Map<number, QualityReading> {
  const found = new Map<number, QualityReading>();
  const startMs = Date.parse(`${panel.from}T00:00:00Z`);
  const perShop = 2 * DEVICES_OF_SHOP;
  for (let first = 0; first < panel.values.length; first += perShop) {
    const names = panel.names.slice(first, first + perShop);
    const values = panel.values.slice(first, first + perShop).map((series) => series.subarray(0, day * 24));
    const sameDevice = new Map(names.map((name, at) => [name, [names[at ^ 1]!]]));
    const { flags } = judgePanel({
      step: "hour",
      from: panel.from,
      days: day,
      names,
      values,
      notes: panel.notes,
      sameDevice,
    });
    names.forEach((name, at) => {
      const device = (first + at) >> 1;
      // Dates in which the street's own counter was in doubt are left out, which is no gap of ours.
      const own = flags.filter(
        ({ series, kind, rule, to }) => series === name && kind === "device" && rule !== "gap" && to > (day - 1) * 24,
      );
      const before = found.get(device)?.flags ?? [];
      const more = own.map(({ rule, from }) => ({ rule, target: name, sinceMs: startMs + from * HOUR_MS }));
      found.set(device, { judgedMs, flags: [...before, ...more] });
    });
  }
  return found;
}

/** As the roll-up has them, by business date. */
function hourTotals(panel: Panel): ReadonlyMap<string, readonly HourTotal[]> {
  const byDate = new Map<string, HourTotal[]>();
  for (let device = 0; device < panel.values.length / 2; device++) {
    const [come, leave] = [panel.values[2 * device]!, panel.values[2 * device + 1]!];
    for (let slot = 0; slot < come.length; slot++) {
      if (Number.isNaN(come[slot]!)) continue;
      const businessDate = dateOf(panel, Math.floor(slot / 24));
      const localStart = `${businessDate}T${String(slot % 24).padStart(2, "0")}:00:00`;
      const people = come[slot]! + (leave[slot]! || 0);
      const row = { ...subjectOf(device), businessDate, localStart, people, observedS: 3_600 };
      const rows = byDate.get(businessDate);
      if (rows) rows.push(row);
      else byDate.set(businessDate, [row]);
    }
  }
  return byDate;
}
