import type { CloudConfig } from "../config.ts";
import { loadRegistry } from "./load-registry.ts";
import { Registry } from "./registry.ts";

/** The registry that the configuration names, or an empty one. Throws `AppError`. */
export async function openRegistry({ registry, stores }: Pick<CloudConfig, "registry" | "stores">): Promise<Registry> {
  const { publicHolidays } = await import("./holidays.ts");
  return registry === undefined ? new Registry([], publicHolidays) : loadRegistry(registry, stores, publicHolidays);
}
