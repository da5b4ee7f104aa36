import type { Fault } from "../../firmware-config/config/problem.ts";
import { repeated } from "../../firmware-config/config/repeated.ts";
import { parseHours } from "../registry/opening-hours.ts";
import type { AlertsConfig, MaintenanceConfig, SinkConfig } from "./alerts-config.ts";

/** What the alerts of the configuration must keep beyond their schema. */
export function alertsFaults({ webhook, sinks, maintenance }: AlertsConfig): readonly Fault[] {
  return [
    ...webhookFaults(webhook),
    ...repeated(
      ["alerts", "sinks"],
      sinks.map(({ name }) => name),
    ),
    ...sinks.flatMap(sinkFaults),
    ...maintenance.flatMap(maintenanceFaults),
  ];
}

function webhookFaults(webhook: AlertsConfig["webhook"]): readonly Fault[] {
  const path = ["alerts", "webhook", "url"];
  if (!webhook) return [];
  if (!URL.canParse(webhook.url))
    return [{ path, text: "not an address, for example https://hooks.example.com/kazoe" }];
  const url = new URL(webhook.url);
  if (hasLogin(url)) return [{ path, text: NO_LOGIN }];
  return url.protocol === "https:" || webhook.allowPrivate
    ? []
    : [{ path, text: "must be https; http only in a network of your own: set allowPrivate" }];
}

const NO_LOGIN = "no user and no password in an address: use a path or query that only you know";
const hasLogin = ({ username, password }: URL) => username !== "" || password !== "";

function sinkFaults(sink: SinkConfig, index: number): readonly Fault[] {
  const path = ["alerts", "sinks", index];
  if (sink.type === "mail") return mailFaults(sink, path);
  if (!("url" in sink)) return [];
  const at = [...path, "url"];
  if (!URL.canParse(sink.url)) return [{ path: at, text: "not an address" }];
  const url = new URL(sink.url);
  if (hasLogin(url)) return [{ path: at, text: "no user and no password in an address: they have keys of their own" }];
  const isSafe = url.protocol === "https:" || url.protocol === "mqtts:";
  return isSafe || sink.allowPrivate
    ? []
    : [{ path: at, text: "without TLS only in a network of your own: set allowPrivate, or use https or mqtts" }];
}

function mailFaults(
  { tls, allowPrivate, user, passwordFile }: Extract<SinkConfig, { type: "mail" }>,
  path: Fault["path"],
): readonly Fault[] {
  const faults: Fault[] = [];
  if (tls === "none" && !allowPrivate)
    faults.push({ path: [...path, "tls"], text: "none only in a network of your own: set allowPrivate" });
  if ((user === undefined) !== (passwordFile === undefined))
    faults.push({ path, text: "user and passwordFile go together" });
  return faults;
}

function maintenanceFaults(
  { from, to, daily, tenant, store, device }: MaintenanceConfig,
  index: number,
): readonly Fault[] {
  const path = ["alerts", "maintenance", index];
  const isSpan = from !== undefined && to !== undefined;
  const faults: Fault[] = [];
  if (isSpan === (daily !== undefined) || (from === undefined) !== (to === undefined))
    faults.push({ path, text: "from and to, or daily" });
  if (isSpan && from >= to) faults.push({ path: [...path, "to"], text: "must be after from" });
  if (daily !== undefined && !parseHours(daily)?.length)
    faults.push({ path: [...path, "daily"], text: 'hours such as "02:00-04:00"' });
  if ((store !== undefined && tenant === undefined) || (device !== undefined && store === undefined))
    faults.push({ path, text: "a store is named with its tenant, a device with its store" });
  return faults;
}
