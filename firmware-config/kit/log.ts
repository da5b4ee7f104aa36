import { createRequire } from "node:module";
import { isatty } from "node:tty";
import { pino } from "pino";
import type Pretty from "pino-pretty";

/** The few methods of pino that we use, so that tests can pass a recorder. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type LogLevel = "error" | "warn" | "info" | "debug";

const SECRETS = ["password", "token", "authorization", "*.password", "*.token", "*.authorization"];

const STDERR = 2;

/** To stderr: JSON lines (pino: the fastest structured logger of the field, with redaction built in); in a terminal, lines for people. */
export function createLog(level: LogLevel): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: SECRETS };
  if (!isatty(STDERR)) return pino(options, pino.destination(STDERR));
  // Loaded for a terminal alone: a device starts without it.
  const pretty: typeof Pretty = createRequire(import.meta.url)("pino-pretty");
  return pino(
    options,
    pretty({ destination: STDERR, sync: true, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname" }),
  );
}

/** Swallows everything. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
