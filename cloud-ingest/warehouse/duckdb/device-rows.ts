import type { IngestBatch } from "../port.ts";
import { type DeviceRecord, deviceKey, foldPresence, type Heard } from "../presence.ts";
import { numberOf, type Row, textOf } from "./row.ts";
import type { Session } from "./session.ts";
import { columnList, DEVICE_COLUMNS, selectFromJson } from "./tables.ts";

const NAMED = "(tenant, store, device) IN (SELECT (tenant, store, device) FROM named)";

/** Brings presence and last-seen of the batch's devices up to date; `nowMs` as for `foldPresence`. */
export async function storeDevices(
  session: Session,
  batch: Pick<IngestBatch, "data" | "presence">,
  nowMs?: number,
): Promise<void> {
  const data = lastHeard(batch.data);
  const identities = new Map([...data, ...batch.presence].map((row) => [deviceKey(row.identity), row.identity]));
  if (identities.size === 0) return;
  const named = JSON.stringify([...identities.values()]);
  const known = await session.rows(`${withNamed()} SELECT * FROM device WHERE ${NAMED}`, [named]);
  const before = new Map(known.map(recordOf).map((device) => [deviceKey(device), device]));
  const devices = foldPresence({ data, presence: batch.presence }, before, nowMs);
  await session.run(`${withNamed()} DELETE FROM device WHERE ${NAMED}`, [named]);
  await session.run(`INSERT INTO device (${columnList(DEVICE_COLUMNS)}) ${selectFromJson(DEVICE_COLUMNS)}`, [
    JSON.stringify([...devices.values()]),
  ]);
}

/** Of each device the row that was received last: the others prove nothing that it does not. */
function lastHeard(rows: readonly Heard[]): readonly Heard[] {
  const last = new Map<string, { readonly row: Heard; readonly atMs: number }>();
  for (const row of rows) {
    const key = deviceKey(row.identity);
    const known = last.get(key);
    if (known?.row.receivedAt === row.receivedAt) continue;
    const atMs = Date.parse(row.receivedAt);
    if (!known || atMs > known.atMs) last.set(key, { row, atMs });
  }
  return [...last.values()].map(({ row }) => row);
}

const withNamed = () => `WITH named AS (${selectFromJson(DEVICE_COLUMNS.slice(0, 3))})`;

/** A row of the table `device`. */
export function recordOf(row: Row): DeviceRecord {
  return {
    tenant: textOf(row, "tenant"),
    store: textOf(row, "store"),
    device: textOf(row, "device"),
    bootId: textOf(row, "boot_id"),
    bootStartedAt: textOf(row, "boot_started_at"),
    online: row.online === true,
    stopped: row.stopped === true,
    lastSeenAt: textOf(row, "last_seen_at"),
    birthTs: textOf(row, "birth_ts"),
    agentVersion: textOf(row, "agent_version"),
    modelName: textOf(row, "model_name"),
    cameras: textOf(row, "cameras"),
    bootNumber: numberOf(row, "boot_number"),
    bootAt: textOf(row, "boot_at"),
    stateSeq: numberOf(row, "state_seq"),
    stateAt: textOf(row, "state_at"),
    lastDataAt: textOf(row, "last_data_at"),
    olderBoots: textOf(row, "older_boots"),
  };
}
