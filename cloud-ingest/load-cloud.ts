import { dirname, resolve } from "node:path";
import { loadConfig } from "../firmware-config/config/load.ts";
import type { Fault } from "../firmware-config/config/problem.ts";
import type { AlertsConfig, SinkConfig } from "./alerts/alerts-config.ts";
import { CloudConfig, type JobsConfig } from "./config.ts";
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
  const registry = config.registry === undefined ? {} : { registry: at(config.registry) };
  return {
    ...config,
    ...registry,
    dataDir: at(config.dataDir),
    jobs: jobs(config.jobs, at),
    broker: { ...config.broker, ...tls },
    alerts: withPaths(config.alerts, at),
  };
}

const jobs = ({ forecastModel, ...schedules }: JobsConfig, at: (path: string) => string): JobsConfig => ({
  ...schedules,
  ...(forecastModel !== undefined && { forecastModel: at(forecastModel) }),
});

/** Files of the alerts, from the configuration's own folder. */
function withPaths(alerts: AlertsConfig, at: (path: string) => string): AlertsConfig {
  const { webhook, rules, heartbeat } = alerts;
  return {
    ...alerts,
    ...(webhook && { webhook: { ...webhook, secretFile: at(webhook.secretFile) } }),
    ...(rules !== undefined && { rules: at(rules) }),
    ...(heartbeat && { heartbeat: { ...heartbeat, urlFile: at(heartbeat.urlFile) } }),
    sinks: alerts.sinks.map((sink) => sinkWithPaths(sink, at)),
  };
}

function sinkWithPaths(sink: SinkConfig, at: (path: string) => string): SinkConfig {
  switch (sink.type) {
    case "alertmanager":
      return { ...sink, ...(sink.tokenFile !== undefined && { tokenFile: at(sink.tokenFile) }) };
    case "webhook":
      return { ...sink, secretFile: at(sink.secretFile) };
    case "pagerduty":
      return { ...sink, routingKeyFile: at(sink.routingKeyFile) };
    case "slack":
      return { ...sink, urlFile: at(sink.urlFile) };
    default:
      return { ...sink, ...(sink.passwordFile !== undefined && { passwordFile: at(sink.passwordFile) }) };
  }
}

/** Of the whole path: a folder above the configuration's own may be what DuckDB cannot work in. */
function dataDirFaults(dataDir: string): readonly Fault[] {
  const text = pathFault(dataDir);
  return text === undefined ? [] : [{ path: ["dataDir"], text }];
}
