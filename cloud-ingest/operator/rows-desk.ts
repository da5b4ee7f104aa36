import { addDays, datesOf } from "../calendar.ts";
import type { Registry, StorePlace } from "../registry/registry.ts";
import type { StoreDay } from "../registry/store-day.ts";
import type { RowAnswer, RowIntake } from "../rows/intake.ts";
import type { Attention } from "./operator.ts";

/** Rows of an import, each as its JSON text. */
export interface RowsAsk {
  readonly texts: readonly string[];
  readonly by: string;
  readonly isDryRun: boolean;
}

/** Dates of a store from `date` on. */
export interface DaysAsk extends StorePlace {
  readonly date: string;
  readonly days: number;
}

/** What an operator can do with rows that no device sent. All throw `AppError`. */
export interface RowsOperator {
  add(ask: RowsAsk, attention: Pick<Attention, "signal">): Promise<readonly RowAnswer[]>;
  /** What holds for a store, by files and rows. */
  days(ask: DaysAsk): Promise<readonly StoreDay[]>;
}

/** Rows for operators, by the bus and on the warehouse itself. */
export class RowsDesk implements RowsOperator {
  readonly #parts: { readonly rows: RowIntake; readonly registry: () => Promise<Pick<Registry, "day">> };

  constructor(parts: { readonly rows: RowIntake; readonly registry: () => Promise<Pick<Registry, "day">> }) {
    this.#parts = parts;
  }

  add({ texts, by, isDryRun }: RowsAsk, { signal }: Pick<Attention, "signal">): Promise<readonly RowAnswer[]> {
    return this.#parts.rows.add(texts, { by }, { isDryRun, signal });
  }

  async days({ date, days, ...place }: DaysAsk): Promise<readonly StoreDay[]> {
    const registry = await this.#parts.registry();
    return datesOf({ from: date, to: addDays(date, days - 1) }).map((one) => registry.day(place, one));
  }
}
