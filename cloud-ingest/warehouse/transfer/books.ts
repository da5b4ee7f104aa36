import { ROW_TABLE_NAMES } from "../../../firmware-config/contract/row.ts";
import { ALERT_COLUMNS, ALERT_TABLES, type AlertRows, type AlertTable } from "../alert-port.ts";
import type { JobRun } from "../port.ts";
import { deviceKey } from "../presence.ts";
import { byRowTable, rowTableName } from "../row-port.ts";
import type { Books, StreamLedger } from "./port.ts";

/** A run with its place in the order of runs; 0 for those that an older version recorded. */
export interface NumberedRun extends JobRun {
  readonly number: number;
}

/**
 * The entries of `source` that `target` has not, or has older: a device by when it was last heard of, a stream of the bus by how far
 * it was read. Empty once the target has them.
 */
export function newerBooks(source: Books, target: Books): Books {
  const devices = new Map(target.devices.map((one) => [deviceKey(one), one.lastSeenAt]));
  const ledger = new Map(target.ledger.map((one) => [one.stream, one]));
  const runs = new Set(target.runs.map((run) => textOf(run)));
  const accepted = new Set(target.accepted.map((one) => textOf(one)));
  const words = new Set(target.words.map((one) => textOf(one)));
  return {
    devices: source.devices.filter((one) => one.lastSeenAt > (devices.get(deviceKey(one)) ?? "")),
    runs: source.runs.filter((run) => !runs.has(textOf(run))),
    ledger: source.ledger.filter((one) => isFurther(one, ledger.get(one.stream))),
    accepted: source.accepted.filter((one) => !accepted.has(textOf(one))),
    words: source.words.filter((one) => !words.has(textOf(one))),
    rows: byRowTable((table) => {
      const known = new Set(target.rows[table].map((one) => textOf(one)));
      return source.rows[table].filter((one) => !known.has(textOf(one)));
    }),
    alerts: newerAlerts(source.alerts, target.alerts),
    clockMark: source.clockMark > target.clockMark ? source.clockMark : "",
  };
}

/** How many entries there are of each kind. */
export function bookSizes({
  devices,
  runs,
  ledger,
  accepted,
  words,
  rows,
  alerts,
  clockMark,
}: Books): Readonly<Record<string, number>> {
  return {
    ...{ device: devices.length, job_run: runs.length, ledger: ledger.length },
    ...Object.fromEntries(ROW_TABLE_NAMES.map((table) => [rowTableName(table), rows[table].length])),
    ...{ ledger_accepted: accepted.length, quality_word: words.length, clock_mark: clockMark === "" ? 0 : 1 },
    ...Object.fromEntries(ALERT_TABLES.map((table) => [table, alerts[table].length])),
  };
}

/** Rows are only ever added; the first column names one. */
function newerAlerts(source: AlertRows, target: AlertRows): AlertRows {
  const news = (table: AlertTable) => {
    const [{ field: id }] = ALERT_COLUMNS[table];
    const known = new Set(target[table].map((row) => row[id]));
    return source[table].filter((row) => !known.has(row[id] ?? ""));
  };
  return { alert: news("alert"), alert_delivery: news("alert_delivery"), alert_word: news("alert_word") };
}

/** Numbers and sums only grow, but for messages that leave quarantine. */
function isFurther(one: StreamLedger, other: StreamLedger | undefined): boolean {
  if (!other) return true;
  if (one.lastNumber !== other.lastNumber) return one.lastNumber > other.lastNumber;
  if (messagesOf(one) !== messagesOf(other)) return messagesOf(one) > messagesOf(other);
  return one.quarantined < other.quarantined;
}

const messagesOf = ({ stored, duplicate, quarantined }: StreamLedger) => stored + duplicate + quarantined;

const textOf = (entry: object) => JSON.stringify(Object.entries(entry).sort());
