import { MAX_PAYLOAD_BYTES } from "../../firmware-config/contract/envelope.ts";
import { parseRow, type RowTable } from "../../firmware-config/contract/row.ts";
import { parseRowTopic, storeKey } from "../../firmware-config/contract/topics.ts";
import { groupBy } from "../group-by.ts";
import { parseHours } from "../registry/opening-hours.ts";
import type { StoreInfo } from "../warehouse/port.ts";
import type { SourceRow } from "../warehouse/row-port.ts";

/** A row, or why it cannot be used. */
export type JudgedRow = { readonly row: SourceRow } | { readonly reason: string };

/** What may be said of all stores of a tenant together. */
const OF_ALL_STORES: readonly RowTable[] = ["calendar", "regressor"];

/** Judges rows that no device sent: what a row says, and whose it is. */
export class RowJudge {
  readonly #byTenant: ReadonlyMap<string, readonly StoreInfo[]>;
  readonly #byStore: ReadonlyMap<string, StoreInfo>;

  constructor(stores: readonly StoreInfo[]) {
    this.#byTenant = groupBy(stores, ({ tenant }) => tenant);
    this.#byStore = new Map(stores.map((store) => [storeKey(store), store]));
  }

  /** Undefined when the topic is none of rows. */
  judge(topic: string, payload: Uint8Array, receivedAt: string): JudgedRow | undefined {
    const named = parseRowTopic(topic);
    if (!named) return undefined;
    if (payload.byteLength > MAX_PAYLOAD_BYTES) return { reason: `larger than ${MAX_PAYLOAD_BYTES} bytes` };
    const parsed = parseRow(payload);
    if (!parsed.ok) return { reason: parsed.reason };
    const { row } = parsed;
    const { place } = named;
    if (!place) return { reason: "no store: it is not said whose row it is, or in no name of a store" };
    const { tenant, store = "" } = place;
    const stores = this.#storesOf(tenant, store);
    if (stores.length === 0) return { reason: "no store: the configuration has none of that name" };
    if (store === "" && !OF_ALL_STORES.includes(row.table))
      return { reason: `no store: a row of ${row.table} is of one store` };
    const hours = row.table === "calendar" ? row.columns.hours : undefined;
    if (hours !== undefined && parseHours(hours.split(/, ?/)) === undefined)
      return { reason: "/columns/hours overlap, or last longer than a day" };
    return { row: { tenant, store, stores, receivedAt, row } };
  }

  #storesOf(tenant: string, store: string): readonly StoreInfo[] {
    if (store === "") return this.#byTenant.get(tenant) ?? [];
    const found = this.#byStore.get(storeKey({ tenant, store }));
    return found ? [found] : [];
  }
}
