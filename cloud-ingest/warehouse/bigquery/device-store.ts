import { parseMessage } from "../../../firmware-config/contract/messages.ts";
import { storeKey } from "../../../firmware-config/contract/topics.ts";
import { DEVICE_COLUMNS } from "../own-columns.ts";
import type { DeviceStatus, PresenceRow, ReadWish, SilenceStore, StoreInfo, StoreSeen } from "../port.ts";
import { type DeviceRecord, deviceKey, foldPresence, type Heard, statusOf } from "../presence.ts";
import { recordOf } from "../read-rows.ts";
import { numberOf, textOf, timeOf } from "../row.ts";
import type { BigQueryClient, ParameterTypes, Row } from "./big-query-client.ts";
import { columnList, quoted, SQL_TYPES } from "./tables.ts";

const SEEN_TYPES: ParameterTypes = { seen: [{ worker: "STRING", number: "INT64" }] };
const DEVICE_TYPES: ParameterTypes = {
  devices: [
    { ...Object.fromEntries(DEVICE_COLUMNS.map(({ name, type }) => [name, SQL_TYPES[type]])), was: SQL_TYPES.text },
  ],
};
const KEY = ["tenant", "store", "device"] as const;
/** Records of one statement: at half a kilobyte each they stay a tenth of what a request may have. */
const DEVICES_AT_ONCE = 2_000;

const OF_STORE = "tenant = @tenant AND store = @store";
const IS_SEEN =
  "EXISTS (SELECT 1 FROM UNNEST(@seen) AS w WHERE w.worker = presence.worker AND presence.number <= w.number)";

/** What a line or zone of a row of traffic is called. */
export type NameOf = (row: Row) => string;

/** Knows the devices: as they were when last settled, and what was heard of them since. */
export class DeviceStore implements SilenceStore {
  readonly #client: BigQueryClient;
  /** By whose wish it is, then by store: the parts of one page see the same devices, and ask once for them. */
  readonly #asked = new WeakMap<ReadWish, Map<string, Promise<readonly DeviceRecord[]>>>();

  constructor(client: BigQueryClient) {
    this.#client = client;
  }

  async devices(store: StoreInfo, wish: ReadWish = {}): Promise<readonly DeviceStatus[]> {
    const records = await this.#recordsOf(store, wish);
    return [...records].sort((a, b) => (a.device < b.device ? -1 : 1)).map(statusOf);
  }

  /** What the devices' birth messages call their lines and zones; the id where they have no name. */
  async targetNames(store: StoreInfo, wish: ReadWish = {}): Promise<NameOf> {
    const names = new Map<string, string>();
    for (const { device, cameras } of await this.#recordsOf(store, wish)) {
      for (const { camera, kind, id, name } of targetsOf(cameras)) names.set(`${device}/${camera}/${kind}/${id}`, name);
    }
    return (row) => {
      const [device, camera, kind, id] = ["device_id", "camera_id", "target_kind", "target_id"].map((name) =>
        textOf(row, name),
      );
      return names.get(`${device}/${camera}/${kind}/${id}`) ?? id ?? "";
    };
  }

  async lastSeen(): Promise<readonly StoreSeen[]> {
    const rows = await this.#client.rows({
      sql: `SELECT tenant, store, MAX(seen) AS seen FROM (
          SELECT tenant, store, TIMESTAMP(NULLIF(last_seen_at, '')) AS seen FROM device
          UNION ALL SELECT tenant, store, received_at AS seen FROM presence)
        GROUP BY tenant, store`,
    });
    return rows.map((row) => ({
      ...{ tenant: textOf(row, "tenant"), store: textOf(row, "store") },
      lastSeenAt: timeOf(row, "seen"),
    }));
  }

  /** Puts what was heard into the records and forgets it. Safe to repeat: what is put in twice changes nothing. */
  async settle(): Promise<void> {
    const seen = (
      await this.#client.rows({ sql: "SELECT worker, MAX(number) AS number FROM presence GROUP BY worker" })
    ).map((row) => ({ worker: textOf(row, "worker"), number: numberOf(row, "number") }));
    if (seen.length === 0) return;
    const params = { seen };
    const [known, heard] = await Promise.all([
      this.#client.rows({
        sql: `SELECT * FROM device AS d WHERE EXISTS (SELECT 1 FROM presence WHERE ${KEY.map((key) => `presence.${key} = d.${key}`).join(" AND ")})`,
      }),
      this.#client.rows({ sql: heardSql(IS_SEEN), params, types: SEEN_TYPES }),
    ]);
    const before = new Map(known.map(recordOf).map((record) => [deviceKey(record), stampOf(record)]));
    // Another process settles too, and what it has put there stays: what is heard is folded into that next time.
    if (!(await this.#putWhere(folded(known, heard), before))) return;
    await this.#client.change({ sql: `DELETE FROM presence WHERE ${IS_SEEN}`, params, types: SEEN_TYPES });
  }

  /** Every device as it is now. */
  async records(): Promise<readonly DeviceRecord[]> {
    const [known, heard] = await Promise.all([
      this.#client.rows({ sql: "SELECT * FROM device" }),
      this.#client.rows({ sql: heardSql("TRUE") }),
    ]);
    return folded(known, heard);
  }

  /** Puts these records in the place of those that are there. */
  async put(records: readonly DeviceRecord[]): Promise<void> {
    await this.#putWhere(records, undefined);
  }

  /** The same where a record's stamp is still the one of before; false when some were not. */
  async #putWhere(records: readonly DeviceRecord[], before: Stamps | undefined): Promise<boolean> {
    let affected = 0;
    for (let at = 0; at < records.length; at += DEVICES_AT_ONCE) {
      const done = await this.#client.change(mergeDevices(records.slice(at, at + DEVICES_AT_ONCE), before));
      affected += done.affected;
    }
    return affected >= records.length;
  }

  #recordsOf(store: StoreInfo, wish: ReadWish): Promise<readonly DeviceRecord[]> {
    const own = this.#asked.get(wish) ?? new Map<string, Promise<readonly DeviceRecord[]>>();
    this.#asked.set(wish, own);
    const key = storeKey(store);
    const records = own.get(key) ?? this.#readRecords(store, wish);
    own.set(key, records);
    // Who asks again after a failure is not told the old one.
    records.catch(() => own.delete(key));
    return records;
  }

  async #readRecords({ tenant, store }: StoreInfo, wish: ReadWish): Promise<readonly DeviceRecord[]> {
    const params = { tenant, store };
    // In this order: what is settled between the two is then in both, and not in none.
    const heard = await this.#client.rows({ sql: heardSql(OF_STORE), params }, wish);
    const known = await this.#client.rows({ sql: `SELECT * FROM device WHERE ${OF_STORE}`, params }, wish);
    return folded(known, heard);
  }
}

