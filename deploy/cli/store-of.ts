import type { CloudConfig } from "../../cloud-ingest/config.ts";
import type { StorePlace } from "../../cloud-ingest/registry/registry.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";

/** The store of a configuration by its name, where only one tenant has it, or by `tenant/store`. Throws USAGE. */
export function storeOf(name: string, stores: CloudConfig["stores"]): StorePlace {
  const [first = "", second] = name.split("/");
  const found = stores.filter(({ tenant, store }) =>
    second === undefined ? store === first : tenant === first && store === second,
  );
  const [only] = found;
  if (only && found.length === 1) return { tenant: only.tenant, store: only.store };
  const what = found.length === 0 ? "There is no store" : "More than one tenant has a store";
  throw new AppError(`${what} ${safeLine(name)}`, {
    code: "USAGE",
    hint: "Write tenant/store as the configuration has them.",
  });
}
