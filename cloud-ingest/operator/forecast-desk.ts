import type { DerivedRow, DerivedStore } from "../warehouse/derived-port.ts";
import type { StoreInfo } from "../warehouse/port.ts";
import { storeNamed } from "./store-named.ts";

/** What an operator can ask of forecasts. Throws `AppError`. */
export interface ForecastOperator {
  /** All rows of table `forecast` of a store's date. */
  rows(store: Pick<StoreInfo, "tenant" | "store">, date: string): Promise<readonly DerivedRow[]>;
}

/** Forecasts for operators, on the warehouse itself. */
export class ForecastDesk implements ForecastOperator {
  readonly #parts: { readonly warehouse: Pick<DerivedStore, "derived">; readonly stores: readonly StoreInfo[] };

  constructor(parts: { readonly warehouse: Pick<DerivedStore, "derived">; readonly stores: readonly StoreInfo[] }) {
    this.#parts = parts;
  }

  rows(place: Pick<StoreInfo, "tenant" | "store">, date: string): Promise<readonly DerivedRow[]> {
    const store = storeNamed(this.#parts.stores, place);
    return this.#parts.warehouse.derived("forecast", store, { from: date, to: date });
  }
}
