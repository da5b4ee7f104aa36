import { randomUUID } from "node:crypto";
import { MAX_PAYLOAD_BYTES } from "../../firmware-config/contract/envelope.ts";
import { IDENTIFIER } from "../../firmware-config/contract/identifier.ts";
import { jsonOf } from "../../firmware-config/contract/json.ts";
import {
  MAX_REGRESSOR_NAME,
  type RowMessage,
  type RowTable,
  regressorKey,
} from "../../firmware-config/contract/row.ts";
import { type RowPlace, rowTopicOf } from "../../firmware-config/contract/topics.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import { pause } from "../../firmware-config/kit/pause.ts";
import { safeLine } from "../../firmware-config/kit/safe-text.ts";
import type { BusWriter } from "../bus/port.ts";
import { groupBy } from "../group-by.ts";
import { RowJudge } from "../ingest/row-judge.ts";
import type { StoreInfo } from "../warehouse/port.ts";
import type { RowKey, RowStore, SourceRow, StoredRow } from "../warehouse/row-port.ts";
import { keyTextOf, outcomeOf } from "../warehouse/source-rows.ts";

/** Rows in one request: some seconds of work at the most. */
export const MOST_ROWS = 1_000;
/** Characters of one row; a longer one is cut, and refused as too long. */
export const MOST_ROW_CHARACTERS = MAX_PAYLOAD_BYTES + 1;
/** How long an answer waits for the warehouse; what is not stored by then is safe all the same. */
const WAIT_MS = 10_000;
const FIRST_LOOK_MS = 20;
/** A look is a question to the warehouse, which some are paid for. */
const LONGEST_LOOK_MS = 3_000;
const MOST_REASON = 300;

/** Who brings rows. */
export interface RowSender {
  /** Kept with each row. */
  readonly by: string;
  /** The only tenant whose rows are taken; left out: each row names its own. */
  readonly tenant?: string;
  /** Tables that are taken; left out: all. */
  readonly tables?: readonly RowTable[];
}

/**
 * What became of a row: `refused` ones are in quarantine, but for those of a tenant or a table that are not the sender's, which go nowhere;
 * `waiting`: it is on disk, and the warehouse has not answered yet.
 */
export interface RowAnswer {
  /** Its place among the rows of the request, from 1. */
  readonly row: number;
  readonly key: string;
  readonly outcome: "stored" | "duplicate" | "refused" | "waiting";
  readonly reason?: string;
}

export interface IntakeParts {
  /** Left out where this process has no way into the bus. */
  readonly writer: BusWriter | undefined;
  readonly warehouse: Pick<RowStore, "rowVersions">;
  readonly stores: readonly StoreInfo[];
  readonly clock: Clock;
  /** Other than 10 s. */
  readonly waitMs?: number;
  /** Called once rows are in the bus, where nobody would read them by himself. */
  readonly onPublished?: () => void;
}

export interface IntakeWish {
  readonly signal?: AbortSignal;
  /** True: says what would become of the rows, and takes none. */
  readonly isDryRun?: boolean;
}

/** A row under way. */
interface Offered {
  readonly number: number;
  readonly key: string;
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Why it is not taken at all. */
  readonly denied?: string;
}

