import { createHash } from "node:crypto";
import { listValue } from "@duckdb/node-api";
import type { DataRow } from "../port.ts";
import { numberOf, type Row, textOf } from "./row.ts";
import { covers, merged, type SeqRange } from "./seq-range.ts";
import type { Session } from "./session.ts";
import { columnList, SEQ_RANGE_COLUMNS, SQL_TYPES } from "./tables.ts";

/** A boot of a device with the numbers that are stored of it. */
interface Boot {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
  readonly bootId: string;
}

/** A range of a boot, as a row of `seq_range`. */
interface Entry extends Boot, SeqRange {}

/** How large the index may become through a device that makes its numbers up. */
export interface IndexLimits {
  /** Ranges kept of one boot; beyond it the lowest are forgotten. */
  readonly rangesPerBoot: number;
  /** Ranges kept of one device, all boots together; beyond it the longest untouched are forgotten. */
  readonly rangesPerDevice: number;
  /** Devices are counted each time the index has gained so many ranges. */
  readonly growthBetweenCounts: number;
}

/**
 * A gap is left only where a message was given up or refused, so a boot needs a few ranges; a device that restarts every hour needs
 * 20,000 in two years. More would make each batch of a device that sends numbers at random read as many ranges as it ever sent.
 */
const LIMITS: IndexLimits = { rangesPerBoot: 10_000, rangesPerDevice: 20_000, growthBetweenCounts: 20_000 };

/** The numbers of a boot are looked up by this hash of 60 bits: one comparison of integers a row, not four of texts. */
const hashOf = (boot: Boot) => BigInt(`0x${createHash("md5").update(keyOf(boot)).digest("hex").slice(0, 15)}`);

/** SQL for the same hash. */
const BOOT_HASH = "('0x' || md5(concat_ws('/', tenant, store, device_id, boot_id))[:15])::BIGINT";

function without(ranges: readonly SeqRange[], others: readonly SeqRange[]): readonly SeqRange[] {
  const textOf = ({ first, last }: SeqRange) => `${first} ${last}`;
  const present = new Set(others.map(textOf));
  return ranges.filter((range) => !present.has(textOf(range)));
}

const keyOf = ({ tenant, store, device, bootId }: Boot) => `${tenant}/${store}/${device}/${bootId}`;

const bootOf = ({ identity, message }: DataRow): Boot => ({
  tenant: identity.tenant,
  store: identity.store,
  device: message.deviceId,
  bootId: message.bootId,
});

/** What a batch brings of one boot. */
class BootNumbers implements Boot {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
  readonly bootId: string;
  /** As they stand in the table, in any order. */
  readonly known: SeqRange[] = [];
  /** The same, disjoint and ascending. */
  seen: readonly SeqRange[] = [];
  readonly #taken = new Set<number>();

  constructor({ tenant, store, device, bootId }: Boot) {
    this.tenant = tenant;
    this.store = store;
    this.device = device;
    this.bootId = bootId;
  }

