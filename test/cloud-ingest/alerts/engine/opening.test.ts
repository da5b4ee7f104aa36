import { describe, expect, test } from "vitest";
import { maintenanceOf } from "../../../../cloud-ingest/alerts/engine/maintenance.ts";
import { isOpenSince, openingOf } from "../../../../cloud-ingest/alerts/engine/opening.ts";
import type { StoreDay } from "../../../../cloud-ingest/registry/store-day.ts";

const TOKYO = { tenant: "acme", store: "ginza", name: "Ginza", timeZone: "Asia/Tokyo" };
const at = (local: string) => Date.parse(`${local}:00+09:00`);

/** A calendar that says these hours, `date: minutes`. */
const calendar = (days: Readonly<Record<string, StoreDay["hours"]>>) => ({
  day: (_place: object, date: string): StoreDay => {
    const hours = days[date];
    return { date, events: [], shocks: [], moves: [], decisions: [], ...(hours && { hours }) };
  },
});

describe("a store is open", () => {
  const isOpen = openingOf(
    calendar({
      "2026-03-02": [{ from: 600, to: 1_260 }],
      "2026-03-03": [],
      "2026-03-04": [{ from: 1_080, to: 1_560 }],
      "2026-03-05": [],
    }),
  );
  test.each([
    ["2026-03-02T09:59", false],
    ["2026-03-02T10:00", true],
    ["2026-03-02T21:00", false],
    ["2026-03-03T12:00", false],
    ["2026-03-05T01:59", true],
    ["2026-03-05T02:00", false],
    ["2026-03-20T03:00", true],
  ])("at %s: %s, by its own calendar and clock, past midnight too; always where nobody said", (local, is) => {
    expect(isOpen(TOKYO, at(local))).toBe(is);
  });

  test("a quarter of an hour later for who judges it", () => {
    expect(isOpenSince(isOpen, TOKYO, at("2026-03-02T10:14"))).toBe(false);
    expect(isOpenSince(isOpen, TOKYO, at("2026-03-02T10:15"))).toBe(true);
    expect(isOpenSince(isOpen, undefined, at("2026-03-03T10:15"))).toBe(true);
  });
});

describe("maintenance", () => {
  const note = "new shelves";
  const span = { tenant: "acme", store: "ginza", from: "2026-03-02T22:00", to: "2026-03-03T02:00", note };
  const daily = { tenant: "acme", daily: "23:30-00:30", note: "cleaning" };
  const door = { tenant: "acme", store: "ginza", device: "door-1" };
  test.each([
    { windows: [span], local: "2026-03-02T22:00", subject: door, is: note },
    { windows: [span], local: "2026-03-03T02:00", subject: door, is: undefined },
    { windows: [span], local: "2026-03-02T23:00", subject: { ...door, store: "umeda" }, is: undefined },
    { windows: [daily], local: "2026-03-09T00:10", subject: door, is: "cleaning" },
    { windows: [daily], local: "2026-03-09T00:30", subject: door, is: undefined },
    { windows: [daily], local: "2026-03-09T00:10", subject: { ...door, tenant: "other" }, is: undefined },
  ])("$local: $is, in the store's own time", ({ windows, local, subject, is }) => {
    expect(maintenanceOf(windows, "Asia/Tokyo")(subject, at(local))).toBe(is);
  });
});
