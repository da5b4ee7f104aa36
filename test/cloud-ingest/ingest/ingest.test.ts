import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { Ingest } from "../../../cloud-ingest/ingest/ingest.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type {
  IngestBatch,
  IngestStore,
  Ledger,
  StoreOutcome,
  Warehouse,
} from "../../../cloud-ingest/warehouse/port.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { birthMessage, countsMessage } from "../warehouse/rows.ts";

const TS = "2026-03-02T03:00:00Z";
const PREFIX = "kazoe/v1/acme/shibuya/cam-1/";
const NOTHING: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };

let root: string;
let inbox: Inbox;
let lines: string[];
let stop: AbortController;
let running: Promise<void>;
let troubles: Troubles;

const openInbox = (name: string) => Inbox.open(join(root, name), { maxBytes: 1e9, troubles: silentTroubles });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kazoe-ingest-"));
  inbox = await openInbox("inbox");
  lines = [];
  stop = new AbortController();
  running = Promise.resolve();
});

afterEach(async () => {
  await halt();
  await inbox.close();
  await rm(root, { recursive: true, force: true });
});

async function halt(): Promise<void> {
  stop.abort();
  await running;
}

function start(store: IngestStore, over: { readonly inbox?: Inbox; readonly batch?: number } = {}): void {
  const note = (_: object, message: string) => lines.push(message);
  const limit = { maxMessages: over.batch ?? 1000, maxBytes: 1e9 };
  troubles = new Troubles({ log: { ...silentLog, info: note, error: note }, clock: systemClock });
  stop = new AbortController();
  running = new Ingest({
    bus: over.inbox ?? inbox,
    store,
    troubles,
    limit,
  }).run(stop.signal);
}

const put = (kind: string, value: unknown, to = inbox) =>
  to.publish({ receivedAtMs: Date.parse(TS), topic: PREFIX + kind, payload: Buffer.from(JSON.stringify(value)) });

const drained = (of = inbox) => vi.waitFor(() => expect(of.stats().depth).toBe(0), { timeout: 50_000, interval: 5 });
/** All is stored, and the last trouble is over: the word of that comes after the bus was told. */
const recovered = async () => {
  await drained();
  await vi.waitFor(() => expect(troubles.list()).toEqual([]), { timeout: 10_000, interval: 5 });
};

/** A store in memory that can be made to fail. */
class FakeStore implements IngestStore {
  readonly batches: IngestBatch[] = [];
  failure: (batch: IngestBatch) => Error | undefined = () => undefined;
  /** Why it refuses the message of that number. */
  refusal: (seq: number) => string | undefined = () => undefined;
  attempts = 0;

  async lastStored(): Promise<number> {
    return this.batches.at(-1)?.position?.number ?? 0;
  }

  async store(batch: IngestBatch): Promise<StoreOutcome> {
    this.attempts += 1;
    const failure = this.failure(batch);
    if (failure) throw failure;
    const refused = batch.data.flatMap(({ message }, index) => {
      const reason = this.refusal(message.seq);
      return reason === undefined ? [] : [{ index, reason }];
    });
    if (refused.length > 0) return { ...NOTHING, refused };
    this.batches.push(batch);
    return NOTHING;
  }

  async ledger(): Promise<Ledger> {
    return NOTHING;
  }

  get seqs(): readonly number[] {
    return this.batches.flatMap((batch) => batch.data.map((row) => row.message.seq));
  }
}