  /** True when the number is new. */
  take(seq: number): boolean {
    if (covers(this.seen, seq) || this.#taken.has(seq)) return false;
    this.#taken.add(seq);
    return true;
  }

  /** What leaves the table and what comes into it; of a boot that only grows, one range each. */
  changes(mostRanges: number): { readonly gone: readonly Entry[]; readonly come: readonly Entry[] } {
    const taken = [...this.#taken].map((seq) => ({ first: seq, last: seq }));
    const after = merged([...this.seen, ...taken]).slice(-mostRanges);
    return { gone: this.#entries(without(this.known, after)), come: this.#entries(without(after, this.known)) };
  }

  #entries(ranges: readonly SeqRange[]): readonly Entry[] {
    const { tenant, store, device, bootId } = this;
    return ranges.map(({ first, last }) => ({ tenant, store, device, bootId, first, last }));
  }
}

/** Knows which messages are stored, whatever became of their rows: ranges of `seq` for each boot, in the transaction of the rows. */
export class SeqIndex {
  readonly #limits: IndexLimits;
  #grownBy = 0;

  constructor(limits: IndexLimits = LIMITS) {
    this.#limits = limits;
  }

  /** The rows whose `eventId` was neither seen before nor earlier among them; from now on it was. */
  async take(session: Session, rows: readonly DataRow[]): Promise<readonly DataRow[]> {
    if (rows.length === 0) return [];
    const boots = new Map(rows.map(bootOf).map((boot) => [keyOf(boot), new BootNumbers(boot)]));
    for (const entry of await entriesOf(session, [...boots.values()])) boots.get(keyOf(entry))?.known.push(entry);
    for (const boot of boots.values()) boot.seen = merged(boot.known);
    const fresh = rows.filter((row) => boots.get(keyOf(bootOf(row)))?.take(row.message.seq));
    const changes = [...boots.values()].map((boot) => boot.changes(this.#limits.rangesPerBoot));
    const gone = changes.flatMap((change) => change.gone);
    const come = changes.flatMap((change) => change.come);
    await remove(session, gone);
    await add(session, come);
    await this.#forgetBeyond(session, come.length - gone.length);
    return fresh;
  }

  async #forgetBeyond(session: Session, growth: number): Promise<void> {
    this.#grownBy += growth;
    if (this.#grownBy < this.#limits.growthBetweenCounts) return;
    this.#grownBy = 0;
    await session.run(
      `DELETE FROM seq_range WHERE rowid IN (
         SELECT rowid FROM seq_range
         WHERE (tenant, store, device_id) IN (SELECT (tenant, store, device_id) FROM seq_range
           GROUP BY tenant, store, device_id HAVING count(*) > $1)
         QUALIFY row_number() OVER (PARTITION BY tenant, store, device_id ORDER BY rowid DESC) > $1)`,
      [this.#limits.rangesPerDevice],
    );
  }
}

/** SQL that gives the fewest ranges covering what the ranges of `source` cover: `source` has the columns of a boot, `first_seq` and `last_seq`. */
const mergedSql = (source: string) => `
  SELECT any_value(boot_hash) AS boot_hash, tenant, store, device_id, boot_id, min(first_seq) AS first_seq, max(last_seq) AS last_seq
  FROM (SELECT *, sum(starts) OVER (PARTITION BY tenant, store, device_id, boot_id ORDER BY first_seq, last_seq
      ROWS UNBOUNDED PRECEDING) AS island
    FROM (SELECT *, CASE WHEN first_seq <= 1 + max(last_seq) OVER (PARTITION BY tenant, store, device_id, boot_id
        ORDER BY first_seq, last_seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS starts
      FROM (${source})))
  GROUP BY tenant, store, device_id, boot_id, island`;

/** Adds the numbers of all rows of `rows`, SQL with the columns of a boot and `seq`. */
export async function addNumbersOf(session: Session, rows: string, parameters: Parameters<Session["run"]>[1] = []) {
  const singles = `SELECT DISTINCT ${BOOT_HASH} AS boot_hash, tenant, store, device_id, boot_id, seq AS first_seq, seq AS last_seq
    FROM (${rows})`;
  await session.run(`INSERT INTO seq_range BY NAME ${mergedSql(singles)}`, parameters);
}

/** Writes the index anew with the fewest ranges that say the same. */
export async function tidy(session: Session): Promise<void> {
  await session.run(`CREATE OR REPLACE TEMP TABLE tidy_range AS ${mergedSql("SELECT * FROM seq_range")}`);
  await session.run("DELETE FROM seq_range");
  await session.run("INSERT INTO seq_range BY NAME SELECT * FROM tidy_range");
  await session.run("DROP TABLE tidy_range");
}

async function entriesOf(session: Session, boots: readonly Boot[]): Promise<readonly Entry[]> {
  const rows = await session.rows(
    `SELECT tenant, store, device_id, boot_id, first_seq, last_seq FROM seq_range
     WHERE boot_hash IN (SELECT unnest($1::BIGINT[]))`,
    [listValue(boots.map(hashOf))],
  );
  return rows.map(entryOf);
}

/** SQL for entries bound as lists, one parameter a column. */
const BOUND = SEQ_RANGE_COLUMNS.map(
  ({ name, type }, index) => `unnest($${index + 1}::${SQL_TYPES[type]}[]) AS ${name}`,
).join(", ");

const bound = (entries: readonly Entry[]) => [
  listValue(entries.map(hashOf)),
  listValue(entries.map((entry) => entry.tenant)),
  listValue(entries.map((entry) => entry.store)),
  listValue(entries.map((entry) => entry.device)),
  listValue(entries.map((entry) => entry.bootId)),
  listValue(entries.map((entry) => BigInt(entry.first))),
  listValue(entries.map((entry) => BigInt(entry.last))),
];

async function remove(session: Session, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const all = columnList(SEQ_RANGE_COLUMNS);
  await session.run(`DELETE FROM seq_range WHERE (${all}) IN (SELECT (${all}) FROM (SELECT ${BOUND}))`, bound(entries));
}

async function add(session: Session, entries: readonly Entry[]): Promise<void> {
  if (entries.length > 0) await session.run(`INSERT INTO seq_range BY NAME SELECT ${BOUND}`, bound(entries));
}

const entryOf = (row: Row): Entry => ({
  tenant: textOf(row, "tenant"),
  store: textOf(row, "store"),
  device: textOf(row, "device_id"),
  bootId: textOf(row, "boot_id"),
  first: numberOf(row, "first_seq"),
  last: numberOf(row, "last_seq"),
});
