import { isToCome } from "../../../firmware-config/kit/clock.ts";

/** A text in both languages. */
export interface InBoth {
  readonly en: string;
  readonly ja: string;
}

/** Why there is an alert. */
export interface AlertReason {
  readonly title: InBoth;
  readonly consequence: InBoth;
  readonly runbook: InBoth;
  /** What was found, by the names of signals: `door: cameraView black`. */
  readonly found: string;
}

/** An alert as operations read it: what it costs first, then what to do. */
export interface OpenAlert {
  readonly id: string;
  readonly tenant: string;
  readonly store: string;
  /** Empty: the store, or where that is empty too the whole system. */
  readonly device: string;
  readonly severity: "info" | "warning" | "critical";
  /** RFC 3339 UTC; the first bad evidence. */
  readonly since: string;
  /** The most severe first. */
  readonly reasons: readonly AlertReason[];
  /** Who acts on it. */
  readonly ackedBy?: string;
  /** Why nobody is told at present. */
  readonly muted?: string;
}

/** What is known of a device's life, of all stores in one question. */
export interface FleetRecord {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
  readonly online: boolean;
  /** Its own goodbye. */
  readonly stopped: boolean;
  readonly lastSeenAt: string;
  readonly agentVersion: string;
  readonly modelName: string;
}

export const FLEET_STATES = ["silent", "offline", "online", "finished"] as const;
/** `silent` claims to be online and has sent nothing for long; `finished` said goodbye itself. */
export type FleetState = (typeof FLEET_STATES)[number];

export interface FleetDevice extends FleetRecord {
  readonly state: FleetState;
  /** Titles of its open alert, the most severe first. */
  readonly reasons: readonly InBoth[];
}

export interface OperationsView {
  /** The most severe first, then the oldest. */
  readonly alerts: readonly OpenAlert[];
  /** Ill ones first, then by name. */
  readonly devices: readonly FleetDevice[];
  readonly counts: Readonly<Record<FleetState, number>>;
  readonly at: Date;
}

const SILENT_AFTER_S = 900;
const RANK = { critical: 0, warning: 1, info: 2 } as const;

/** What operations look at: what is wrong, and the whole fleet. */
export function operationsView(alerts: readonly OpenAlert[], fleet: readonly FleetRecord[], at: Date): OperationsView {
  const byDevice = new Map(alerts.map((alert) => [`${alert.tenant}/${alert.store}/${alert.device}`, alert]));
  const devices = fleet.map((record): FleetDevice => {
    const alert = byDevice.get(`${record.tenant}/${record.store}/${record.device}`);
    return { ...record, state: stateOf(record, at), reasons: alert?.reasons.map(({ title }) => title) ?? [] };
  });
  const isIll = ({ state, reasons }: FleetDevice) => reasons.length > 0 || state === "silent" || state === "offline";
  const nameOf = ({ tenant, store, device }: FleetRecord) => `${tenant}/${store}/${device}`;
  const { compare } = new Intl.Collator("en", { numeric: true });
  devices.sort((a, b) => Number(isIll(b)) - Number(isIll(a)) || compare(nameOf(a), nameOf(b)));
  const counts = { silent: 0, offline: 0, online: 0, finished: 0 };
  for (const { state } of devices) counts[state] += 1;
  const sorted = [...alerts].sort((a, b) => RANK[a.severity] - RANK[b.severity] || (a.since < b.since ? -1 : 1));
  return { alerts: sorted, devices, counts, at };
}

function stateOf({ online, stopped, lastSeenAt }: FleetRecord, at: Date): FleetState {
  if (!online) return stopped ? "finished" : "offline";
  const ageS = (at.getTime() - Date.parse(lastSeenAt)) / 1000;
  return isToCome(lastSeenAt, at.getTime()) || ageS > SILENT_AFTER_S ? "silent" : "online";
}