/** Of data only when the last came: 10,000 devices send as many a minute. */
function heardSql(condition: string): string {
  return `SELECT tenant, store, device, kind, message, received_at, number FROM presence
      WHERE ${condition} AND kind <> 'data'
    UNION ALL SELECT tenant, store, device, kind, NULL AS message, MAX(received_at) AS received_at, 0 AS number FROM presence
      WHERE ${condition} AND kind = 'data' GROUP BY tenant, store, device, kind
    ORDER BY received_at, number`;
}

/** Of each device by its key, what changes with everything that is heard of it. */
type Stamps = ReadonlyMap<string, string>;

const STAMP = ["boot_id", "boot_at", "birth_ts", "state_at", "last_data_at", "last_seen_at"];

const stampOf = ({ bootId, bootAt, birthTs, stateAt, lastDataAt, lastSeenAt }: DeviceRecord) =>
  [bootId, bootAt, birthTs, stateAt, lastDataAt, lastSeenAt].join(" ");

const stampSql = (row: string) =>
  `CONCAT(${STAMP.map((name) => `IFNULL(${row}.${quoted(name)}, '')`).join(", ' ', ")})`;

function mergeDevices(records: readonly DeviceRecord[], before: Stamps | undefined) {
  const devices = records.map((record) => {
    const fields = new Map<string, unknown>(Object.entries(record));
    const was = before?.get(deviceKey(record)) ?? "";
    return { ...Object.fromEntries(DEVICE_COLUMNS.map(({ name, field }) => [name, fields.get(field)])), was };
  });
  const isAsBefore = before ? ` AND ${stampSql("d")} = n.was` : "";
  const columns = columnList(DEVICE_COLUMNS);
  const given = DEVICE_COLUMNS.map(({ name }) => `g.${quoted(name)}`).join(", ");
  const rest = DEVICE_COLUMNS.filter(({ name }) => !KEY.some((key) => key === name));
  return {
    sql: `MERGE device AS d USING (SELECT ${given}, g.was FROM UNNEST(@devices) AS g) AS n
ON ${KEY.map((key) => `d.${key} = n.${key}`).join(" AND ")}
WHEN MATCHED${isAsBefore} THEN UPDATE SET ${rest.map(({ name }) => `${quoted(name)} = n.${quoted(name)}`).join(", ")}
WHEN NOT MATCHED THEN INSERT (${columns}) VALUES (${columns})`,
    params: { devices },
    types: DEVICE_TYPES,
  };
}

/** The records with what was heard since, in the order in which brokers received it. */
function folded(known: readonly Row[], heard: readonly Row[]): readonly DeviceRecord[] {
  const before = new Map(known.map(recordOf).map((record) => [deviceKey(record), record]));
  const data = heard.filter((row) => textOf(row, "kind") === "data").map(heardOf);
  const presence = heard.filter((row) => textOf(row, "kind") !== "data").flatMap(presenceOf);
  return [...new Map([...before, ...foldPresence({ data, presence }, before)]).values()];
}

const heardOf = (row: Row): Heard => ({
  identity: { tenant: textOf(row, "tenant"), store: textOf(row, "store"), device: textOf(row, "device") },
  receivedAt: timeOf(row, "received_at"),
});

function presenceOf(row: Row): readonly PresenceRow[] {
  const kind = textOf(row, "kind") === "birth" ? "birth" : "state";
  const parsed = parseMessage(kind, Buffer.from(textOf(row, "message")));
  if (!parsed.ok) return [];
  const { message } = parsed;
  return message.kind === "state" || message.kind === "birth" ? [{ ...heardOf(row), message }] : [];
}

interface Target {
  readonly camera: string;
  readonly kind: "line" | "zone";
  readonly id: string;
  readonly name: string;
}

interface NamedThing {
  readonly id: string;
  readonly name?: string;
}

interface CameraThing extends NamedThing {
  readonly lines: readonly NamedThing[];
  readonly zones: readonly NamedThing[];
}

/** The named lines and zones of a birth message's cameras, which are kept as JSON. */
function targetsOf(cameras: string): readonly Target[] {
  const list: readonly CameraThing[] = JSON.parse(cameras === "" ? "[]" : cameras);
  return list.flatMap(({ id: camera, lines, zones }) => {
    const of = (kind: Target["kind"], things: readonly NamedThing[]) =>
      things.flatMap(({ id, name }) => (name === undefined ? [] : [{ camera, kind, id, name }]));
    return [...of("line", lines), ...of("zone", zones)];
  });
}
