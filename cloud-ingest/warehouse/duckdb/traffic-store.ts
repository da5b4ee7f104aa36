import { type DateRange, datesOf } from "../../calendar.ts";
import { around } from "../dates.ts";
import { common } from "../many-stores.ts";
import type {
  DeviceStatus,
  ReadWish,
  SilenceStore,
  StoreDates,
  StoreInfo,
  StoreSeen,
  StoreTraffic,
  TrafficRow,
  TrafficSpan,
  TrafficStore,
  WindowsSum,
} from "../port.ts";
import { statusOf } from "../presence.ts";
import { recordOf } from "../read-rows.ts";
import type { Unit } from "../rolled.ts";
import { textOf } from "../row.ts";
import { coldFiles, hiddenDates } from "./cold-list.ts";
import type { Database } from "./database.ts";
import { trafficOfStores } from "./many-stores.ts";
import { readAs } from "./read-as.ts";
import { countsIn, rollUpDates } from "./roll-up.ts";
import { daysOf, partsOf } from "./roll-up-parts.ts";
import type { Session } from "./session.ts";
import { staleDates, staleWork } from "./stale-quarters.ts";
import { rolledTraffic, windowDates, windowsSum, windowTraffic } from "./traffic-query.ts";

/** Counts that are rolled up in one transaction, about: half a second of one core. */
const COUNTS_AT_ONCE = 500_000;

/** A month of one store, or one day of a few: too little to ask how many counts it has. */
const DAYS_UNCOUNTED = 31;

/** Answers questions about traffic and devices. */
export class DuckDbTrafficStore implements TrafficStore, SilenceStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  staleDates(stores: readonly StoreInfo[], wish: ReadWish = {}): Promise<readonly StoreDates[]> {
    return readAs(this.#database, wish, (session) => staleWork(session, stores));
  }

  /** A stretch of dates of all stores after the other: each date's file is read once, and no transaction holds up ingest for long. */
  async rollUp(work: readonly StoreDates[]): Promise<number> {
    const { dir } = this.#database;
    const days = daysOf(work);
    const most = days.length <= DAYS_UNCOUNTED ? DAYS_UNCOUNTED : await this.#daysAtOnce(work, days.length);
    let written = 0;
    for (const part of partsOf(days, most))
      written += await this.#database.write((session) => rollUpDates(session, { dir, work: part }));
    return written;
  }

  /** How many days of these stores have about `COUNTS_AT_ONCE` counts. */
  async #daysAtOnce(work: readonly StoreDates[], days: number): Promise<number> {
    const { dir } = this.#database;
    const counts = await readAs(this.#database, { isExport: true }, (session) => countsIn(session, { dir, work }));
    return Math.max(1, Math.floor((days * COUNTS_AT_ONCE) / Math.max(1, counts)));
  }

  windowDates(store: StoreInfo, range: DateRange, wish: ReadWish = {}): Promise<readonly string[]> {
    const { dir } = this.#database;
    return readAs(this.#database, wish, async (session) => {
      const files = await coldFiles(session, "counts", around(datesOf(range)));
      return windowDates(session, { dir, store, range, files });
    });
  }

  windowsSum(store: StoreInfo, range: DateRange, wish: ReadWish = {}): Promise<WindowsSum> {
    const { dir } = this.#database;
    return readAs(this.#database, wish, async (session) => {
      const files = await coldFiles(session, "counts", around(datesOf(range)));
      return windowsSum(session, { dir, store, range, files });
    });
  }

  traffic(store: StoreInfo, range: DateRange, span: TrafficSpan, wish: ReadWish = {}): Promise<readonly TrafficRow[]> {
    const { dir } = this.#database;
    return readAs(this.#database, wish, async (session) => {
      if (span !== "window") return this.#rolled(session, { store, range, span });
      const files = await coldFiles(session, "counts", around(datesOf(range)));
      return windowTraffic(session, { dir, store, range, files });
    });
  }

  trafficOfStores(work: readonly StoreDates[], span: Unit, wish: ReadWish = {}): Promise<readonly StoreTraffic[]> {
    if (work.length === 0) return Promise.resolve([]);
    const { dir } = this.#database;
    const stores = work.map(({ store }) => store);
    return readAs(this.#database, wish, async (session) => {
      const stale = common(await staleWork(session, stores), work, () => true);
      const hidden = stale.length > 0 ? await hiddenDates(session) : new Set();
      const unsettled = common(stale, work, (date) => !hidden.has(date));
      const files = await coldFiles(session, "counts", around(unsettled.flatMap(({ dates }) => dates)));
      return trafficOfStores(session, { dir, span, work, unsettled, files });
    });
  }

  /** The archive knows no stores: what it hides, it hides of all. */
  unreadableDates(_: StoreInfo, { from, to }: DateRange, wish: ReadWish = {}): Promise<readonly string[]> {
    return readAs(this.#database, wish, async (session) => {
      return [...(await hiddenDates(session))].filter((date) => from <= date && date <= to).sort();
    });
  }

  /** What is unsettled is looked up in the snapshot that is added up: a roll-up in between hides and doubles nothing. */
  async #rolled(
    session: Session,
    asked: { readonly store: StoreInfo; readonly range: DateRange; readonly span: Unit },
  ) {
    const { from, to } = asked.range;
    const stale = (await staleDates(session, asked.store)).filter((date) => from <= date && date <= to);
    const hidden = stale.length > 0 ? await hiddenDates(session) : new Set();
    const unsettled = stale.filter((date) => !hidden.has(date));
    const files = await coldFiles(session, "counts", around(unsettled));
    return rolledTraffic(session, { ...asked, dir: this.#database.dir, unsettled, files });
  }

  devices({ tenant, store }: StoreInfo, wish: ReadWish = {}): Promise<readonly DeviceStatus[]> {
    return readAs(this.#database, wish, async (session) => {
      const rows = await session.rows("SELECT * FROM device WHERE tenant = $1 AND store = $2 ORDER BY device", [
        tenant,
        store,
      ]);
      return rows.map(recordOf).map(statusOf);
    });
  }

  lastSeen(): Promise<readonly StoreSeen[]> {
    return this.#database.read(async (session) => {
      const rows = await session.rows("SELECT tenant, store, max(last_seen_at) AS seen FROM device GROUP BY ALL");
      return rows.map((row) => ({
        ...{ tenant: textOf(row, "tenant"), store: textOf(row, "store") },
        lastSeenAt: textOf(row, "seen"),
      }));
    });
  }
}
