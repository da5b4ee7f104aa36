import { loadRules } from "../../../cloud-ingest/alerts/rules/load-rules.ts";
import type { Rule } from "../../../cloud-ingest/alerts/rules/rule-config.ts";
import type { Panel } from "../../../cloud-ingest/quality/panel.ts";
import { melbourne39, panelOf, trafficFolder } from "../quality/data.ts";
import { Random } from "../quality/random.ts";
import { type BenchResult, median } from "../result.ts";
import { type Told, watchCounts } from "./count-watch.ts";
import { HEALTH_FAULTS, HEALTH_INNOCENTS, watchHealth } from "./health-day.ts";
import { COUNT_FAULTS, type Event, happen, JUDGED_DAYS, KNOWN_DAYS, noted, shopsOf, WORLD } from "./shops.ts";

/** Entries of a shop in an open hour. */
const RATES = [20];
/** The quality job judges days that are over. */
const LATE_DAYS = 2;
const EACH = 10;

interface Row {
  readonly name: string;
  readonly all: number;
  readonly hours: readonly number[];
}

/** What is told of injected faults and of innocent things, by the alert engine's own rules; constants were chosen on other years and sensors. */
export async function runAlertBench(note: (text: string) => void): Promise<readonly BenchResult[]> {
  const rules = await loadRules();
  const results = [healthTable(rules)];
  const folder = trafficFolder();
  if (!folder) {
    const lines = ["The real series are not beside this checkout (../shared/data/traffic): not measured."];
    return [...results, { name: "Alerts from counts", lines }];
  }
  const street = panelOf(melbourne39(folder), { step: "hour", from: "2013-10-21", to: "2015-02-28", complete: 0.85 });
  for (const rate of RATES) {
    note(`Alerts from counts, ${rate} entries an hour ...\n`);
    const table = await countTable(street, rate, rules);
    note(`${table.name}\n  ${table.lines.join("\n  ")}\n`);
    results.push(table);
  }
  return results;
}

/** Faults that devices tell of themselves, cameras among them. */
export function healthTable(rules: readonly Rule[]): BenchResult {
  const { told, deviceDays } = watchHealth(rules, EACH);
  const rows = HEALTH_FAULTS.map((name): Row => {
    const own = told.filter(({ what, isDuring }) => what === name && isDuring);
    const first = [...new Set(own.map(({ device }) => device))].map(
      (device) => own.find((one) => one.device === device)!,
    );
    return { name, all: EACH, hours: first.map(({ afterMin }) => afterMin / 60) };
  });
  const isFault = (what: string) => HEALTH_FAULTS.some((one) => one === what);
  const wrong = told.filter(({ what, isDuring }) => !isFault(what) || !isDuring);
  const right = told.length - wrong.length;
  return {
    name: "Alerts from health: each fault on 10 devices, one day, a message a minute (simulated)",
    lines: [
      ...rows.map(rowText),
      `precision ${(right / told.length).toFixed(3)} of ${told.length} alerts, recall ${recallOf(rows)}; false alarms ${wrong.length} in ${deviceDays} device-days`,
      ...[...HEALTH_INNOCENTS, "nothing"].map((name) =>
        innocentText(
          name,
          wrong.filter(({ what }) => what === name),
        ),
      ),
      ...wrong
        .filter(({ what }) => isFault(what))
        .map(({ what, rules: by }) => `false, on a device with ${what}: ${by.join(", ")}`),
    ],
  };
}

/** Faults that only counts tell. */
async function countTable(street: Panel, rate: number, rules: readonly Rule[]): Promise<BenchResult> {
  const clean = shopsOf(street, rate, new Random(71 + rate));
  const faulty = happen(clean, COUNT_FAULTS, new Random(72 + rate));
  const world = happen(clean, WORLD, new Random(73 + rate));
  const ofFaults = await watchCounts(faulty.panel, rules);
  const ofWorld = await watchCounts({ ...world.panel, notes: noted(world.panel, world.events) }, rules);
  const ofNothing = await watchCounts(clean, rules);
  const rows = COUNT_FAULTS.map((name) => foundOf(name, faulty.events, ofFaults));
  const right = ofFaults.filter((told) => faulty.events.some((event) => isOf(event, told)));
  const devices = clean.values.length / 2;
  const days = devices * JUDGED_DAYS;
  const byRule = [...new Set(ofNothing.flatMap((told) => told.rules))].map(
    (rule) => `${rule} ${ofNothing.filter((told) => told.rules.includes(rule)).length}`,
  );
  return {
    name: `Alerts from counts: ${devices} doors in shops of two, ${rate} entries an hour, ${KNOWN_DAYS} days known, ${JUDGED_DAYS} judged`,
    lines: [
      ...rows.map(rowText),
      `precision ${(right.length / Math.max(1, ofFaults.length)).toFixed(3)} of ${ofFaults.length} alerts, recall ${recallOf(rows)}`,
      ...WORLD.map((name) => {
        const own = world.events.filter(({ what }) => what === name);
        const hit = ofWorld.filter((told) => own.some((event) => isOf(event, told)));
        return innocentText(`${name} (${own.length} device events)`, hit);
      }),
      `nothing happens: ${((1_000 * ofNothing.length) / days).toFixed(2)} false alarms per 1,000 device-days, all detectors together (${ofNothing.length} of ${days}${byRule.length > 0 ? `: ${byRule.join(", ")}` : ""})`,
    ],
  };
}

const isOf = ({ device, from, to }: Event, told: Told) =>
  told.device === device && told.atH >= from * 24 && told.atH < (to + LATE_DAYS) * 24;

function foundOf(name: string, events: readonly Event[], told: readonly Told[]): Row {
  const own = events.filter(({ what }) => what === name);
  const hours = own.flatMap((event) => {
    const first = told.find((one) => isOf(event, one));
    // From the first open hour on.
    return first ? [first.atH - event.from * 24 - 10] : [];
  });
  return { name, all: own.length, hours };
}

const recallOf = (rows: readonly Row[]) => {
  const all = rows.reduce((sum, row) => sum + row.all, 0);
  return (rows.reduce((sum, row) => sum + row.hours.length, 0) / all).toFixed(3);
};

function rowText({ name, all, hours }: Row): string {
  const middle =
    hours.length === 0 ? "-" : `${median(hours).toFixed(1)} h (at most ${Math.max(...hours).toFixed(1)} h)`;
  return `${name.padEnd(22)} found ${String(hours.length).padStart(3)} of ${String(all).padEnd(4)} after ${middle}`;
}

function innocentText(name: string, wrong: readonly { readonly rules: readonly string[] }[]): string {
  const rules = [...new Set(wrong.flatMap(({ rules: by }) => by))].join(", ");
  return `${name.padEnd(44)} ${wrong.length === 0 ? "no alert" : `${wrong.length} FALSE: ${rules}`}`;
}
