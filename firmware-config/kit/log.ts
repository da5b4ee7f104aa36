import { createRequire } from "node:module";
import { isatty } from "node:tty";
import { pino } from "pino";
import type Pretty from "pino-pretty";
import { safeText } from "./safe-text.ts";

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

/** Where lines go: a descriptor or a file, and whether people read it there. */
export interface LogOutput {
  readonly destination: number | string;
  readonly isTerminal: boolean;
}

/**
 * JSON lines (pino: the fastest structured logger of the field, with redaction built in); in a terminal, lines for people. To
 * stderr by default. Whatever a line holds of strangers' texts, nothing in it steers a terminal or turns its writing.
 */
export function createLog(level: LogLevel, output: Partial<LogOutput> = {}): Log {
  const { destination = STDERR, isTerminal = isatty(STDERR) } = output;
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: SECRETS };
  if (!isTerminal) return pino({ ...options, hooks: { streamWrite: safeText } }, pino.destination(destination));
  // Loaded for a terminal alone: a device starts without it.
  const pretty: typeof Pretty = createRequire(import.meta.url)("pino-pretty");
  return pino(
    { ...options, hooks: { streamWrite: safeStrings } },
    pretty({ destination, sync: true, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname" }),
  );
}

/** A line of JSON with each of its texts safe when pino-pretty has taken the line apart. */
function safeStrings(line: string): string {
  const safe = (_: string, value: unknown) => (typeof value === "string" ? safeText(value) : value);
  return `${JSON.stringify(JSON.parse(line, safe))}\n`;
}

/** Swallows everything. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
