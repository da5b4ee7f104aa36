import { createHash } from "node:crypto";
import { BIGINT, listValue, VARCHAR } from "@duckdb/node-api";
import { groupBy } from "../../group-by.ts";
import type { DataRow } from "../port.ts";
import { textOf as fieldOf, numberOf, type Row } from "../row.ts";
import { covers, insert, merged, type SeqRange } from "./seq-range.ts";
import type { FilledColumn, Session } from "./session.ts";

/** A boot of a device with the numbers that are stored of it. */
interface Boot {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
  readonly bootId: string;
}

/** A range of a boot: a row of `seq_range`. */
interface Entry {
  readonly boot: BootNumbers;
  readonly range: SeqRange;
}

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

/** SQL for a boot's key and for its hash. */
const BOOT = "concat_ws('/', tenant, store, device_id, boot_id)";
const BOOT_HASH = `('0x' || md5(${BOOT})[:15])::BIGINT`;

/** Ranges kept in memory, some 20 MB, and what the names of a boot count as. */
const RANGES_KNOWN = 300_000;
const RANGES_PER_NAME = 10;

const keyOf = ({ tenant, store, device, bootId }: Boot) => `${tenant}/${store}/${device}/${bootId}`;

const keyOfRow = ({ identity, message }: DataRow) =>
  `${identity.tenant}/${identity.store}/${message.deviceId}/${message.bootId}`;

const textOf = ({ first, last }: SeqRange) => `${first} ${last}`;

const bootOf = ({ identity, message }: DataRow): Boot => ({
  tenant: identity.tenant,
  store: identity.store,
  device: message.deviceId,
  bootId: message.bootId,
});

/** The numbers of one boot that are stored, and what a batch changes. */
class BootNumbers implements Boot {
  readonly tenant: string;
  readonly store: string;
  readonly device: string;
  readonly bootId: string;
  readonly hash: bigint;
  /** Disjoint and ascending. */
  readonly #ranges: SeqRange[];
  /** What the table has beyond `#ranges`, and lacks. */
  #gone = new Set<SeqRange>();
  #come = new Set<SeqRange>();
  /** Ranges that the table has, but only up to this number. */
  #grown = new Map<SeqRange, number>();

