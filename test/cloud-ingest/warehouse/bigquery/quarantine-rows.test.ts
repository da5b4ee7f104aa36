import { expect, it } from "vitest";
import { quarantineRowOf } from "../../../../cloud-ingest/warehouse/bigquery/quarantine-rows.ts";
import { quarantineRow } from "../rows.ts";

const TODAY = "2026-03-02";

it.each([
  { name: "tomorrow, as of a clock that is a little ahead", receivedAt: "2026-03-03T23:59:59Z", date: "2026-03-03" },
  { name: "the day after tomorrow", receivedAt: "2026-03-04T00:00:00Z", date: TODAY },
  { name: "the first day that there can be messages of", receivedAt: "2020-01-01T00:00:00Z", date: "2020-01-01" },
  { name: "the day before it", receivedAt: "2019-12-31T23:59:59Z", date: TODAY },
  { name: "the first day that is kept", receivedAt: "2026-01-02T00:00:00Z", keepDays: 60, date: "2026-01-02" },
  { name: "the day before it", receivedAt: "2026-01-01T23:59:59Z", keepDays: 60, date: TODAY },
])("what was received on $name lies in the partition of $date", ({ receivedAt, keepDays, date }) => {
  expect(quarantineRowOf(quarantineRow(1, receivedAt), { today: TODAY, keepDays })).toMatchObject({ date });
});