/** Takes in rows that no device sent, by the bus and ingest of devices' messages. */
export class RowIntake {
  readonly #parts: IntakeParts;
  readonly #judge: RowJudge;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#judge = new RowJudge(parts.stores);
  }

  /**
   * Takes rows, each as its JSON text `{ tenant, store, table, key, version, date, columns }`. Once it resolves all that were not denied are
   * safe on the bus, and mostly settled. Throws `AppError` when the bus takes none; what was taken before is taken, and a repetition a duplicate.
   */
  async add(texts: readonly string[], sender: RowSender, wish: IntakeWish = {}): Promise<readonly RowAnswer[]> {
    const { writer, clock, onPublished = () => {} } = this.#parts;
    if (texts.length > MOST_ROWS) throw tooMany(texts.length);
    if (!writer) throw noWay();
    const receipt = randomUUID();
    const offered = texts.map((text, at) => offer(text, { at, receipt, sender }));
    const receivedAtMs = clock.nowMs();
    const taken = offered.filter(({ denied }) => denied === undefined);
    if (!wish.isDryRun) {
      await Promise.all(taken.map(({ topic, payload }) => writer.publish({ receivedAtMs, topic, payload })));
      onPublished();
    }
    const receivedAt = new Date(receivedAtMs).toISOString();
    const fates = new Map<number, Fate>();
    const rows: Placed[] = [];
    for (const { number, topic, payload, denied } of offered) {
      const judged = denied === undefined ? this.#judge.judge(topic, payload, receivedAt) : { reason: denied };
      if (judged && "row" in judged) rows.push({ number, source: judged.row });
      else fates.set(number, { outcome: "refused", reason: (judged?.reason ?? "").slice(0, MOST_REASON) });
    }
    const settled = wish.isDryRun ? await this.#foretold(rows) : await this.#settled(rows, wish.signal);
    return offered.map(({ number, key }) => {
      return { row: number, key, ...(fates.get(number) ?? settled.get(number) ?? { outcome: "waiting" as const }) };
    });
  }

  /** Looks until the warehouse has said what became of every row, or for as long as an answer may take. */
  async #settled(rows: readonly Placed[], signal = new AbortController().signal): Promise<ReadonlyMap<number, Fate>> {
    const { waitMs = WAIT_MS } = this.#parts;
    const fates = new Map<number, Fate>();
    let left = rows;
    let lookMs = FIRST_LOOK_MS;
    for (let waitedMs = 0; left.length > 0 && waitedMs < waitMs && !signal.aborted; waitedMs += lookMs) {
      await pause(lookMs, signal);
      lookMs = Math.min(LONGEST_LOOK_MS, 2 * lookMs);
      for (const [number, fate] of await this.#look(left)) fates.set(number, fate);
      left = left.filter(({ number }) => !fates.has(number));
    }
    return fates;
  }

  /** What would become of rows that are not there yet, as if they came one by one. */
  async #foretold(rows: readonly Placed[]): Promise<ReadonlyMap<number, Fate>> {
    const versions = new Map<string, readonly StoredRow[]>();
    for (const [table, some] of groupBy(rows, ({ source }) => source.row.table))
      for (const one of await this.#parts.warehouse.rowVersions(table, keysOf(some)))
        noteVersion(versions, `${table}/${keyTextOf(one)}`, one);
    const fates = new Map<number, Fate>();
    for (const { number, source } of rows) {
      const key = keyText(source);
      const outcome = outcomeOf(source.row, versions.get(key) ?? []);
      fates.set(number, outcome === undefined ? { outcome: "stored" } : fateOf(outcome));
      if (outcome === undefined) noteVersion(versions, key, asStored(source));
    }
    return fates;
  }

  async #look(rows: readonly Placed[]): Promise<ReadonlyMap<number, Fate>> {
    const fates = new Map<number, Fate>();
    for (const [table, some] of groupBy(rows, ({ source }) => source.row.table)) {
      const found = groupBy(await this.#versions(table, some), keyTextOf);
      for (const { number, source } of some) {
        const outcome = outcomeOf(source.row, found.get(keyTextOf(keyOf(source))) ?? []);
        if (outcome !== undefined) fates.set(number, fateOf(outcome));
      }
    }
    return fates;
  }

  /** A warehouse that is away for a while has not answered: the rows are safe meanwhile. */
  async #versions(table: RowTable, rows: readonly Placed[]): Promise<readonly StoredRow[]> {
    try {
      return await this.#parts.warehouse.rowVersions(table, keysOf(rows));
    } catch (error) {
      if (error instanceof AppError && error.fault === "environment") return [];
      throw error;
    }
  }
}

type Fate = Pick<RowAnswer, "outcome" | "reason">;

interface Placed {
  readonly number: number;
  readonly source: SourceRow;
}

function fateOf(outcome: NonNullable<ReturnType<typeof outcomeOf>>): Fate {
  return typeof outcome === "string" ? { outcome } : { outcome: "refused", reason: outcome.refused };
}

const keyOf = ({ tenant, store, row: { key } }: SourceRow): RowKey => ({ tenant, store, key });
const keyText = (source: SourceRow) => `${source.row.table}/${keyTextOf(keyOf(source))}`;
const keysOf = (rows: readonly Placed[]) => [
  ...new Map(rows.map(({ source }) => [keyTextOf(keyOf(source)), keyOf(source)])).values(),
];

function noteVersion(versions: Map<string, readonly StoredRow[]>, key: string, row: StoredRow): void {
  versions.set(key, [...(versions.get(key) ?? []), row]);
}

function asStored({ tenant, store, receivedAt, row }: SourceRow): StoredRow {
  const { key, version, date, by, receipt, columns } = row;
  return { tenant, store, key, version, date, by, receipt, receivedAt, columns: { ...columns } };
}

