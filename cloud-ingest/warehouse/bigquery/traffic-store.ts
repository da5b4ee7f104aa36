import { storeKey } from "../../../firmware-config/contract/topics.ts";
import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { type DateRange, datesOf, isDate } from "../../calendar.ts";
import { groupBy } from "../../group-by.ts";
import { zoneOf } from "../../zone/rules.ts";
import { daysOfWork } from "../derived-rows.ts";
import { byStore, common, rangeOfWork, within } from "../many-stores.ts";
import { mergeParts } from "../partitions/merge-parts.ts";
import { PARTITIONINGS } from "../partitions/partitioning.ts";
import { planRange } from "../partitions/plan-range.ts";
import type {
  ReadWish,
  StoreDates,
  StoreInfo,
  StoreTraffic,
  TrafficRow,
  TrafficSpan,
  TrafficStore,
  WindowsSum,
} from "../port.ts";
import { QUARTER_MS } from "../quarters.ts";
import { trafficOf } from "../read-rows.ts";
import { ROLLED, type Unit } from "../rolled.ts";
import { numberOf, textOf } from "../row.ts";
import type { BigQueryClient, Row, Statement } from "./big-query-client.ts";
import type { DeviceStore } from "./device-store.ts";
import { firstWholeDate } from "./expiry.ts";
import { SPAN_TYPES, spansOf, timed } from "./local-time.ts";
import { DATES_AT_ONCE, nearCondition, piecesOf, plannable } from "./near-dates.ts";
import { RollUp } from "./roll-up.ts";
import type { Siblings } from "./siblings.ts";
import { SUM_COLUMNS, sumsOf } from "./sums.ts";

const LOCAL = "%Y-%m-%dT%H:%M:%S";
/** Windows beyond the last hour of a window end no later: what a window of an older agent may be long. */
const HOUR_S = 3600;

export interface TrafficParts {
  readonly client: BigQueryClient;
  readonly siblings: Siblings;
  readonly devices: DeviceStore;
  readonly clock: Clock;
}

/** Answers questions about traffic. */
export class BigQueryTrafficStore implements Omit<TrafficStore, "devices"> {
  readonly #parts: TrafficParts;

  constructor(parts: TrafficParts) {
    this.#parts = parts;
  }

  async staleDates(stores: readonly StoreInfo[], wish: ReadWish = {}): Promise<readonly StoreDates[]> {
    wish.signal?.throwIfAborted();
    for (const { timeZone } of stores) zoneOf(timeZone);
    const single = stores.length === 1 ? stores[0] : undefined;
    const rows = await this.#parts.client.rows(staleQuarters(single), wish);
    const quarters = groupBy(rows, (row): string => `${textOf(row, "tenant")}/${textOf(row, "store")}`);
    return stores.flatMap((store) => {
      const dates = datesOfQuarters(store, quarters.get(storeKey(store)) ?? []);
      return dates.length > 0 ? [{ store, dates }] : [];
    });
  }

