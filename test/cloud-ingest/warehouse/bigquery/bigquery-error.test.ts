import { describe, expect, it } from "vitest";
import { bigQueryError } from "../../../../cloud-ingest/warehouse/bigquery/bigquery-error.ts";
import { AppError } from "../../../../firmware-config/kit/errors.ts";

const ASKED = { place: "table shop.counts of project p", role: "roles/bigquery.dataEditor" };

const failure = (message: string, code?: number, reason?: string) =>
  Object.assign(new Error(message), { code, ...(reason && { errors: [{ reason }] }) });

describe("a refusal of BigQuery", () => {
  it.each([
    {
      name: "no such table",
      error: failure("Not found: Table", 404),
      code: "WAREHOUSE_REFUSED",
      hint: "Make the table",
    },
    { name: "the same by gRPC", error: failure("5 NOT_FOUND", 5), code: "WAREHOUSE_REFUSED", hint: "Make the table" },
    {
      name: "a missing right",
      error: failure("Access Denied: User does not have bigquery.tables.updateData permission", 403, "accessDenied"),
      code: "WAREHOUSE_REFUSED",
      hint: "roles/bigquery.dataEditor on the table shop.counts of project p (it lacks bigquery.tables.updateData)",
    },
    {
      name: "an expired credential",
      error: failure("Invalid Credentials", 401),
      code: "WAREHOUSE_REFUSED",
      hint: "current key file",
    },
    {
      name: "no credential",
      error: failure("Could not load the default credentials"),
      code: "WAREHOUSE_REFUSED",
      hint: "GOOGLE_APPLICATION_CREDENTIALS",
    },
    {
      name: "a statement too dear",
      error: failure("Query exceeded limit for bytes billed", 400, "bytesBilledLimitExceeded"),
      code: "WAREHOUSE_REFUSED",
      hint: "maxReadMb",
    },
    {
      name: "a quota",
      error: failure("Exceeded rate limits", 403, "rateLimitExceeded"),
      code: "WAREHOUSE_UNREACHABLE",
      hint: "Wait",
    },
    {
      name: "the same by gRPC",
      error: failure("8 RESOURCE_EXHAUSTED", 8),
      code: "WAREHOUSE_UNREACHABLE",
      hint: "Wait",
    },
    {
      name: "a fault of the service",
      error: failure("backendError", 503),
      code: "WAREHOUSE_UNREACHABLE",
      hint: "nothing acknowledged is lost",
    },
    { name: "the network", error: failure("connect ECONNREFUSED"), code: "WAREHOUSE_UNREACHABLE", hint: "network" },
  ])("says what to do about $name", ({ error, code, hint }) => {
    const told = bigQueryError(error, ASKED);
    expect(told).toMatchObject({ code, retryable: code === "WAREHOUSE_UNREACHABLE" });
    expect(told.message).toContain("table shop.counts of project p");
    expect(told.hint).toContain(hint);
  });

  it("stays on one line and short, and what says so already is left as it is", () => {
    const told = bigQueryError(failure(`first\n${"x".repeat(5_000)}`), ASKED);
    expect(told.message).not.toContain("\n");
    expect(told.message.length).toBeLessThan(400);
    const ours = new AppError("ours", { code: "INTERNAL", hint: "Report it." });
    expect(bigQueryError(ours, ASKED)).toBe(ours);
  });
});
