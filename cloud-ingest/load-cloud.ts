import { dirname, resolve } from "node:path";
import { loadConfig } from "../firmware-config/config/load.ts";
import { CloudConfig } from "./config.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** Reads the cloud's configuration; paths in it become absolute, from the file's own folder. Throws `AppError`. */
export async function loadCloudConfig(file: string): Promise<CloudConfig> {
  // Only who reads this configuration pays for loading the cron library.
  const { cloudFaults } = await import("./cloud-rules.ts");
  const config = await loadConfig(file, { schema: CloudConfig, rules: cloudFaults, maxBytes: MAX_BYTES });
  const at = (path: string) => resolve(dirname(file), path);
  const { certFile, keyFile } = config.broker;
  const tls = certFile === undefined || keyFile === undefined ? {} : { certFile: at(certFile), keyFile: at(keyFile) };
  return { ...config, dataDir: at(config.dataDir), broker: { ...config.broker, ...tls } };
}
