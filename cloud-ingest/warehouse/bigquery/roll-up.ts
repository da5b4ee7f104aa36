import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { type DateRange, dateOfMs, datesOf, isDate } from "../../calendar.ts";
import { planDatesInTables, type TablePart } from "../partitions/plan-tables.ts";
import type { StoreDates } from "../port.ts";
import { QUARTER_MS } from "../quarters.ts";
import { ROLLED, type Unit } from "../rolled.ts";
import { numberOf, textOf } from "../row.ts";
import type { BigQueryClient, ParameterTypes } from "./big-query-client.ts";
import { firstWholeDate } from "./expiry.ts";
import { SPAN_TYPES, type StoreSpan, spansOf, wholeSpansOf } from "./local-time.ts";
import { nearCondition, nearPortions } from "./near-dates.ts";
import type { Siblings } from "./siblings.ts";
import { SUM_COLUMNS, sumsOf } from "./sums.ts";

const SEEN_TYPES: ParameterTypes = { seen: [{ worker: "STRING", number: "INT64" }] };

/** How far the notes of each process were seen. */
interface Seen {
  readonly worker: string;
  readonly number: number;
}

export interface RollUpParts {
  readonly client: BigQueryClient;
  readonly siblings: Siblings;
  readonly clock: Clock;
}

/** Recomputes hours and days: one MERGE per table and stretch of dates, whatever the number of stores. */
export class RollUp {
  readonly #parts: RollUpParts;

  constructor(parts: RollUpParts) {
    this.#parts = parts;
  }

  /**
   * What was noted before the counts were read is cleared when they are written; what is noted meanwhile stays. Dates whose counts
   * expire are cleared alone.
   */
  async run(work: readonly StoreDates[]): Promise<number> {
    const seen = await this.#seen();
    const first = firstWholeDate(this.#parts.client.config, await this.#nowMs());
    const today = dateOfMs(this.#parts.clock.nowMs());
    let written = 0;
    for (const dates of portionsOf(work, first)) {
      for (const unit of ["hour", "day"] as const) {
        for (const part of planDatesInTables(ROLLED[unit], dates, today))
          written += await this.#merge(unit, work, part);
      }
    }
    if (seen.length > 0) await this.#clear(wholeSpansOf(work), seen);
    return written;
  }

  async #seen(): Promise<readonly Seen[]> {
    const rows = await this.#parts.client.rows({
      sql: "SELECT worker, MAX(number) AS number FROM stale_quarter GROUP BY worker",
    });
    return rows.map((row) => ({ worker: textOf(row, "worker"), number: numberOf(row, "number") }));
  }

  /** By BigQuery's clock, by which counts expire, where they do. */
  async #nowMs(): Promise<number> {
    const { client, clock } = this.#parts;
    if (client.config.keepDays === undefined) return clock.nowMs();
    const [row] = await client.rows({ sql: "SELECT UNIX_MILLIS(CURRENT_TIMESTAMP()) AS now_ms" });
    return row ? numberOf(row, "now_ms") : clock.nowMs();
  }

  /** Takes the dates' rows out and puts the new ones in, in one statement. */
  async #merge(unit: Unit, work: readonly StoreDates[], { table, range, condition }: TablePart): Promise<number> {
    const some = within(work, range);
    if (table !== ROLLED[unit]) await this.#parts.siblings.need(table);
    const dates = [...new Set(some.flatMap((one) => one.dates))];
    if (spansOf(some).length === 0) return 0;
    const sums = sumsOf(unit, some, nearCondition(dates));
    const days = some.flatMap(({ store, dates: own }) => own.map((date) => `${store.tenant}/${store.store}/${date}`));
    const { inserted } = await this.#parts.client.change({
      sql: `MERGE ${table} AS t USING (${sums.sql} SELECT ${SUM_COLUMNS} FROM sums) AS s ON FALSE
WHEN NOT MATCHED BY SOURCE AND ${condition.replaceAll("`business_date`", "t.business_date")}
  AND CONCAT(t.tenant, '/', t.store, '/', CAST(t.business_date AS STRING)) IN UNNEST(@days) THEN DELETE
WHEN NOT MATCHED THEN INSERT (${SUM_COLUMNS}) VALUES (${SUM_COLUMNS})`,
      params: { ...sums.params, days },
      types: { ...sums.types, days: ["STRING"] },
    });
    return inserted;
  }

  /** A quarter that reaches into another date as well waits for that one. */
  async #clear(spans: readonly StoreSpan[], seen: readonly Seen[]): Promise<void> {
    if (spans.length === 0) return;
    await this.#parts.client.change({
      sql: `DELETE FROM stale_quarter AS q
WHERE EXISTS (SELECT 1 FROM UNNEST(@seen) AS w WHERE w.worker = q.worker AND q.number <= w.number)
  AND EXISTS (SELECT 1 FROM UNNEST(@spans) AS s WHERE s.tenant = q.tenant AND s.store = q.store
    AND UNIX_MILLIS(q.quarter) >= s.from_ms AND UNIX_MILLIS(q.quarter) + ${QUARTER_MS} <= s.until_ms)`,
      params: { seen, spans },
      types: { ...SEEN_TYPES, ...SPAN_TYPES },
    });
  }
}

/** The dates of all stores from `first` on, in portions that one statement may touch, oldest first. */
function portionsOf(work: readonly StoreDates[], first: string): readonly (readonly string[])[] {
  return nearPortions(work.flatMap((one) => one.dates).filter((date) => isDate(date) && date >= first));
}

/** The work on dates of a range. */
function within(work: readonly StoreDates[], range: DateRange): readonly StoreDates[] {
  const wanted = new Set(datesOf(range));
  const some = work.map(({ store, dates }) => ({
    store,
    dates: [...new Set(dates)].filter((date) => wanted.has(date)),
  }));
  return some.filter(({ dates }) => dates.length > 0);
}
