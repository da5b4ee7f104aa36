import { dirname, resolve } from "node:path";
import { loadConfig } from "../firmware-config/config/load.ts";
import { AppError } from "../firmware-config/kit/errors.ts";
import { CloudConfig } from "./config.ts";

/** Reads the cloud's configuration; paths in it become absolute, from the file's own folder. Throws `AppError`. */
export async function loadCloudConfig(file: string): Promise<CloudConfig> {
  const config = await loadConfig(file, CloudConfig);
  checkUnique(
    file,
    "stores",
    config.stores.map(({ tenant, store }) => `${tenant}/${store}`),
  );
  checkUnique(
    file,
    "devices",
    config.devices.map(({ tenant, store, device }) => `${tenant}/${store}/${device}`),
  );
  checkUnique(
    file,
    "http.readers",
    config.http.readers.map(({ name }) => name),
  );
  config.stores.forEach(({ timeZone }, i) => {
    if (!isTimeZone(timeZone))
      throw invalid(file, `stores[${i}].timeZone: not an IANA time zone, for example Asia/Tokyo`);
  });
  const at = (path: string) => resolve(dirname(file), path);
  const { certFile, keyFile } = config.broker;
  if ((certFile === undefined) !== (keyFile === undefined))
    throw invalid(file, "broker: certFile and keyFile go together");
  const tls = certFile === undefined || keyFile === undefined ? {} : { certFile: at(certFile), keyFile: at(keyFile) };
  return { ...config, dataDir: at(config.dataDir), broker: { ...config.broker, ...tls } };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function checkUnique(file: string, path: string, keys: readonly string[]): void {
  const seen = new Set<string>();
  const twice = keys.find((key) => seen.size === seen.add(key).size);
  if (twice !== undefined) throw invalid(file, `${path}: ${twice} is there twice`);
}

function invalid(file: string, text: string): AppError {
  return new AppError(`The configuration is not valid:\n  ${file} ${text}`, {
    code: "CONFIG_INVALID",
    hint: "Correct this place; the README has the reference of all keys.",
  });
}