describe("ingest", () => {
  it("stores in order, in batches, and takes out of the inbox what is stored", async () => {
    const store = new FakeStore();
    for (let seq = 1; seq <= 25; seq++) await put("counts", countsMessage(seq, TS));
    start(store, { batch: 10 });
    await drained();
    await put("counts", countsMessage(26, TS));
    await drained();
    expect(store.seqs).toEqual(Array.from({ length: 26 }, (_, index) => index + 1));
    expect(store.batches.map((batch) => batch.position?.number)).toEqual([10, 20, 25, 26]);
    expect(new Set(store.batches.map((batch) => batch.position?.stream)).size).toBe(1);
  });

  it("tries again for as long as the disk is full, drops nothing and says so once", async () => {
    const store = new FakeStore();
    let full = true;
    const failure = new AppError("full", { code: "DISK_FULL", hint: "free some space" });
    store.failure = (batch) => (full && batch.data.length > 0 ? failure : undefined);
    start(store);
    for (let seq = 1; seq <= 3; seq++) await put("counts", countsMessage(seq, TS));
    await vi.waitFor(() => expect(store.attempts).toBeGreaterThan(2), { timeout: 5000 });
    expect(inbox.stats().depth).toBe(3);
    full = false;
    await recovered();
    expect(store.seqs).toEqual([1, 2, 3]);
    expect(store.batches.flatMap((batch) => batch.quarantine)).toEqual([]);
    expect(lines).toEqual([expect.stringContaining("takes nothing"), expect.stringContaining("again")]);
  });

  it("waits for a warehouse that fails already at the start", async () => {
    const store = new FakeStore();
    let failures = 2;
    vi.spyOn(store, "lastStored").mockImplementation(async () => {
      if (failures-- > 0) throw new AppError("locked", { code: "STORE_LOCKED", hint: "stop the other one" });
      return 0;
    });
    await put("counts", countsMessage(1, TS));
    start(store);
    await drained();
    expect(store.seqs).toEqual([1]);
  });

  it("quarantines the messages that the warehouse names, with its reasons, and stores all others at the second try", async () => {
    const store = new FakeStore();
    store.refusal = (seq) => (seq % 13 === 0 ? `too ${seq}` : undefined);
    for (let seq = 1; seq <= 40; seq++) await put("counts", seq === 7 ? { v: 9 } : countsMessage(seq, TS));
    start(store);
    await drained();
    const bad = [7, 13, 26, 39];
    expect(store.seqs).toEqual(Array.from({ length: 40 }, (_, index) => index + 1).filter((seq) => !bad.includes(seq)));
    const quarantine = store.batches.flatMap((batch) => batch.quarantine);
    expect(quarantine.map(({ messageId, reason }) => `${messageId.split(":").at(-1)}: ${reason}`)).toEqual([
      "7: unknown contract version 9",
      ...[13, 26, 39].map((seq) => `${seq}: the warehouse refuses it: too ${seq}`),
    ]);
    expect(quarantine[1]?.payload).toBe(JSON.stringify(countsMessage(13, TS)));
    expect(store.attempts).toBe(2);
    expect(lines).toEqual([]);
  });

  it.each([
    { name: "out of memory", failure: new Error("Out of Memory Error: could not allocate block of size 256.0 KiB") },
    { name: "EIO", failure: Object.assign(new Error("EIO: i/o error, write"), { code: "EIO" }) },
    { name: "EMFILE", failure: Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" }) },
    { name: "a damaged file", failure: new AppError("damaged", { code: "STORE_CORRUPT", hint: "put it back" }) },
    { name: "a fault of ours", failure: new AppError("oh", { code: "INTERNAL", hint: "report it" }) },
    { name: "a bug", failure: new TypeError("undefined is not a function") },
    { name: "a configuration", failure: new AppError("zone", { code: "CONFIG_INVALID", hint: "mend it" }) },
    { name: "what nobody knows", failure: new Error("what is this") },
  ])("quarantines nothing, of a batch of one either, and says it at once: $name", async ({ failure }) => {
    const store = new FakeStore();
    let broken = true;
    store.failure = () => (broken ? failure : undefined);
    await put("counts", countsMessage(1, TS));
    start(store);
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(troubles.list()).toMatchObject([{ code: "warehouse-down" }]);
    expect(inbox.stats().depth).toBe(1);
    broken = false;
    await recovered();
    expect(store.seqs).toEqual([1]);
    expect(store.batches.flatMap((batch) => batch.quarantine)).toEqual([]);
  });

  it("halves a batch that memory does not do for, down to one message, and quarantines none of it", async () => {
    const store = new FakeStore();
    const failure = new AppError("no memory", { code: "OUT_OF_MEMORY", hint: "warehouse.memoryMb" });
    store.failure = ({ data }) => (data.length > 1 ? failure : undefined);
    for (let seq = 1; seq <= 8; seq++) await put("counts", countsMessage(seq, TS));
    start(store);
    await recovered();
    expect(store.seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(store.attempts).toBe(8 + 3);
    expect(store.batches.flatMap((batch) => batch.quarantine)).toEqual([]);
  });

  it("ends when it is told to, also while it waits or fails", async () => {
    const store = new FakeStore();
    start(store);
    await sleep(20);
    await halt();
    store.failure = () => new Error("no");
    await put("counts", countsMessage(1, TS));
    start(store);
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    await halt();
    expect(inbox.stats().depth).toBe(1);
  });
});

describe("ingest into DuckDB", () => {
  let warehouse: Warehouse;

  beforeEach(async () => {
    warehouse = await openDuckDbWarehouse(join(root, "warehouse"));
  });

  afterEach(async () => {
    await halt();
    await warehouse.close();
  });

  it("quarantines what passes the contract but fits no column", async () => {
    await put("counts", countsMessage(1, TS));
    await put("counts", countsMessage(2, TS, { frames: 1e300 }));
    await put("birth", birthMessage(TS, { agentVersion: "half a pair: \ud800" }));
    await put("birth", birthMessage(TS));
    start(warehouse);
    await drained();
    const ledger = await warehouse.ledger();
    expect(ledger.stored + ledger.quarantined).toBe(4);
    expect(ledger.stored).toBeGreaterThanOrEqual(2);
    expect(ledger.quarantined).toBeGreaterThanOrEqual(1);
  });

  it("keeps the ledger exact when the power goes before a commit, or between it and the relief of the bus", async () => {
    for (let index = 0; index < 300; index++) {
      await put("counts", index % 7 === 0 ? { v: 9 } : countsMessage(index % 5 === 0 ? 1 : index, TS));
    }
    const { lastStored, ledger } = warehouse;
    let copies = 0;
    const store = async (batch: IngestBatch) => {
      await checkCopies(`before-${++copies}`);
      const outcome = await warehouse.store(batch);
      await checkCopies(`after-${copies}`);
      return outcome;
    };
    start({ lastStored, ledger, store }, { batch: 75 });
    await drained();
    expect(copies).toBe(4);
    expect(await warehouse.ledger()).toEqual({ stored: 206, duplicate: 51, quarantined: 43 });
    expect(await sumOf(warehouse, inbox)).toBe(300);
  });

  it("counts on in a new inbox after the old one was lost", async () => {
    for (let seq = 1; seq <= 5; seq++) await put("counts", countsMessage(seq, TS));
    start(warehouse);
    await drained();
    await halt();
    const fresh = await openInbox("fresh");
    for (let seq = 5; seq <= 8; seq++) await put("counts", countsMessage(seq, TS), fresh);
    start(warehouse, { inbox: fresh });
    await drained(fresh);
    await halt();
    await fresh.close();
    expect(await warehouse.ledger()).toEqual({ stored: 8, duplicate: 1, quarantined: 0 });
  });

  const sumOf = async (of: Warehouse, from: Inbox) => {
    const { stored, duplicate, quarantined } = await of.ledger();
    const { depth } = from.stats();
    return stored + duplicate + quarantined + depth;
  };

  /** Goes on with copies of the folders, as a machine does that lost its power now. */
  async function checkCopies(name: string): Promise<void> {
    for (const part of ["warehouse", "inbox"]) await cp(join(root, part), join(root, name, part), { recursive: true });
    const copy = await openDuckDbWarehouse(join(root, name, "warehouse"));
    const copyInbox = await openInbox(join(name, "inbox"));
    const abort = new AbortController();
    const done = new Ingest({ bus: copyInbox, store: copy, troubles: silentTroubles }).run(abort.signal);
    await drained(copyInbox);
    abort.abort();
    await done;
    expect(await copy.ledger()).toEqual({ stored: 206, duplicate: 51, quarantined: 43 });
    await copy.close();
    await copyInbox.close();
  }
});
