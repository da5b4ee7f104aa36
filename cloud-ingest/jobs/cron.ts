import { createTask, type Logger, type ScheduledTask, validateDetailed } from "node-cron";
import type { Log } from "../../firmware-config/kit/log.ts";

/** A cron expression of the configuration and what it starts. */
export interface CronEntry {
  /** Path in the configuration. */
  readonly path: string;
  readonly expression: string;
  readonly start: () => void;
}

/** Makes a stopped task in UTC of an expression in which `cronFault` found nothing. */
export function createCronTask({ path, expression, start }: CronEntry, log: Log): ScheduledTask {
  return createTask(expression, start, { name: path, timezone: "UTC", logger: cronLogger(log) });
}

const MINUTE_MS = 60_000;
/** Rarer jobs than monthly ones wait for their next time. */
const LOOK_BACK_MS = 32 * 24 * 60 * MINUTE_MS;

/** True when a time of the task, to the minute, lies after `since` and not after `now`, epoch milliseconds. */
export function wasMissed(
  task: Pick<ScheduledTask, "match">,
  { since, now }: { readonly since: number; readonly now: number },
) {
  const earliest = Math.max(since + 1, now - LOOK_BACK_MS);
  for (let at = Math.floor(now / MINUTE_MS) * MINUTE_MS; at >= earliest; at -= MINUTE_MS)
    if (task.match(new Date(at))) return true;
  return false;
}

/** What is wrong with a cron expression, or undefined. */
export function cronFault(expression: string): string | undefined {
  const { valid, errors } = validateDetailed(expression);
  if (valid) return undefined;
  const why = errors[0]?.message ?? "wrong form";
  return `not a cron expression (${why}); write "minute hour day month weekday" in UTC, for example "*/5 * * * *"`;
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
