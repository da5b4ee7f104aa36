import { vi } from "vitest";

/** Milliseconds. A wait is over as soon as it holds, so patience costs nothing; one second is too short on a machine that is busy. */
const PATIENCE_MS = 30_000;

const PATIENT = Symbol.for("kazoe.patient");
type WaitFor = typeof vi.waitFor & { [PATIENT]?: true };

// Suites share a process: only the first of them makes it patient.
const waitFor: WaitFor = vi.waitFor;
if (!waitFor[PATIENT]) {
  const patient: WaitFor = (callback, options) => {
    const { timeout = 0, interval } = typeof options === "number" ? { timeout: options } : (options ?? {});
    return waitFor(callback, {
      timeout: Math.max(timeout, PATIENCE_MS),
      ...(interval === undefined ? {} : { interval }),
    });
  };
  patient[PATIENT] = true;
  vi.waitFor = patient;
}
