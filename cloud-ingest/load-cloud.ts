import { dirname, resolve } from "node:path";
import { loadConfig } from "../firmware-config/config/load.ts";
import type { Fault } from "../firmware-config/config/problem.ts";
import { CloudConfig } from "./config.ts";
import { pathFault } from "./warehouse/duckdb/path-rule.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** Reads the cloud's configuration; paths in it become absolute, from the file's own folder. Throws `AppError`. */
export async function loadCloudConfig(file: string): Promise<CloudConfig> {
  // Only who reads this configuration pays for loading the cron library.
  const { cloudFaults } = await import("./cloud-rules.ts");
  const at = (path: string) => resolve(dirname(file), path);
  const rules = (config: CloudConfig) => [...cloudFaults(config), ...dataDirFaults(at(config.dataDir))];
  const config = await loadConfig(file, { schema: CloudConfig, rules, maxBytes: MAX_BYTES });
  const { certFile, keyFile } = config.broker;
  const tls = certFile === undefined || keyFile === undefined ? {} : { certFile: at(certFile), keyFile: at(keyFile) };
  const { webhook } = config.alerts;
  const alerts = webhook ? { webhook: { ...webhook, secretFile: at(webhook.secretFile) } } : {};
  const registry = config.registry === undefined ? {} : { registry: at(config.registry) };
  return { ...config, ...registry, dataDir: at(config.dataDir), broker: { ...config.broker, ...tls }, alerts };
}

/** Of the whole path: a folder above the configuration's own may be what DuckDB cannot work in. */
function dataDirFaults(dataDir: string): readonly Fault[] {
  const text = pathFault(dataDir);
  return text === undefined ? [] : [{ path: ["dataDir"], text }];
}
