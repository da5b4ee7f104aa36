import { createTask, type Logger, type ScheduledTask, validateDetailed } from "node-cron";
import { AppError } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";

/** A cron expression of the configuration and what it starts. */
export interface CronEntry {
  /** Path in the configuration, for error messages. */
  readonly path: string;
  readonly expression: string;
  readonly start: () => void;
}

/** Makes a stopped task in UTC; a wrong expression is an error of the configuration. */
export function createCronTask({ path, expression, start }: CronEntry, log: Log): ScheduledTask {
  assertCron(path, expression);
  return createTask(expression, start, { name: path, timezone: "UTC", logger: cronLogger(log) });
}

function assertCron(path: string, expression: string): void {
  const { valid, errors } = validateDetailed(expression);
  if (valid) return;
  throw new AppError(`${path}: "${expression}" is not a cron expression (${errors[0]?.message ?? "wrong form"})`, {
    code: "CONFIG_INVALID",
    hint: `Write ${path} as "minute hour day month weekday", e.g. "*/5 * * * *"; times are UTC.`,
  });
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
