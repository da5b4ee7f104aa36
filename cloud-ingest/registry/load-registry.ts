import { stat } from "node:fs/promises";
import { join } from "node:path";
import { parseConfigWithPlaces } from "../../firmware-config/config/load.ts";
import { type Fault, fileError } from "../../firmware-config/config/problem.ts";
import { readText } from "../../firmware-config/config/read-text.ts";
import { yamlNames } from "../../firmware-config/config/yaml-names.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { HolidaySource } from "./holiday-port.ts";
import { Registry, type RegistryFile } from "./registry.ts";
import { RegistryConfig } from "./registry-config.ts";
import { registryFaults } from "./registry-rules.ts";

/** A tenant of some thousand stores with their special days. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_FILES = 10_000;

interface KnownStore {
  readonly tenant: string;
  readonly store: string;
}

/**
 * Reads a registry: one YAML file, or every `*.yaml` of a folder, one for each tenant. `stores` are those of the cloud's configuration:
 * another one is most likely a slip. Throws `AppError` CONFIG_INVALID or CONFIG_NOT_FOUND with file, line and what is wrong.
 */
export async function loadRegistry(
  path: string,
  stores: readonly KnownStore[],
  holidays: HolidaySource,
): Promise<Registry> {
  const files: RegistryFile[] = [];
  const owners = new Map<string, string>();
  for (const file of await filesOf(path)) {
    const { config, placeOf } = parseConfigWithPlaces(
      await readText(file, MAX_BYTES),
      file,
      RegistryConfig,
      (parsed) => [...registryFaults(parsed, holidays), ...strangers(parsed, stores)],
    );
    const other = owners.get(config.tenant);
    if (other !== undefined)
      throw fileError(file, `is of tenant ${config.tenant}, as ${other} is; a tenant has one file`);
    owners.set(config.tenant, file);
    files.push({ file, config, lineOf: (at) => placeOf(at).line });
  }
  return new Registry(files, holidays);
}

async function filesOf(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await yamlNames(path);
    if (names.length > MAX_FILES) throw fileError(path, `holds more than ${MAX_FILES} files`);
    if (names.length === 0) throw fileError(path, "a folder without a file *.yaml; write one for each tenant into it");
    return names.map((name) => join(path, name));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(`Cannot read the registry ${path}: ${messageOf(error)}`, {
      code: "CONFIG_NOT_FOUND",
      hint: "Check the key registry of the cloud's configuration.",
      cause: error,
    });
  }
}

function strangers({ tenant, stores }: RegistryConfig, known: readonly KnownStore[]): readonly Fault[] {
  const ofTenant = new Set(known.filter((one) => one.tenant === tenant).map(({ store }) => store));
  if (ofTenant.size === 0)
    return [{ path: ["tenant"], text: "no store of the cloud's configuration is of this tenant" }];
  return Object.keys(stores).flatMap((store) =>
    ofTenant.has(store) ? [] : [{ path: ["stores", store], text: "the cloud's configuration has no such store" }],
  );
}