  /** `stored`: as they stand in the table, in any order. */
  constructor(boot: Boot, stored: readonly SeqRange[]) {
    this.tenant = boot.tenant;
    this.store = boot.store;
    this.device = boot.device;
    this.bootId = boot.bootId;
    this.hash = hashOf(boot);
    const inTable = new Map(stored.map((range) => [textOf(range), range]));
    this.#ranges = merged(stored).map((range) => inTable.get(textOf(range)) ?? range);
    const all = new Set(this.#ranges);
    for (const range of inTable.values()) if (!all.delete(range)) this.#gone.add(range);
    for (const range of all) this.#come.add(range);
  }

  get size(): number {
    return this.#ranges.length;
  }

  /** True when the number is new; from now on it is not. */
  take(seq: number): boolean {
    const tail: ({ last: number } & SeqRange) | undefined = this.#ranges.at(-1);
    if (tail?.last === seq - 1) {
      if (!this.#come.has(tail) && !this.#grown.has(tail)) this.#grown.set(tail, tail.last);
      tail.last = seq;
      return true;
    }
    if (covers(this.#ranges, seq)) return false;
    const { gone, come } = insert(this.#ranges, seq);
    for (const range of gone) this.#leave(range);
    this.#come.add(come);
    return true;
  }

  /** What leaves the table and what comes into it; of a boot that only grows, one range each. */
  changes(mostRanges: number): { readonly gone: readonly Entry[]; readonly come: readonly Entry[] } {
    const beyond = this.#ranges.length - mostRanges;
    if (beyond > 0) for (const range of this.#ranges.splice(0, beyond)) this.#leave(range);
    for (const [range, last] of this.#grown) {
      this.#gone.add({ first: range.first, last });
      this.#come.add(range);
    }
    const entries = (ranges: Iterable<SeqRange>) => Array.from(ranges, (range) => ({ boot: this, range }));
    const changes = { gone: entries(this.#gone), come: entries(this.#come) };
    for (const memory of [this.#gone, this.#come, this.#grown]) memory.clear();
    return changes;
  }

  #leave(range: SeqRange): void {
    const last = this.#grown.get(range) ?? range.last;
    if (this.#grown.delete(range)) this.#gone.add({ first: range.first, last });
    else if (!this.#come.delete(range)) this.#gone.add(range);
  }
}

/** Knows which messages are stored, whatever became of their rows: ranges of `seq` for each boot, in the transaction of the rows. */
export class SeqIndex {
  readonly #limits: IndexLimits;
  #grownBy = 0;
  /** Of the boots that came last. */
  readonly #known = new Map<string, BootNumbers>();

  constructor(limits: IndexLimits = LIMITS) {
    this.#limits = limits;
  }

  /** The rows whose `eventId` was neither seen before nor earlier among them; from now on it was. */
  async take(session: Session, rows: readonly DataRow[]): Promise<readonly DataRow[]> {
    if (rows.length === 0) return [];
    if (this.#isLarge()) this.clear();
    const keys = rows.map(keyOfRow);
    const boots = await this.#bootsOf(session, rows, keys);
    const fresh = rows.filter((row, index) => boots.get(keys[index] ?? "")?.take(row.message.seq));
    const changes = [...boots.values()].map((boot) => boot.changes(this.#limits.rangesPerBoot));
    const gone = changes.flatMap((change) => change.gone);
    const come = changes.flatMap((change) => change.come);
    await remove(session, gone);
    await add(session, come);
    await this.#forgetBeyond(session, come.length - gone.length);
    return fresh;
  }

  /** Forgets what the table holds, which somebody else may have changed. */
  clear(): void {
    this.#known.clear();
  }

  /** The boots of the rows, by key; those not known are read. */
  async #bootsOf(
    session: Session,
    rows: readonly DataRow[],
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, BootNumbers>> {
    const first = new Map(keys.map((key, index) => [key, index]));
    const unknown = new Map<string, Boot>();
    for (const [key, index] of first) {
      const row = rows[index];
      if (row && !this.#known.has(key)) unknown.set(key, bootOf(row));
    }
    for (const boot of await readBoots(session, unknown)) this.#known.set(keyOf(boot), boot);
    return new Map(
      [...first.keys()].flatMap((key) => {
        const boot = this.#known.get(key);
        return boot ? [[key, boot]] : [];
      }),
    );
  }

  #isLarge(): boolean {
    let ranges = 0;
    for (const { size } of this.#known.values()) ranges += size + RANGES_PER_NAME;
    return ranges > RANGES_KNOWN;
  }

  async #forgetBeyond(session: Session, growth: number): Promise<void> {
    this.#grownBy += growth;
    if (this.#grownBy < this.#limits.growthBetweenCounts) return;
    this.#grownBy = 0;
    const forgotten = await session.run(
      `DELETE FROM seq_range WHERE rowid IN (
         SELECT rowid FROM seq_range
         WHERE (tenant, store, device_id) IN (SELECT (tenant, store, device_id) FROM seq_range
           GROUP BY tenant, store, device_id HAVING count(*) > $1)
         QUALIFY row_number() OVER (PARTITION BY tenant, store, device_id ORDER BY rowid DESC) > $1)`,
      [this.#limits.rangesPerDevice],
    );
    if (forgotten > 0) this.clear();
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

/** The boots with what the table has of them. */
async function readBoots(session: Session, boots: ReadonlyMap<string, Boot>): Promise<readonly BootNumbers[]> {
  if (boots.size === 0) return [];
  const rows = await session.rows(
    `SELECT tenant, store, device_id, boot_id, first_seq, last_seq FROM seq_range
     WHERE boot_hash IN (SELECT unnest($1::BIGINT[]))`,
    [listValue([...boots.values()].map(hashOf))],
  );
  const byBoot = groupBy(rows, keyOfEntry);
  return [...boots].map(([key, boot]) => new BootNumbers(boot, (byBoot.get(key) ?? []).map(rangeOf)));
}

async function remove(session: Session, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  await session.run(
    `DELETE FROM seq_range WHERE (boot_hash, first_seq, last_seq, ${BOOT}) IN (
       SELECT (unnest($1::BIGINT[]), unnest($2::BIGINT[]), unnest($3::BIGINT[]), unnest($4::VARCHAR[])))`,
    [
      listValue(entries.map(({ boot }) => boot.hash)),
      listValue(entries.map(({ range }) => BigInt(range.first))),
      listValue(entries.map(({ range }) => BigInt(range.last))),
      listValue(entries.map(({ boot }) => keyOf(boot))),
    ],
  );
}

async function add(session: Session, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const columns: readonly FilledColumn[] = [
    { name: "boot_hash", type: BIGINT, value: (index) => entries[index]?.boot.hash ?? null },
    { name: "tenant", type: VARCHAR, value: (index) => entries[index]?.boot.tenant ?? null },
    { name: "store", type: VARCHAR, value: (index) => entries[index]?.boot.store ?? null },
    { name: "device_id", type: VARCHAR, value: (index) => entries[index]?.boot.device ?? null },
    { name: "boot_id", type: VARCHAR, value: (index) => entries[index]?.boot.bootId ?? null },
    { name: "first_seq", type: BIGINT, value: (index) => BigInt(entries[index]?.range.first ?? 0) },
    { name: "last_seq", type: BIGINT, value: (index) => BigInt(entries[index]?.range.last ?? 0) },
  ];
  await session.append("seq_range", columns, entries.length);
}

const keyOfEntry = (row: Row) =>
  keyOf({
    ...{ tenant: fieldOf(row, "tenant"), store: fieldOf(row, "store") },
    ...{ device: fieldOf(row, "device_id"), bootId: fieldOf(row, "boot_id") },
  });

const rangeOf = (row: Row): SeqRange => ({ first: numberOf(row, "first_seq"), last: numberOf(row, "last_seq") });
