import type { StoreInfo } from "../port.ts";

/** SQL that is true for rows of the stores bound as JSON to `$number`. */
export const isOneOf = (number: number) =>
  `(tenant, store) IN (SELECT unnest(from_json_strict($${number}, '[{"tenant":"VARCHAR","store":"VARCHAR"}]'), max_depth := 2))`;

/** Its parameter. */
export const storesParameter = (stores: readonly Pick<StoreInfo, "tenant" | "store">[]) =>
  JSON.stringify(stores.map(({ tenant, store }) => ({ tenant, store })));
