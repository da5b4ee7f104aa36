import { AppError } from "../../firmware-config/kit/errors.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import type { StoreInfo } from "../warehouse/port.ts";

/** The store of the configuration that is named so. Throws `AppError`. */
export function storeNamed(
  stores: readonly StoreInfo[],
  { tenant, store }: Pick<StoreInfo, "tenant" | "store">,
): StoreInfo {
  const found = stores.find((one) => one.tenant === tenant && one.store === store);
  if (found) return found;
  throw new AppError(`There is no store ${safeLine(`${tenant}/${store}`)}`, {
    code: "USAGE",
    hint: "Write tenant and store as the cloud's configuration has them.",
  });
}
