import { parseHours } from "../../registry/opening-hours.ts";
import type { StoreInfo } from "../../warehouse/port.ts";
import { zoneOf } from "../../zone/rules.ts";
import type { MaintenanceConfig } from "../alerts-config.ts";
import { covers, type Subject } from "./subject.ts";

const DAY_MIN = 24 * 60;

/** Why a subject is not judged now: by the windows of the configuration, in the store's own time; for the system, in UTC. */
export function maintenanceOf(
  windows: readonly MaintenanceConfig[],
  zone: StoreInfo["timeZone"] | undefined,
): (subject: Subject, nowMs: number) => string | undefined {
  return (subject, nowMs) => {
    if (windows.length === 0) return undefined;
    const local = zoneOf(zone ?? "UTC")
      .local(nowMs)
      .slice(0, 16);
    return windows.find((window) => covers(window, subject) && isWithin(window, local))?.note;
  };
}

function isWithin({ from, to, daily }: MaintenanceConfig, local: string): boolean {
  if (from !== undefined && to !== undefined) return local >= from && local < to;
  const minute = Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16));
  const spans = parseHours(daily ?? "closed") ?? [];
  return spans.some((span) => [minute, minute + DAY_MIN].some((at) => at >= span.from && at < span.to));
}
