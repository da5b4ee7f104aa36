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
