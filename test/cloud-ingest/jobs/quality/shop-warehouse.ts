import { addDays } from "../../../../cloud-ingest/calendar.ts";
import { openDuckDbWarehouse } from "../../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { DataRow } from "../../../../cloud-ingest/warehouse/port.ts";
import { batch, countsRow } from "../../warehouse/rows.ts";
import { type Door, shopRows } from "./shop.ts";

const HOUR_S = 3_600;
/** Asia/Tokyo, which has no summer time. */
const OFFSET = "+09:00";

/** Fills a DuckDB warehouse with the counts of a shop's doors, windows of an hour, as devices send them. */
export async function fillShop(dir: string, doors: readonly Door[], from: string, days: number): Promise<void> {
  const warehouse = await openDuckDbWarehouse(dir);
  const rows = shopRows(doors, from, days);
  const data: DataRow[] = rows.map((row, index) => {
    const start = new Date(`${row.localStart}${OFFSET}`).toISOString();
    const message = { deviceId: row.deviceId, cameraId: "street", targetId: row.targetId, windowS: HOUR_S };
    const one = countsRow(index + 1, start, {
      ...message,
      in: row.in,
      out: row.out,
      observedS: HOUR_S,
      frames: 36_000,
    });
    return { ...one, identity: { ...one.identity, device: row.deviceId } };
  });
  const perBatch = 2_000;
  for (let at = 0; at < data.length; at += perBatch)
    await warehouse.store(batch(at + perBatch, { data: data.slice(at, at + perBatch) }));
  await warehouse.close();
}

/** The dates of a shop whose side door is dead for three days, and the doors. */
export const BROKEN_SHOP = {
  from: "2026-06-01",
  days: 100,
  last: addDays("2026-06-01", 99),
  dead: { from: "2026-09-01", to: "2026-09-03" },
  doors: [
    { id: "main", people: 120 },
    {
      id: "side",
      people: 80,
      fault: (date: string, _: number, count: number) => (date >= "2026-09-01" && date <= "2026-09-03" ? 0 : count),
    },
  ] satisfies readonly Door[],
};