  rollUp(work: readonly StoreDates[]): Promise<number> {
    return new RollUp(this.#parts).run(work);
  }

  async windowDates(store: StoreInfo, range: DateRange, wish: ReadWish = {}): Promise<readonly string[]> {
    const rows = await this.#windows(store, range, wish, (condition) => {
      return `WITH ${timed(condition)} SELECT DISTINCT DATE(local_time) AS business_date FROM timed ORDER BY business_date`;
    });
    return [...new Set(rows.map((row) => textOf(row, "business_date")))];
  }

  async windowsSum(store: StoreInfo, range: DateRange, wish: ReadWish = {}): Promise<WindowsSum> {
    const rows = await this.#windows(store, range, wish, (condition) => {
      return `WITH ${timed(condition)} SELECT COUNT(*) AS windows, FORMAT_DATETIME('${LOCAL}',
        MAX(IF(observed_s > 0 OR \`in\` + \`out\` + visits > 0,
          DATETIME_ADD(local_time, INTERVAL LEAST(window_s, ${HOUR_S}) SECOND), NULL))) AS seen_until FROM timed`;
    });
    const seenUntil =
      rows
        .map((row) => textOf(row, "seen_until"))
        .sort()
        .at(-1) ?? "";
    const windows = rows.reduce((sum, row) => sum + numberOf(row, "windows"), 0);
    return { windows, ...(seenUntil !== "" && { seenUntil }) };
  }

  async traffic(
    store: StoreInfo,
    range: DateRange,
    span: TrafficSpan,
    wish: ReadWish = {},
  ): Promise<readonly TrafficRow[]> {
    wish.signal?.throwIfAborted();
    const names = this.#parts.devices.targetNames(store, wish);
    names.catch(() => {});
    const rows = await (span === "window"
      ? this.#windowRows(store, range, wish)
      : this.#rolled(store, range, span, wish));
    const nameOf = await names;
    return rows.map((row) => trafficOf(row, nameOf(row)));
  }

  /** One question about what is unsettled, and one for each month and portion of unsettled dates. */
  async trafficOfStores(
    work: readonly StoreDates[],
    span: Unit,
    wish: ReadWish = {},
  ): Promise<readonly StoreTraffic[]> {
    wish.signal?.throwIfAborted();
    const range = plannable(rangeOfWork(work));
    if (!range) return [];
    const first = firstWholeDate(this.#parts.client.config, this.#parts.clock.nowMs());
    const stores = work.map(({ store }) => store);
    const unsettled = common(await this.staleDates(stores, wish), work, (date) => date >= first);
    const found: Row[] = [];
    for (const part of planRange(range, PARTITIONINGS[ROLLED[span]])) {
      const own = within(unsettled, part.range).flatMap(({ dates }) => dates);
      for (const { range: piece, dates } of piecesOf(part.range, own)) {
        const asked = { range: piece, span, work: within(work, piece), unsettled: within(unsettled, piece), dates };
        if (asked.work.length === 0) continue;
        for (const row of await this.#parts.client.rows(manyStatement(asked), wish)) found.push(row);
      }
    }
    return byStore(stores, found);
  }

  /** Nothing of the warehouse is ever out of reach by itself. */
  async unreadableDates(): Promise<readonly string[]> {
    return [];
  }

  #windowRows(store: StoreInfo, range: DateRange, wish: ReadWish): Promise<readonly Row[]> {
    return this.#windows(store, range, wish, (condition) => {
      return `WITH ${timed(condition)} SELECT device_id, camera_id, target_kind, target_id, DATE(local_time) AS business_date,
          FORMAT_DATETIME('${LOCAL}', local_time) AS local_text, window_s AS span_s, \`in\`, \`out\`, visits, stops, passers_by,
          dwell_s, occupancy_mean, occupancy_max, observed_s
        FROM timed ORDER BY local_time, device_id, camera_id, target_kind, target_id, window_start`;
    });
  }

  /** Runs a query over the windows of a range, in as many statements as its partitions need, oldest first. */
  async #windows(
    store: StoreInfo,
    range: DateRange,
    wish: ReadWish,
    sqlOf: (condition: string) => string,
  ): Promise<readonly Row[]> {
    const known = plannable(range);
    const parts = known ? planRange(known, PARTITIONINGS.counts, DATES_AT_ONCE) : [];
    const { signal = new AbortController().signal } = wish;
    const rows: Row[] = [];
    const ask = (part: { readonly range: DateRange }, partSignal: AbortSignal) => {
      const dates = datesOf(part.range);
      const spans = spansOf([{ store, dates }]);
      if (spans.length === 0) return Promise.resolve([]);
      const condition = `${nearCondition(dates)} AND c.tenant = @tenant AND c.store = @store`;
      const params = { spans, tenant: store.tenant, store: store.store };
      return this.#parts.client.rows(
        { sql: sqlOf(condition), params, types: SPAN_TYPES },
        { ...wish, signal: partSignal },
      );
    };
    for await (const some of mergeParts(parts, ask, { signal })) for (const row of some) rows.push(row);
    return rows;
  }

  /** Hours or days: of settled dates as the roll-up wrote them, of the others as it would write them now. */
  async #rolled(store: StoreInfo, range: DateRange, span: Unit, wish: ReadWish): Promise<readonly Row[]> {
    const known = plannable(range);
    if (!known) return [];
    const [stale] = await this.staleDates([store], wish);
    const first = firstWholeDate(this.#parts.client.config, this.#parts.clock.nowMs());
    const dates = (stale?.dates ?? []).filter((date) => date >= first);
    const unsettled = dates.filter((date) => known.from <= date && date <= known.to);
    const rows: Row[] = [];
    for (const part of planRange(known, PARTITIONINGS[ROLLED[span]])) {
      const own = unsettled.filter((date) => part.range.from <= date && date <= part.range.to);
      for (const { range: some, dates } of piecesOf(part.range, own)) {
        const statement = rolledStatement({ store, range: some, span, unsettled: dates });
        for (const row of await this.#parts.client.rows(statement, wish)) rows.push(row);
      }
    }
    return rows;
  }
}

