import { createTask, type Logger, type ScheduledTask, validateDetailed } from "node-cron";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { ScheduleConfig } from "../config.ts";
import type { StoreInfo } from "../warehouse/port.ts";
import { isZoneName, nearestZoneName, zoneOf } from "../zone/rules.ts";
import type { Zone } from "../zone/zone.ts";
import type { Schedule } from "./job.ts";
import { isDue } from "./local-cron.ts";

/** What stands for the zone of each store. */
const OF_STORES = "stores";
const UTC = "UTC";

/** A schedule as the configuration writes it; UTC where it names no zone. */
export function scheduleOf(path: string, value: ScheduleConfig): Schedule {
  if (typeof value === "string") return { path, expression: value, timezone: UTC };
  return { path, expression: value.cron, timezone: value.timezone };
}

/** A schedule of the configuration and what it starts. */
export interface CronEntry extends Schedule {
  readonly start: () => void;
}

export interface CronParts {
  readonly stores: readonly Pick<StoreInfo, "timeZone">[];
  readonly clock: Clock;
  readonly log: Log;
}

/** A task of which it can be asked whether it is due at an instant, to the minute. */
export type CronTask = Pick<ScheduledTask, "start" | "destroy" | "match">;

/** Makes a stopped task of a schedule in which `cronFault` found nothing. */
export function createCronTask(entry: CronEntry, parts: CronParts): CronTask {
  const { path, expression, timezone, start } = entry;
  const options = { name: path, timezone: UTC, logger: cronLogger(parts.log) };
  if (timezone === UTC) return createTask(expression, start, options);
  const zones = zonesOf(timezone, parts.stores);
  // node-cron reads an expression and says what it matches; local times are ours, by the same rules as rows and pages.
  const pattern = createTask(expression, () => {}, options);
  const matches = (wallMs: number) => pattern.match(new Date(wallMs));
  const stepMs = fieldsOf(expression).length > 5 ? SECOND_MS : MINUTE_MS;
  const match = (at: Date) => zones.some((zone) => isDue({ matches, expression, zone, stepMs }, at.getTime()));
  let seenMs = 0;
  const tick = () => {
    const nowMs = Math.floor(parts.clock.nowMs() / stepMs) * stepMs;
    // What a busy process slept through, but no more: a wrong clock must not start a year's jobs.
    const first = Math.max(seenMs, nowMs - LATE_MS) + stepMs;
    seenMs = nowMs;
    for (let at = first; at <= nowMs; at += stepMs) if (match(new Date(at))) return start();
  };
  const ticker = createTask(stepMs === SECOND_MS ? "* * * * * *" : "* * * * *", tick, options);
  return {
    match,
    start: () => {
      seenMs = Math.floor(parts.clock.nowMs() / stepMs) * stepMs;
      return ticker.start();
    },
    destroy: async () => {
      await pattern.destroy();
      await ticker.destroy();
    },
  };
}

const zonesOf = (timezone: string, stores: CronParts["stores"]): readonly Zone[] =>
  (timezone === OF_STORES ? [...new Set(stores.map((store) => store.timeZone))] : [timezone]).map(zoneOf);

const fieldsOf = (expression: string) => expression.trim().split(/\s+/);

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const LATE_MS = 10 * 60_000;

/** Rarer jobs than monthly ones wait for their next time. */
const LOOK_BACK_MS = 32 * 24 * 60 * MINUTE_MS;

/** True when a time of the task, to the minute, lies after `since` and not after `now`, epoch milliseconds. */
export function wasMissed(
  task: Pick<CronTask, "match">,
  { since, now }: { readonly since: number; readonly now: number },
) {
  const earliest = Math.max(since + 1, now - LOOK_BACK_MS);
  for (let at = Math.floor(now / MINUTE_MS) * MINUTE_MS; at >= earliest; at -= MINUTE_MS)
    if (task.match(new Date(at))) return true;
  return false;
}

/** What is wrong with a schedule, or undefined. */
export function cronFault(value: ScheduleConfig): string | undefined {
  const { expression, timezone } = scheduleOf("", value);
  if (timezone !== OF_STORES && !isZoneName(timezone))
    return `timezone is not an IANA time zone nor "${OF_STORES}"; the nearest is ${nearestZoneName(timezone)}`;
  const { valid, errors } = validateDetailed(expression);
  if (valid) return undefined;
  const why = errors[0]?.message ?? "wrong form";
  return `not a cron expression (${why}); write "minute hour day month weekday", for example "*/5 * * * *"`;
}

// node-cron would otherwise write to the console.
function cronLogger(log: Log): Logger {
  const text = (message: string | Error) => (message instanceof Error ? message.message : message);
  return {
    debug: (message) => log.debug({ reason: text(message) }, "cron"),
    info: (message) => log.debug({ reason: message }, "cron"),
    warn: (message) => log.warn({ reason: message }, "cron"),
    error: (message) => log.error({ reason: text(message) }, "cron"),
  };
}
