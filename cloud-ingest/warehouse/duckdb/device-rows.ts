import type { DeviceIdentity } from "../../../firmware-config/contract/topics.ts";
import { DEVICE_COLUMNS } from "../own-columns.ts";
import type { IngestBatch } from "../port.ts";
import { type DeviceRecord, deviceKey, foldPresence, type Heard } from "../presence.ts";
import { recordOf } from "../read-rows.ts";
import type { Session } from "./session.ts";
import { columnList, selectFromJson } from "./tables.ts";

/** Devices kept in memory: some 10 MB, with the names of their lines and zones. */
const DEVICES_KNOWN = 5_000;

const NAMED = "(tenant, store, device) IN (SELECT (tenant, store, device) FROM named)";
const TIMES: ReadonlySet<string> = new Set(["lastSeenAt", "lastDataAt"]);
const KEY = DEVICE_COLUMNS.slice(0, 3);
const TOUCHED = [...KEY, ...DEVICE_COLUMNS.filter(({ field }) => TIMES.has(field))];

/** The device as it was and as it is. */
interface Change {
  readonly before: DeviceRecord | undefined;
  readonly after: DeviceRecord;
}

/** Keeps presence and last-seen of devices up to date. */
export class DeviceRows {
  /** Devices that came last. */
  readonly #known = new Map<string, DeviceRecord>();

  /** Brings the batch's devices up to date; `nowMs` as for `foldPresence`. */
  async store(session: Session, batch: Pick<IngestBatch, "data" | "presence">, nowMs?: number): Promise<void> {
    if (this.#known.size > DEVICES_KNOWN) this.clear();
    const data = lastHeard(batch.data);
    const named = new Map([...data, ...batch.presence].map((row) => [deviceKey(row.identity), row.identity]));
    if (named.size === 0) return;
    const unknown = [...named].filter(([key]) => !this.#known.has(key)).map(([, identity]) => identity);
    for (const device of await readDevices(session, unknown)) this.#known.set(deviceKey(device), device);
    const devices = foldPresence({ data, presence: batch.presence }, this.#known, nowMs);
    const changes = [...devices].map(([key, after]) => ({ before: this.#known.get(key), after }));
    await touch(
      session,
      changes.filter(isTouched).map(({ after }) => after),
    );
    await replace(
      session,
      changes.filter((change) => !isTouched(change)).map(({ after }) => after),
    );
    for (const [key, device] of devices) this.#known.set(key, device);
  }

  /** Forgets what the table holds, which somebody else may have changed. */
  clear(): void {
    this.#known.clear();
  }
}

/** True when nothing but the times of data has changed: so it is with nearly every device of nearly every batch. */
function isTouched({ before, after }: Change): boolean {
  const fields: Readonly<Record<string, unknown>> = { ...before };
  return (
    before !== undefined && Object.entries(after).every(([name, value]) => value === fields[name] || TIMES.has(name))
  );
}

/** Only moves their times. */
async function touch(session: Session, devices: readonly DeviceRecord[]): Promise<void> {
  if (devices.length === 0) return;
  await session.run(
    `UPDATE device SET last_seen_at = heard.last_seen_at, last_data_at = heard.last_data_at
     FROM (${selectFromJson(TOUCHED)}) AS heard
     WHERE device.tenant = heard.tenant AND device.store = heard.store AND device.device = heard.device`,
    [JSON.stringify(devices.map(touchedOf))],
  );
}

const touchedOf = ({ tenant, store, device, lastSeenAt, lastDataAt }: DeviceRecord) => ({
  ...{ tenant, store, device },
  ...{ lastSeenAt, lastDataAt },
});

/** Writes them anew. */
async function replace(session: Session, devices: readonly DeviceRecord[]): Promise<void> {
  if (devices.length === 0) return;
  const all = JSON.stringify(devices);
  await session.run(`${withNamed()} DELETE FROM device WHERE ${NAMED}`, [all]);
  await session.run(`INSERT INTO device (${columnList(DEVICE_COLUMNS)}) ${selectFromJson(DEVICE_COLUMNS)}`, [all]);
}

async function readDevices(session: Session, identities: readonly DeviceIdentity[]): Promise<readonly DeviceRecord[]> {
  if (identities.length === 0) return [];
  const rows = await session.rows(`${withNamed()} SELECT * FROM device WHERE ${NAMED}`, [JSON.stringify(identities)]);
  return rows.map(recordOf);
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

const withNamed = () => `WITH named AS (${selectFromJson(KEY)})`;
