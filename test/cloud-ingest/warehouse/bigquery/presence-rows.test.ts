import { expect, it } from "vitest";
import { presenceRows } from "../../../../cloud-ingest/warehouse/bigquery/presence-rows.ts";
import { countsRow } from "../rows.ts";

const PLACE = { worker: "w", number: 1 };
const [EARLY, LATE] = ["2026-03-02T03:00:00.000Z", "2026-03-02T04:00:00.000Z"];

it("a batch says once of a device when its data was last heard, in whatever order it came", () => {
  const row = (seq: number, receivedAt: string) => ({ ...countsRow(seq, EARLY), receivedAt });
  for (const data of [
    [row(1, EARLY), row(2, LATE)],
    [row(2, LATE), row(1, EARLY)],
  ])
    expect(presenceRows({ data, presence: [] }, PLACE)).toMatchObject([{ receivedAt: LATE, kind: "data", ...PLACE }]);
});
