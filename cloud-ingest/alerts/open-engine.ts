import type { Clock } from "../../firmware-config/kit/clock.ts";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { readSecretFile } from "../../firmware-config/kit/secret-file.ts";
import type { CloudConfig } from "../config.ts";
import type { AlertEngineParts } from "./engine/alert-engine.ts";
import { AlertEngine } from "./engine/alert-engine.ts";
import { loadRules } from "./rules/load-rules.ts";
import { Delivery } from "./sinks/delivery.ts";
import { Heartbeat } from "./sinks/heartbeat.ts";
import { openSink } from "./sinks/open-sinks.ts";
import type { ShownAlert } from "./sinks/sink.ts";

/** How old what is known of the registry may be: of thousands of stores it takes a second to read. */
const REGISTRY_MS = 10 * 60_000;

interface Parts extends Pick<AlertEngineParts, "warehouse" | "registry" | "isBehind"> {
  readonly clock: Clock;
  readonly log: Log;
}

/** Judges and tells until the signal aborts. */
export interface RunningAlerts {
  run(signal: AbortSignal): Promise<void>;
}

/** The alert engine of the configuration with its sinks and its heartbeat. Throws `AppError` for a rule or a secret's file. */
export async function openAlertEngine(
  { alerts, stores, devices }: Pick<CloudConfig, "alerts" | "stores" | "devices">,
  { warehouse, registry, clock, log, isBehind }: Parts,
): Promise<RunningAlerts> {
  const rules = await loadRules(alerts.rules);
  const opened = await Promise.all(
    alerts.sinks.map(async (config, index) => ({ config, sink: await openSink(config, index) })),
  );
  const sinks = (open: () => readonly ShownAlert[]) =>
    opened.map(({ config, sink }) => {
      const { name, perMinute } = config;
      return { config, delivery: new Delivery({ name, sink, store: warehouse, clock, log, perMinute, open }) };
    });
  const watched = devices.map(({ tenant, store, device }) => ({ tenant, store, device }));
  const known = rememberedRegistry(registry, { clock, log });
  const parts = { config: alerts, rules, stores, devices: watched, warehouse, registry: known, sinks, clock, log };
  const engine = new AlertEngine({ ...parts, isBehind });
  const heartbeat = await openHeartbeat(alerts.heartbeat, { engine, clock, log });
  return {
    run: async (signal) => {
      await Promise.all([engine.run(signal), heartbeat?.run(signal)]);
    },
  };
}

async function openHeartbeat(
  config: CloudConfig["alerts"]["heartbeat"],
  { engine, clock, log }: { readonly engine: AlertEngine; readonly clock: Clock; readonly log: Log },
): Promise<Heartbeat | undefined> {
  if (!config) return undefined;
  const hint = "Write the address into this file, chmod 600.";
  const url = await readSecretFile(config.urlFile, { key: "alerts.heartbeat.urlFile", hint });
  const { allowPrivate, everyS } = config;
  return new Heartbeat({ url, allowPrivate, everyMs: everyS * 1_000, isAlive: () => engine.isAlive, clock, log });
}

/** Of one that cannot be read any more, what was known before. */
function rememberedRegistry(
  read: AlertEngineParts["registry"],
  { clock, log }: Pick<Parts, "clock" | "log">,
): AlertEngineParts["registry"] {
  let known: Awaited<ReturnType<typeof read>> | undefined;
  let readMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (known && clock.monotonicMs() - readMs < REGISTRY_MS) return known;
    try {
      known = await read();
      readMs = clock.monotonicMs();
    } catch (error) {
      if (!known) throw error;
      log.warn({ reason: messageOf(error) }, "the registry cannot be read; alerts go by what was known of it");
      readMs = clock.monotonicMs();
    }
    return known;
  };
}
