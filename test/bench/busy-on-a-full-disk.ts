import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { ColdCare } from "../../cloud-ingest/warehouse/duckdb/cold-care.ts";
import { Database, type ReadLane } from "../../cloud-ingest/warehouse/duckdb/database.ts";
import { DuckDbIngestStore } from "../../cloud-ingest/warehouse/duckdb/ingest-store.ts";
import { openMended } from "../../cloud-ingest/warehouse/duckdb/open-mended.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import { messageOf, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { batch, countsRow, quarantineRow } from "../cloud-ingest/warehouse/rows.ts";

/** Sizes of the disk in MB, each filled up: the writer meets a full one at commits and at checkpoints. */
const SIZES = [20, 28, 36];
const LAST_SIZE = 160;
const FAILURES_UNTIL_ROOM = 3;
const BATCHES_AFTER = 10;
/** Often enough to collect what a failed opening left behind within the round. */
const COLLECT_EVERY = 50;
/** More than once means two instances on one file, whose logs overwrite each other. */
let mostOpen = 0;
const NOON = "2026-03-02T03:00:00Z";

/**
 * A process of its own, because what is looked for ends it: a writer and three readers that never rest, on a file system that is full
 * again and again. Prints as JSON how many batches were stored, how many failed, with which codes, and how often the file was open at once.
 */
async function main(dir: string): Promise<void> {
  const options = { memoryLimitMb: 128, threads: 2, troubles: { raise: () => {} } };
  const database = new Database(dir, { open: () => openMended(dir, options), onDamage: async () => {} });
  await database.open();
  const stop = new AbortController();
  const reading = [readUntil(stop.signal, database, "page"), readUntil(stop.signal, database, "export")];
  reading.push(readUntil(stop.signal, database, "page"));
  const written = await fillAndFillAgain(dir, database);
  const nobody = database.whileNobodyReads(async () => {});
  const closing = database.close();
  stop.abort();
  const codes = (await Promise.all(reading)).flat();
  await Promise.all([nobody, closing]);
  process.stdout.write(JSON.stringify({ ...written, mostOpen, codes: [...new Set(codes)] }));
}

/** The archive is not part of this: it scrubs nothing and tells nobody. */
function careOf(database: Database): ColdCare {
  const troubles = { raise: () => {}, clear: () => {} };
  return new ColdCare({ database, troubles, clock: systemClock, scrubEveryMs: 3_600_000 });
}

async function fillAndFillAgain(dir: string, database: Database) {
  const store = new DuckDbIngestStore(database, careOf(database));
  let id = 0;
  let failures = 0;
  const codes = new Set<string>();
  for (const size of [...SIZES, LAST_SIZE]) {
    await promisify(execFile)("mount", ["-t", "tmpfs", "-o", `remount,rw,size=${size}m`, "tmpfs", dir]);
    const enough = size === LAST_SIZE ? id + BATCHES_AFTER : Number.POSITIVE_INFINITY;
    for (let inARow = 0; inARow < FAILURES_UNTIL_ROOM && id < enough; ) {
      try {
        await store.store(bulkyBatch(id + 1));
        inARow = 0;
        id += 1;
      } catch (error) {
        inARow += 1;
        failures += 1;
        codes.add(codeOf(error));
        // As ingest does: a batch whose commit landed all the same is known by its position.
        await database.whileNobodyReads(async () => {});
      }
    }
  }
  return { batches: id, failures, writerCodes: [...codes] };
}

/** How often this process has the file open now; Linux alone tells. */
function timesOpen(file: string): number {
  const handles = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return "";
    }
  });
  return handles.filter((path) => path === file).length;
}

/** Looks at all rows without pause; its own failures must be those of the machine. */
async function readUntil(signal: AbortSignal, database: Database, lane: ReadLane): Promise<string[]> {
  const codes: string[] = [];
  let reads = 0;
  while (!signal.aborted) {
    try {
      mostOpen = Math.max(mostOpen, timesOpen(join(database.dir, "hot.duckdb")));
      const sql = "SELECT (SELECT count(*) FROM counts) AS n, (SELECT max(received_at) FROM quarantine) AS newest";
      await database.read((session) => session.rows(sql), lane);
      // An instance that nobody names any more would write the same file when it is collected.
      if (reads++ % COLLECT_EVERY === 0) globalThis.gc?.();
    } catch (error) {
      if (!signal.aborted) codes.push(codeOf(error));
    }
  }
  return codes;
}

const codeOf = (error: unknown) => {
  const code = systemCodeOf(error) ?? "";
  return code === "DISK_FULL" ? code : `${code} ${messageOf(error)}`.slice(0, 300);
};

function bulkyBatch(id: number) {
  const payload = () => randomBytes(16_384).toString("hex");
  const quarantine = Array.from({ length: 16 }, () => ({ ...quarantineRow(id, NOON), payload: payload() }));
  return batch(id, { data: [countsRow(id, NOON, { in: id })], quarantine });
}

const { positionals } = parseArgs({ allowPositionals: true });
const [dir = ""] = positionals;
await main(dir);
