import { ApiError } from "../bigquery/api-error.ts";
import type { Faults } from "../faults.ts";
import type { Work } from "./jobs.ts";

const REASONS: Readonly<Record<number, string>> = {
  400: "invalidQuery",
  403: "rateLimitExceeded",
  503: "backendError",
};

/** The work under what is planned for `jobs.run`: the job was taken, and then fails, waits, or never ends. */
export function underFault(faults: Faults, work: Work): Work {
  return async () => {
    const fault = faults.take("jobs.run");
    if (fault?.kind === "fail") throw planned(fault.code, fault.message);
    if (fault?.kind === "hang") await new Promise(() => {});
    if (fault?.kind === "late") await fault.until;
    const done = await work();
    if (fault?.kind === "lose") throw planned(fault.code, fault.message);
    return done;
  };
}

function planned(code: number, message = "planned by the test"): ApiError {
  return new ApiError(code, REASONS[code] ?? "internalError", message);
}
