import { describe, expect, it } from "vitest";
import { refusedRows } from "../../../cloud-ingest/warehouse/refused-rows.ts";
import type { DataMessage } from "../../../firmware-config/contract/messages.ts";
import { countsMessage, dataRow, healthMessage } from "./rows.ts";

const NOON = "2026-03-02T03:00:00Z";

/** A message with a value that the contract may not allow, as a newer one might. */
function withField(message: DataMessage, field: string, value: unknown): DataMessage {
  const changed = { ...message };
  Object.defineProperty(changed, field, { value, enumerable: true });
  return changed;
}

const refusedOf = (field: string, value: unknown, message: DataMessage = countsMessage(1, NOON)) =>
  refusedRows([dataRow(healthMessage(2, NOON)), dataRow(withField(message, field, value))]);

describe("a row", () => {
  it.each([
    ...["frames", "v", "in"].flatMap((field) =>
      [1e300, 0.5, "7", 2 ** 53, true].map((value) => ({ field, value, type: "integer" })),
    ),
    ...[Number.NaN, Number.POSITIVE_INFINITY, "7"].map((value) => ({ field: "dwellS", value, type: "number" })),
    ...[0, "true"].map((value) => ({ field: "partial", value, type: "boolean" })),
    ...["never", "", 7, "0000-12-31T23:59:59.999Z", "+010000-01-01T00:00:00Z"].map((value) => ({
      ...{ field: "windowStart", value, type: "timestamp" },
    })),
    ...[7, "\ud800", "a\udc00", "\udfffb", "\\\ud800", "\udbff"].map((value) => ({
      field: "cameraId",
      value,
      type: "text",
    })),
    ...[["\ud800"], { a: "\udead" }].map((value) => ({ field: "dwellHistogram", value, type: "json" })),
  ])("is refused for $field with $value", ({ field, value, type }) => {
    expect(refusedOf(field, value)).toEqual([{ index: 1, reason: `${field} does not fit a column of type ${type}` }]);
  });

  it.each([
    ...[0, -1, Number.MAX_SAFE_INTEGER, null, undefined].map((value) => ({ field: "frames", value })),
    ...[0.5, -1e300, null].map((value) => ({ field: "dwellS", value })),
    ...[true, false, undefined].map((value) => ({ field: "partial", value })),
    ...["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", NOON].map((value) => ({ field: "windowStart", value })),
    ...["", "\ud83d\udeb6", "\\ud800", "\\\\ud800", "数", "\\"].map((value) => ({ field: "cameraId", value })),
    ...[[], [1, null], { a: "\\udead" }, 7, "x"].map((value) => ({ field: "dwellHistogram", value })),
    { field: "unknownToUs", value: "\ud800" },
  ])("is taken for $field with $value", ({ field, value }) => {
    expect(refusedOf(field, value)).toEqual([]);
  });

  it("is judged by the columns of its own kind", () => {
    expect(refusedOf("uptimeS", "long", healthMessage(1, NOON))).toHaveLength(1);
    expect(refusedOf("uptimeS", "long")).toEqual([]);
  });
});
