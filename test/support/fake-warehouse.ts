import type { DateRange } from "../../cloud-ingest/calendar.ts";
import { groupBy } from "../../cloud-ingest/group-by.ts";
import { localAfter } from "../../cloud-ingest/report/slots.ts";
import {
  ALERT_COLUMNS,
  type AlertRow,
  type AlertTable,
  type HealthRow,
  type HourTotal,
  type StoreKey,
  type TimeRange,
} from "../../cloud-ingest/warehouse/alert-port.ts";
import type { ChangedDates, DerivedRow, DerivedTable } from "../../cloud-ingest/warehouse/derived-port.ts";
import { changedOf, changedRows, daysOfWork } from "../../cloud-ingest/warehouse/derived-rows.ts";
import type {
  DeviceStatus,
  JobCheckpoint,
  JobRun,
  Ledger,
  ReadWish,
  StoreDates,
  StoreInfo,
  StoreSeen,
  StoreTraffic,
  TrafficRow,
  TrafficSpan,
  Warehouse,
  WindowsSum,
} from "../../cloud-ingest/warehouse/port.ts";
import type { DeviceRecord } from "../../cloud-ingest/warehouse/presence.ts";
import type {
  AcceptedDifference,
  QuarantinedMessage,
  QuarantineGroup,
  RecentIntake,
} from "../../cloud-ingest/warehouse/quarantine-port.ts";

import type { RowKey, RowOwner, StoredRow } from "../../cloud-ingest/warehouse/row-port.ts";
import { keyTextOf } from "../../cloud-ingest/warehouse/source-rows.ts";
import type { RowTable } from "../../firmware-config/contract/row.ts";

/** What jobs, dashboards and the server read, kept in memory and given by hand; it computes nothing. */
export class FakeWarehouse implements Warehouse {
  readonly rows = new Map<string, readonly TrafficRow[]>();
  readonly stale = new Map<string, readonly string[]>();
  readonly unreadable = new Map<string, readonly string[]>();
  readonly deviceList = new Map<string, readonly DeviceStatus[]>();
  readonly rolledUp: { readonly store: string; readonly dates: readonly string[] }[] = [];
  readonly archivedUpTo: string[] = [];
  /** What was said last of each run, in the order of saying. */
  recorded: readonly JobRun[] = [];
  readonly checked: JobCheckpoint[] = [];
  readonly derivedRows = new Map<DerivedTable, readonly DerivedRow[]>();
  readonly sourced = new Map<RowTable, readonly StoredRow[]>();
  changed: DerivedRow[] = [];
  readonly accepted: AcceptedDifference[] = [];
  readonly alertRows = new Map<AlertTable, readonly AlertRow[]>();
  records: readonly DeviceRecord[] = [];
  health: readonly HealthRow[] = [];
  hours: readonly HourTotal[] = [];
  /** Thrown by what the alert engine asks when set. */
  signalFailure: Error | undefined;
  /** What was asked of `traffic`, in order. */
  readonly reads: { readonly span: TrafficSpan; readonly wish: ReadWish }[] = [];
  /** How often `lastSeen` was asked. */
  lastSeenCalls = 0;
  /** Thrown by `rollUp` and `archive` when set. */
  failure: Error | undefined;
  /** Stores, `tenant/store`, that `rollUp` fails for. */
  readonly broken = new Set<string>();
  /** `rollUp` waits for it. */
  gate: Promise<void> = Promise.resolve();

  put(store: StoreInfo, span: TrafficSpan, rows: readonly TrafficRow[]): void {
    this.rows.set(`${keyOf(store)}/${span}`, rows);
  }

  async traffic(
    store: StoreInfo,
    range: DateRange,
    span: TrafficSpan,
    wish: ReadWish = {},
  ): Promise<readonly TrafficRow[]> {
    this.reads.push({ span, wish });
    const rows = this.rows.get(`${keyOf(store)}/${span}`) ?? [];
    return rows.filter(({ businessDate }) => isWithin(businessDate, range));
  }

  async trafficOfStores(
    work: readonly StoreDates[],
    span: TrafficSpan,
    wish: ReadWish = {},
  ): Promise<readonly StoreTraffic[]> {
    this.reads.push({ span, wish });
    return work.flatMap(({ store, dates }) => {
      const rows = (this.rows.get(`${keyOf(store)}/${span}`) ?? []).filter((row) => dates.includes(row.businessDate));
      return rows.length > 0 ? [{ store, rows: rows.map((row) => ({ ...row, targetName: row.targetId })) }] : [];
    });
  }

  async windowDates(store: StoreInfo, { from, to }: DateRange): Promise<readonly string[]> {
    const dates = (this.rows.get(`${keyOf(store)}/window`) ?? []).map((row) => row.businessDate);
    return [...new Set(dates)].filter((date) => from <= date && date <= to).sort();
  }

