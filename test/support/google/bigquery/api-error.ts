/** An answer of BigQuery's REST API other than 2xx; `reason` is the word that clients decide by. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  /** The body, as Google writes it. */
  body(): object {
    const { status: code, reason, message } = this;
    return {
      error: { code, message, errors: [{ message, domain: "global", reason }], status: STATUS[code] ?? reason },
    };
  }
}

const STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  409: "ALREADY_EXISTS",
  412: "FAILED_PRECONDITION",
  500: "INTERNAL",
  501: "UNIMPLEMENTED",
  503: "UNAVAILABLE",
};

export function invalid(message: string): ApiError {
  return new ApiError(400, "invalid", message);
}

export function notFound(what: string): ApiError {
  return new ApiError(404, "notFound", `Not found: ${what}`);
}

export function duplicate(what: string): ApiError {
  return new ApiError(409, "duplicate", `Already Exists: ${what}`);
}

export function unimplemented(what: string): ApiError {
  return new ApiError(501, "notImplemented", `the fake does not do this: ${what}`);
}
