import { describe, expect, it } from "vitest";
import { checkDate, checkLimit, checkRange } from "../../../../cloud-ingest/warehouse/partitions/check-plan.ts";

const error = (code: string, message: string, hint: string) =>
  expect.objectContaining({ name: "AppError", code, message, hint });

describe("a plan", () => {
  it.each(["1970-01-01", "2024-02-29", "9999-12-31"])("takes the date %s", (date) => {
    expect(() => checkDate(date)).not.toThrow();
    expect(() => checkRange({ from: date, to: date })).not.toThrow();
  });

  it.each(["1969-12-31", "2023-02-29", "", "2024-1-1"])("is refused for %j, with what is a date", (date) => {
    const refused = error(
      "USAGE",
      `${JSON.stringify(date)} is not a date`,
      "Give dates from 1970-01-01 to 9999-12-31, as YYYY-MM-DD.",
    );
    expect(() => checkDate(date)).toThrow(refused);
    expect(() => checkRange({ from: date, to: "2024-01-01" })).toThrow(refused);
    expect(() => checkRange({ from: "2024-01-01", to: date })).toThrow(refused);
  });

  it("is refused for a range that ends before it begins", () => {
    expect(() => checkRange({ from: "2024-01-02", to: "2024-01-01" })).toThrow(
      error("USAGE", "The range begins on 2024-01-02, after its end on 2024-01-01", "Put the earlier date first."),
    );
  });

  it.each([1, 3_500, 4_000])("takes a limit of %i partitions", (limit) => {
    expect(() => checkLimit(limit)).not.toThrow();
  });

  it.each([0, -1, 0.5, 4_001, Number.NaN])("is refused for a limit of %d partitions", (limit) => {
    expect(() => checkLimit(limit)).toThrow(
      error("INTERNAL", `A job of ${limit} partitions cannot be planned`, "Plan jobs of 1 to 4000 partitions."),
    );
  });
});