  async windowsSum(store: StoreInfo, range: DateRange): Promise<WindowsSum> {
    const rows = (this.rows.get(`${keyOf(store)}/window`) ?? []).filter(({ businessDate }) =>
      isWithin(businessDate, range),
    );
    const ends = rows.map((row) => localAfter(row.localStart, row.spanS)).sort();
    const seenUntil = ends.at(-1);
    return { windows: rows.length, ...(seenUntil && { seenUntil }) };
  }

  async unreadableDates(store: StoreInfo, range: DateRange): Promise<readonly string[]> {
    return (this.unreadable.get(keyOf(store)) ?? []).filter((date) => isWithin(date, range));
  }

  async lastSeen(): Promise<readonly StoreSeen[]> {
    this.lastSeenCalls += 1;
    return [...this.deviceList].map(([key, devices]) => {
      const [tenant = "", store = ""] = key.split("/");
      const lastSeenAt = devices
        .map((device) => device.lastSeenAt)
        .sort()
        .at(-1);
      return { tenant, store, lastSeenAt: lastSeenAt ?? "" };
    });
  }

  async devices(store: StoreInfo): Promise<readonly DeviceStatus[]> {
    return this.deviceList.get(keyOf(store)) ?? [];
  }

  async staleDates(stores: readonly StoreInfo[]): Promise<readonly StoreDates[]> {
    return stores.flatMap((store) => {
      const dates = this.stale.get(keyOf(store)) ?? [];
      return dates.length > 0 ? [{ store, dates }] : [];
    });
  }

  async rollUp(work: readonly StoreDates[]): Promise<number> {
    await this.gate;
    if (this.failure) throw this.failure;
    const broken = work.find(({ store }) => this.broken.has(keyOf(store)));
    if (broken) throw new Error(`${broken.store.store} is broken`);
    this.rolledUp.push(...work.map(({ store, dates }) => ({ store: keyOf(store), dates })));
    return work.reduce((sum, { dates }) => sum + dates.length * 10, 0);
  }

  async replaceDerived(table: DerivedTable, work: readonly StoreDates[], rows: readonly DerivedRow[]): Promise<void> {
    const days = new Set(daysOfWork(work));
    const kept = (this.derivedRows.get(table) ?? []).filter((row) => !days.has(dayOf(row)));
    this.derivedRows.set(table, [...kept, ...rows]);
  }

  async addDerived(table: DerivedTable, rows: readonly DerivedRow[]): Promise<void> {
    this.derivedRows.set(table, [...(this.derivedRows.get(table) ?? []), ...rows]);
  }

  async derived(table: DerivedTable, store: StoreInfo, range: DateRange): Promise<readonly DerivedRow[]> {
    const ofStore = (this.derivedRows.get(table) ?? []).filter((row) => `${row.tenant}/${row.store}` === keyOf(store));
    return ofStore.filter((row) => isWithin(String(row.businessDate), range));
  }

  async derivedOfStores(table: DerivedTable, work: readonly StoreDates[]): Promise<readonly DerivedRow[]> {
    const days = new Set(daysOfWork(work));
    return (this.derivedRows.get(table) ?? []).filter((row) => days.has(dayOf(row)));
  }

  async sourceRows(table: RowTable, { from, to }: DateRange, owner?: RowOwner): Promise<readonly StoredRow[]> {
    const own = this.sourced.get(table) ?? [];
    const latest = new Map<string, StoredRow>();
    for (const row of own)
      if (row.version > (latest.get(keyTextOf(row))?.version ?? -1)) latest.set(keyTextOf(row), row);
    const isAsked = ({ date, tenant, store }: StoredRow) =>
      date >= from && date <= to && (!owner || (tenant === owner.tenant && store === owner.store));
    return [...latest.values()].filter(isAsked).sort((a, b) => (a.date < b.date ? -1 : 1));
  }

  async rowVersions(table: RowTable, keys: readonly RowKey[]): Promise<readonly StoredRow[]> {
    const asked = new Set(keys.map(keyTextOf));
    return (this.sourced.get(table) ?? []).filter((row) => asked.has(keyTextOf(row)));
  }

  async noteChanged(reader: string, work: readonly StoreDates[]): Promise<void> {
    this.changed.push(...changedRows(reader, `note ${this.changed.length}`, work));
  }

  async changedDates(reader: string, stores: readonly StoreInfo[]): Promise<ChangedDates> {
    const rows = this.changed.filter((row) => row.reader === reader);
    return changedOf(
      rows.map((row) => ({ ...row, business_date: row.businessDate })),
      stores,
    );
  }