interface Offer {
  readonly at: number;
  readonly receipt: string;
  readonly sender: RowSender;
}

/** What is no row goes the same way as it is, so that quarantine has it as it came. */
function offer(text: string, { at, receipt, sender }: Offer): Offered {
  const number = at + 1;
  const ofTenant = sender.tenant === undefined ? undefined : { tenant: sender.tenant };
  const asItIs = { number, key: "", topic: rowTopicOf(ofTenant), payload: bytesOf(text) };
  const value = text.length < MOST_ROW_CHARACTERS ? objectOf(text) : undefined;
  if (!value) return asItIs;
  const { tenant = sender.tenant, store, ...fields } = value;
  const given = fields.key ?? regressorKeyOf(fields);
  const key = typeof given === "string" ? composed(given) : "";
  const named = typeof given === "string" ? { key } : {};
  const written = textOf({ ...fields, ...named, v: 1, kind: "row", by: sender.by, receipt: `${receipt}:${number}` });
  if (written === undefined) return asItIs;
  const payload = bytesOf(written);
  const denied = deniedOf(sender, tenant, fields.table);
  const place = placeOf(tenant, store);
  return { number, key, topic: rowTopicOf(place), payload, ...(denied !== undefined && { denied }) };
}

/** The key of a regressor follows from its columns, so that nobody has to write it. */
function regressorKeyOf({ table, date, columns }: Readonly<Record<string, unknown>>): string | undefined {
  if (table !== "regressor" || typeof date !== "string" || typeof columns !== "object" || columns === null)
    return undefined;
  const { name, hour }: { readonly name?: unknown; readonly hour?: unknown } = columns;
  if (typeof name !== "string" || date.length > 10 || name.length > MAX_REGRESSOR_NAME) return undefined;
  return regressorKey(name, date, typeof hour === "number" ? hour : undefined);
}

function deniedOf({ tenant, tables }: RowSender, ofTenant: unknown, table: unknown): string | undefined {
  if (tenant !== undefined && ofTenant !== tenant) return "not a tenant of yours";
  return tables && !tables.some((one) => one === table) ? "not a table that you may write" : undefined;
}

/** Undefined where a name could be no store's: then it is nobody's, and never all stores' by mistake. */
function placeOf(tenant: unknown, store: unknown): RowPlace | undefined {
  if (!isName(tenant)) return undefined;
  if (store === undefined || store === "") return { tenant };
  return isName(store) ? { tenant, store } : undefined;
}

const NAME = new RegExp(`^${IDENTIFIER}$`);
const isName = (value: unknown): value is string => typeof value === "string" && NAME.test(value);

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value = jsonOf(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** One key however its accents are written: a Mac's file names and a till's are the same to who reads them. */
const composed = (key: string) => key.normalize("NFC");

/** Undefined for what is nested too deep to be written, though it could be read: one such row shall not stop those beside it. */
function textOf(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** No more than what tells that it is too long. */
const bytesOf = (text: string) => Buffer.from(text.slice(0, MOST_ROW_CHARACTERS)).subarray(0, MOST_ROW_CHARACTERS);

function tooMany(count: number): AppError {
  return new AppError(`${count} rows at once; ${MOST_ROWS} is the most`, {
    code: "USAGE",
    hint: "Send them in several requests: each row is taken once, however often it comes.",
  });
}

function noWay(): AppError {
  return new AppError("This process has no way into the bus, so it can take no rows", {
    code: "USAGE",
    hint: "Ask a process with the role broker or server.",
  });
}

/** Throws why a row of ours was not taken. One that is only safe so far is. */
export function assertTaken(answers: readonly RowAnswer[]): void {
  const refused = answers.find(({ outcome }) => outcome === "refused");
  if (!refused) return;
  throw new AppError(`What was said cannot be kept: ${safeLine(refused.reason ?? "")}`, {
    code: "USAGE",
    hint: "Nothing was changed; kazoe quarantine list has it.",
  });
}

/** What a sender takes back or says again: the time, so that the later word holds. */
export const versionNow = (clock: Clock) => Math.max(0, Math.round(clock.nowMs()));

/** The text of a row for `add`. */
export function rowText({ tenant, store }: RowPlace, row: Omit<RowMessage, "v" | "kind" | "by" | "receipt">): string {
  return JSON.stringify({ tenant, store, ...row });
}