interface RolledQuestion {
  readonly store: StoreInfo;
  readonly range: DateRange;
  readonly span: Unit;
  readonly unsettled: readonly string[];
}

function rolledStatement({ store, range, span, unsettled }: RolledQuestion): Statement {
  const key = { tenant: store.tenant, store: store.store };
  const condition = planRange(range, PARTITIONINGS[ROLLED[span]])[0]?.condition;
  const settled = `SELECT ${SUM_COLUMNS} FROM v_${ROLLED[span]} WHERE tenant = @tenant AND store = @store AND ${condition}`;
  const columns = `*, FORMAT_DATETIME('${LOCAL}', local_start) AS local_text`;
  const order = "ORDER BY local_start, device_id, camera_id, target_kind, target_id";
  const spans = unsettled.length > 0 ? spansOf([{ store, dates: unsettled }]) : [];
  if (spans.length === 0) return { sql: `SELECT ${columns} FROM (${settled}) ${order}`, params: key };
  const sums = sumsOf(
    span,
    [{ store, dates: unsettled }],
    `${nearCondition(unsettled)} AND c.tenant = @tenant AND c.store = @store`,
  );
  return {
    sql: `${sums.sql} SELECT ${columns} FROM (
      ${settled} AND CAST(business_date AS STRING) NOT IN UNNEST(@unsettled) UNION ALL SELECT ${SUM_COLUMNS} FROM sums) ${order}`,
    params: { ...sums.params, ...key, unsettled: [...unsettled] },
    types: { ...sums.types, unsettled: ["STRING"] },
  };
}

interface ManyQuestion extends Omit<RolledQuestion, "store" | "unsettled"> {
  readonly work: readonly StoreDates[];
  readonly unsettled: readonly StoreDates[];
  /** All that are unsettled of any store: one portion of `nearPortions`. */
  readonly dates: readonly string[];
}

function manyStatement({ range, span, work, unsettled, dates }: ManyQuestion): Statement {
  const condition = planRange(range, PARTITIONINGS[ROLLED[span]])[0]?.condition;
  const open = new Set(daysOfWork(unsettled));
  const days = daysOfWork(work).filter((day) => !open.has(day));
  const settled = `SELECT ${SUM_COLUMNS} FROM v_${ROLLED[span]} WHERE ${condition}
      AND CONCAT(tenant, '/', store, '/', CAST(business_date AS STRING)) IN UNNEST(@days)`;
  const columns = `*, FORMAT_DATETIME('${LOCAL}', local_start) AS local_text`;
  const order = "ORDER BY tenant, store, local_start, device_id, camera_id, target_kind, target_id";
  const types = { days: ["STRING"] };
  if (unsettled.length === 0) return { sql: `SELECT ${columns} FROM (${settled}) ${order}`, params: { days }, types };
  const sums = sumsOf(span, unsettled, nearCondition(dates));
  return {
    sql: `${sums.sql} SELECT ${columns} FROM (${settled} UNION ALL SELECT ${SUM_COLUMNS} FROM sums) ${order}`,
    params: { ...sums.params, days },
    types: { ...sums.types, ...types },
  };
}

function staleQuarters(single: StoreInfo | undefined): Statement {
  const select = "SELECT DISTINCT tenant, store, UNIX_MILLIS(quarter) AS quarter_ms FROM stale_quarter";
  if (!single) return { sql: select };
  return {
    sql: `${select} WHERE tenant = @tenant AND store = @store`,
    params: { tenant: single.tenant, store: single.store },
  };
}

/** The business dates that quarters reach into, ascending; some hours around the years 1 and 9999 are of a date that nobody can ask for. */
function datesOfQuarters({ timeZone }: StoreInfo, rows: readonly Row[]): readonly string[] {
  const zone = zoneOf(timeZone);
  const dates = new Set<string>();
  for (const row of rows) {
    const startMs = numberOf(row, "quarter_ms");
    for (const ms of [startMs, startMs + QUARTER_MS - 1]) dates.add(zone.date(ms));
  }
  return [...dates].filter(isDate).sort();
}