  async forgetChanged(notes: readonly string[]): Promise<void> {
    this.changed = this.changed.filter(({ note }) => !notes.includes(String(note)));
  }

  async addAlerts(table: AlertTable, rows: readonly AlertRow[]): Promise<void> {
    const id = ALERT_COLUMNS[table][0].field;
    const known = new Set((this.alertRows.get(table) ?? []).map((row) => row[id]));
    this.alertRows.set(table, [
      ...(this.alertRows.get(table) ?? []),
      ...rows.filter((row) => !known.has(row[id] ?? "")),
    ]);
  }

  async lastAlerts(): Promise<readonly AlertRow[]> {
    const byKey = groupBy(this.alertRows.get("alert") ?? [], (row): string =>
      JSON.stringify([row.tenant, row.store, row.device, row.rule]),
    );
    return [...byKey.values()].flatMap((rows) => rows.slice(-1));
  }

  async alerts(table: AlertTable, { from, to }: TimeRange): Promise<readonly AlertRow[]> {
    const time = table === "alert_word" ? "saidAt" : "at";
    return (this.alertRows.get(table) ?? []).filter((row) => isWithin(String(row[time]), { from, to }));
  }

  async forgetAlerts(): Promise<void> {}

  async deviceRecords(): Promise<readonly DeviceRecord[]> {
    if (this.signalFailure) throw this.signalFailure;
    return this.records;
  }

  async healthBetween({ from, to }: TimeRange, store?: StoreKey): Promise<readonly HealthRow[]> {
    const isOf = (row: HealthRow) => !store || (row.tenant === store.tenant && row.store === store.store);
    return this.health.filter((row) => isOf(row) && isWithin(row.receivedAt, { from, to }));
  }

  async flags(range: DateRange): Promise<readonly DerivedRow[]> {
    return (this.derivedRows.get("quality_flag") ?? []).filter((row) => isWithin(String(row.businessDate), range));
  }

  async hourTotals(dates: readonly string[], stores: readonly StoreKey[]): Promise<readonly HourTotal[]> {
    const isOf = (row: StoreKey) => stores.some(({ tenant, store }) => tenant === row.tenant && store === row.store);
    return this.hours.filter((row) => dates.includes(row.businessDate) && isOf(row));
  }

  async archive(upTo: string): Promise<{ readonly partitions: number; readonly rows: number }> {
    if (this.failure) throw this.failure;
    this.archivedUpTo.push(upTo);
    return { partitions: 1, rows: 100 };
  }

  async settle(): Promise<void> {}

  async recordRun(run: JobRun): Promise<void> {
    this.recorded = [...this.recorded.filter(({ runId }) => runId !== run.runId), run];
  }

  async runs(limit: number): Promise<readonly JobRun[]> {
    const byJob = groupBy([...this.recorded].reverse(), ({ job }) => job);
    return [...byJob.values()].flatMap((runs) => runs.slice(0, limit));
  }

  async recordCheckpoint(checkpoint: JobCheckpoint): Promise<void> {
    this.checked.push(checkpoint);
  }

  async checkpoints(runId: string): Promise<readonly JobCheckpoint[]> {
    return this.checked.filter((one) => one.runId === runId);
  }

  async lastStored(): Promise<number> {
    return 0;
  }

  async store(): Promise<Ledger> {
    return this.ledger();
  }

  async ledger(): Promise<Ledger> {
    return { stored: 0, duplicate: 0, quarantined: 0 };
  }

  async quarantineGroups(): Promise<readonly QuarantineGroup[]> {
    return [];
  }

  async pendingMessages(): Promise<readonly QuarantinedMessage[]> {
    return [];
  }

  async quarantinedMessage(): Promise<QuarantinedMessage | undefined> {
    return undefined;
  }

  async replay(): Promise<Ledger> {
    return this.ledger();
  }

  async intakeBetween(): Promise<RecentIntake> {
    return { clockMark: undefined, stored: 0, refused: [] };
  }

  async streamLedger(): Promise<Ledger> {
    return this.ledger();
  }

  async strayMessages(): Promise<number> {
    return 0;
  }

  async acceptDifference(accepted: AcceptedDifference): Promise<void> {
    this.accepted.push(accepted);
  }

  async acceptedDifferences(): Promise<readonly AcceptedDifference[]> {
    return this.accepted;
  }

  async close(): Promise<void> {}
}

function isWithin(date: string, { from, to }: DateRange): boolean {
  return from <= date && date <= to;
}

function keyOf(store: StoreInfo): string {
  return `${store.tenant}/${store.store}`;
}

const dayOf = ({ tenant, store, businessDate }: DerivedRow) => `${tenant}/${store}/${businessDate}`;
