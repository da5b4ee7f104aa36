import type { Log } from "../../firmware-config/kit/log.ts";

/** Keeps what is logged as `level message`. */
export class LogRecorder implements Log {
  readonly lines: string[] = [];

  debug(_: object, message: string): void {
    this.lines.push(`debug ${message}`);
  }

  info(_: object, message: string): void {
    this.lines.push(`info ${message}`);
  }

  warn(_: object, message: string): void {
    this.lines.push(`warn ${message}`);
  }

  error(_: object, message: string): void {
    this.lines.push(`error ${message}`);
  }
}
