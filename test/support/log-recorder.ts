import type { Log } from "../../firmware-config/kit/log.ts";

/** Keeps what is logged, as `level message` and, for who looks closer, the fields of each line. */
export class LogRecorder implements Log {
  readonly lines: string[] = [];
  readonly fields: object[] = [];

  debug(fields: object, message: string): void {
    this.#keep("debug", fields, message);
  }

  info(fields: object, message: string): void {
    this.#keep("info", fields, message);
  }

  warn(fields: object, message: string): void {
    this.#keep("warn", fields, message);
  }

  error(fields: object, message: string): void {
    this.#keep("error", fields, message);
  }

  #keep(level: string, fields: object, message: string): void {
    this.lines.push(`${level} ${message}`);
    this.fields.push(fields);
  }
}
