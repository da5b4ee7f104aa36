import { ERROR_CODES, type ErrorCode, type Fault } from "./error-codes.ts";

export interface AppErrorOptions {
  /** Stable, upper snake case; listed in `firmware-config/kit/error-codes.ts`. */
  readonly code: ErrorCode;
  /** What the reader can do about it, as an imperative sentence. */
  readonly hint: string;
  readonly cause?: unknown;
  /** True when the same call may succeed later without anybody doing anything. */
  readonly retryable?: boolean;
}

/** A failure that a person can act on: what and where in `message`, what to do in `hint`. Never holds a secret. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly fault: Fault;
  readonly hint: string;
  readonly retryable: boolean;

  constructor(message: string, options: AppErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.fault = ERROR_CODES[options.code].fault;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
  }
}

/** Exit status of the process: 2 when the configuration or the command line is wrong, 1 for anything else. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof AppError && error.fault === "config" ? 2 : 1;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of anything thrown: a system error's name, gRPC's code, HTTP's status; undefined without one. */
export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}

/** The `code` of a Node system error such as `ENOSPC`; undefined for anything else. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return systemCodeOf(error.cause);
}
