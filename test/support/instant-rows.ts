import type { BusMessage } from "../../cloud-ingest/bus/port.ts";
import { RowJudge } from "../../cloud-ingest/ingest/row-judge.ts";
import { RowIntake } from "../../cloud-ingest/rows/intake.ts";
import type { StoreInfo } from "../../cloud-ingest/warehouse/port.ts";
import { settleRows } from "../../cloud-ingest/warehouse/source-rows.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { FakeWarehouse } from "./fake-warehouse.ts";

/** Takes in rows by a bus and an ingest that are one and done at once, into a fake warehouse; `sent` is what went by. */
export function instantRows(warehouse: FakeWarehouse, stores: readonly StoreInfo[], clock: Clock) {
  const sent: BusMessage[] = [];
  const judge = new RowJudge(stores);
  const publish = async (message: BusMessage) => {
    sent.push(message);
    const judged = judge.judge(message.topic, message.payload, new Date(message.receivedAtMs).toISOString());
    if (!judged || "reason" in judged) return;
    const { tenant, store, receivedAt, row } = judged.row;
    const before = warehouse.sourced.get(row.table) ?? [];
    const { fresh, reopened } = settleRows([judged.row], new Map([[row.table, before]]));
    if (fresh.length === 0) return;
    const { key, version, date, by, receipt, columns } = row;
    const kept = { tenant, store, key, version, date, by, receipt, receivedAt, columns: { ...columns } };
    warehouse.sourced.set(row.table, [...before, kept]);
    await warehouse.noteChanged("quality", reopened);
  };
  const rows = new RowIntake({ writer: { publish }, warehouse, stores, clock, waitMs: 100 });
  return { rows, sent };
}
