import { pino } from "pino";

/** The few methods of pino that we use, so that tests can pass a recorder. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type LogLevel = "error" | "warn" | "info" | "debug";

const SECRETS = ["password", "token", "authorization", "*.password", "*.token", "*.authorization"];

/** JSON lines on stderr (pino: the fastest structured logger of the field, with redaction built in). */
export function createLog(level: LogLevel): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: SECRETS }, pino.destination(2));
}

/** Swallows everything. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
