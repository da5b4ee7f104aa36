import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Troubles } from "../../../../cloud-ingest/troubles.ts";
import { ColdCare } from "../../../../cloud-ingest/warehouse/duckdb/cold-care.ts";
import { nameOf, pathOf } from "../../../../cloud-ingest/warehouse/duckdb/cold-files.ts";
import { type ListedFile, listedFiles } from "../../../../cloud-ingest/warehouse/duckdb/cold-list.ts";
import type { Database } from "../../../../cloud-ingest/warehouse/duckdb/database.ts";
import { DuckDbIngestStore } from "../../../../cloud-ingest/warehouse/duckdb/ingest-store.ts";
import { DuckDbJobStore } from "../../../../cloud-ingest/warehouse/duckdb/job-store.ts";
import { staleDates } from "../../../../cloud-ingest/warehouse/duckdb/stale-quarters.ts";
import type { ErrorCode } from "../../../../firmware-config/kit/error-codes.ts";
import { AppError } from "../../../../firmware-config/kit/errors.ts";
import { silentLog } from "../../../../firmware-config/kit/log.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { openDatabase } from "../open-database.ts";
import { batch, countsRow, SHIBUYA } from "../rows.ts";

const NOON = "2026-03-05T03:00:00Z";

let base: string;
let clock: ManualClock;
let database: Database;
let troubles: Troubles;
let care: ColdCare;
let file: ListedFile;

async function openIn(dir: string): Promise<void> {
  clock = new ManualClock("2026-03-09T00:00:00Z");
  database = await openDatabase(dir);
  troubles = new Troubles({ log: silentLog, clock });
  care = new ColdCare({ database, troubles, clock, scrubEveryMs: 3_600_000 });
}

/** One archived day. */
beforeAll(async () => {
  base = join(tmpdir(), `kazoe-care-${process.pid}`);
  await openIn(base);
  await new DuckDbIngestStore(database, care).store(batch(1, { data: [countsRow(1, NOON)] }));
  await new DuckDbJobStore(database, care).archive("2026-03-05");
  const [listed] = await database.read(listedFiles);
  if (!listed) throw new Error("Nothing was archived");
  file = listed;
  await database.close();
});

afterAll(() => rm(base, { recursive: true, force: true }));

beforeEach(async () => {
  const dir = await tempDir();
  await cp(base, dir, { recursive: true });
  await openIn(dir);
});

afterEach(() => database.close());

const told = () => troubles.list().map(({ code, subject, text }) => [code, subject, text]);
const stale = () => database.read((session) => staleDates(session, SHIBUYA));
const forgetStale = () => database.write((session) => session.run("DELETE FROM stale_quarter"));
const path = () => pathOf(database.dir, file);
const failure = (code: ErrorCode, retryable = false) => new AppError("no", { code, hint: "Wait.", retryable });
const asked = (damage: string) =>
  `${nameOf(file)} ${damage}. Put it back from a backup under the same name; late rows of its date wait until then. ` +
  'If there is no other copy, add ".lost" to its name.';

/** As long as it was, with another last byte. */
async function spoil(): Promise<Buffer> {
  const good = await readFile(path());
  await writeFile(path(), Buffer.concat([good.subarray(0, -1), Buffer.of(7)]));
  return good;
}

describe("a listed file", () => {
  it("that is damaged is said with what to do, and no more once it is whole, when its hours are added up anew", async () => {
    await forgetStale();
    expect([await care.areGood([file]), told(), await stale()]).toEqual([true, [], []]);
    const good = await spoil();
    expect(await care.areGood([file])).toBe(false);
    expect(told()).toEqual([["archive-damaged", nameOf(file), asked("holds other bytes than were written")]]);
    expect([await care.readable(["2026-03-03", "2026-03-05", "2026-03-07"]), await stale()]).toEqual([
      ["2026-03-03", "2026-03-07"],
      [],
    ]);
    await writeFile(path(), good);
    const [damaged] = await database.read(listedFiles);
    expect(await care.areGood(damaged ? [damaged] : [])).toBe(true);
    expect([told(), await stale()]).toEqual([[], ["2026-03-05"]]);
  });

  it("is no trouble when it is listed no more, or when none is asked for", async () => {
    expect(await care.areGood([{ ...file, file: "gone.parquet" }])).toBe(true);
    expect([await care.areGood([]), told()]).toEqual([true, []]);
  });

  it("that is known to be damaged is looked at again, beside those that are suspected", async () => {
    const good = await spoil();
    await care.recheck();
    expect(told()).toEqual([]);
    await care.recheck([file]);
    expect(told()).toHaveLength(1);
    troubles.clear("archive-damaged", nameOf(file));
    await care.recheck();
    expect(told()).toHaveLength(1);
    await writeFile(path(), good);
    await care.recheck();
    expect(told()).toEqual([]);
  });

  it("can be given up by its name, once", async () => {
    await spoil();
    await care.areGood([file]);
    await rename(path(), `${path()}.lost`);
    await care.recheck();
    expect([told(), await database.read(listedFiles)]).toEqual([[], []]);
    await readFile(`${path()}.lost.done`);
    const store = new DuckDbIngestStore(database, care);
    expect(await store.store(batch(2, { data: [countsRow(1, NOON)] }))).toMatchObject({ stored: 1 });
  });

  it("is not given up while it is there as well", async () => {
    await writeFile(`${path()}.lost`, "");
    await care.recheck([file]);
    expect(await database.read(listedFiles)).toHaveLength(1);
  });

  it("is found damaged by the scrub once its time has come, and whole again at once", async () => {
    await care.scrub();
    const good = await spoil();
    clock.advance(20 * 3600);
    await care.scrub();
    expect(told()).toEqual([]);
    clock.advance(1);
    await care.scrub();
    expect(told()).toHaveLength(1);
    await writeFile(path(), good);
    await care.scrub();
    expect(told()).toEqual([]);
  });
});

describe("work that reads files", () => {
  const reading = (work: () => Promise<string>) => care.reading((session) => listedFiles(session), work);

  it("is done once when all are good, and knows before it which are not", async () => {
    const work = vi.fn(async () => "read");
    expect(await reading(work)).toBe("read");
    expect(work).toHaveBeenCalledTimes(1);
    await writeFile(path(), "short");
    await reading(async () => {
      expect(told()).toHaveLength(1);
      return "";
    });
  });

  it.each(["STORE_CORRUPT", "DISK_FAILED", "INTERNAL"] as const)(
    "is done again after %s without a file that is damaged",
    async (code) => {
      await spoil();
      const work = vi.fn(async () => "read without it").mockRejectedValueOnce(failure(code));
      expect(await reading(work)).toBe("read without it");
      expect([work.mock.calls.length, told().length]).toEqual([2, 1]);
    },
  );

  it("fails for good when no file is to blame, and for what says nothing of a file", async () => {
    const corrupt = failure("STORE_CORRUPT");
    const work = vi.fn(() => Promise.reject(corrupt));
    await expect(reading(work)).rejects.toBe(corrupt);
    expect(work).toHaveBeenCalledTimes(1);
    await spoil();
    for (const error of [failure("DISK_FULL"), new Error("strange")]) {
      await expect(reading(() => Promise.reject(error))).rejects.toBe(error);
      expect(told()).toEqual([]);
    }
  });

  it("does not begin for who has gone", async () => {
    const signal = AbortSignal.abort(new Error("gone"));
    const work = vi.fn(async () => "read");
    await expect(care.reading(listedFiles, work, { signal })).rejects.toThrow("gone");
    expect(work).not.toHaveBeenCalled();
  });
});

describe("an unlisted file", () => {
  const stray = { table: "counts", date: "2026-03-04", file: "stray.parquet" } as const;
  const text = `${nameOf(stray)} is not listed and could not be taken up. Look into it, then move it away; it is tried again.`;

  it.each([failure("STORE_CORRUPT"), failure("DISK_FAILED", true), failure("INTERNAL", true), new Error("strange")])(
    "whose own fault it is is said, and no more once it is gone: %s",
    async (error) => {
      await care.minding(stray, () => Promise.reject(error));
      expect(told()).toEqual([["archive-damaged", nameOf(stray), text]]);
      care.forgetGone([stray]);
      expect(told()).toHaveLength(1);
      care.forgetGone([file]);
      expect(told()).toEqual([]);
    },
  );

  it.each([failure("STORE_CORRUPT", true), failure("DISK_FULL", true), new Error("write: No space left on device")])(
    "is not blamed for the machine or the database: %s",
    async (error) => {
      await expect(care.minding(stray, () => Promise.reject(error))).rejects.toBe(error);
      expect(told()).toEqual([]);
    },
  );

  it("that is taken up is no trouble any more, nor is the whole one that it replaced", async () => {
    await care.minding({ ...stray }, () => Promise.reject(new Error("strange")));
    care.sayTaken({ ...file, ...stray }, []);
    expect(told()).toEqual([]);
    await spoil();
    await care.areGood([file]);
    care.sayTaken({ ...file, ...stray }, [{ ...file, damage: "holds other bytes than were written" }]);
    expect(told()).toEqual([]);
  });

  it("that is taken up is said as any other when it is damaged later", async () => {
    await care.minding(file, () => Promise.reject(new Error("strange")));
    care.sayTaken(file, []);
    await spoil();
    await care.areGood([file]);
    care.forgetGone([]);
    expect(told()).toHaveLength(1);
  });

  it.each([
    { size: -1, isSaid: true },
    { size: 0, isSaid: false },
    { size: 1, isSaid: false },
  ])("in the place of a missing one is said to be older when it is smaller: by $size bytes", ({ size, isSaid }) => {
    const print = { bytes: 100 + size, sha256: "ab" };
    const gone = { ...file, print: { bytes: 100, sha256: "cd" }, damage: "is missing" };
    care.sayTaken({ ...file, ...stray, print }, [gone]);
    const older =
      `${nameOf(file)} is missing, and an older file of its date took its place. Put it back from a backup under the same name: ` +
      "the rows that are missing are taken out of it.";
    expect(told()).toEqual(isSaid ? [["archive-damaged", nameOf(file), older]] : []);
    care.sayTaken({ ...file, ...stray, print }, [{ ...gone, damage: "has 1 bytes, was written with 2" }]);
    expect(told()).toEqual([]);
  });
});

it("says what lies set aside and what is in the way, for as long as it is", () => {
  const aside = { table: "counts", date: "2026-03-04", file: "a.parquet.damaged" } as const;
  const obstacles = [
    { name: "events", kind: "a file" },
    { name: "counts/date=2026-03-06", kind: "a named pipe" },
  ] as const;
  care.sayFound([aside], obstacles);
  const until = "and must be a folder. Move it away; until then nothing is archived there.";
  expect(told()).toEqual([
    [
      "archive-damaged",
      nameOf(aside),
      `${nameOf(aside)} was set aside: it could not be read, or a whole file took its place. Look into it, then remove it; ` +
        'what a whole copy of it holds comes back when it is put there without ".damaged".',
    ],
    ["archive-damaged", "events", `warehouse/events is a file ${until}`],
    ["archive-damaged", "counts/date=2026-03-06", `warehouse/counts/date=2026-03-06 is a named pipe ${until}`],
  ]);
  const dates = ["2026-03-05", "2026-03-06"];
  const isObstructed = (table: "counts" | "events") => dates.map((date) => care.isObstructed({ table, date }));
  expect([isObstructed("counts"), isObstructed("events")]).toEqual([
    [false, true],
    [true, true],
  ]);
  care.sayFound([], obstacles.slice(0, 1));
  expect(told().map(([, subject]) => subject)).toEqual(["events"]);
  expect(isObstructed("counts")).toEqual([false, false]);
});

it("goes on scrubbing after a round that failed, until it is stopped", async () => {
  const stop = new AbortController();
  const often = new ColdCare({ database, troubles, clock, scrubEveryMs: 1 });
  const scrub = vi.spyOn(often, "scrub").mockRejectedValueOnce(new Error("down"));
  const running = often.run(stop.signal);
  await vi.waitFor(() => expect(scrub.mock.calls.length).toBeGreaterThan(2), { timeout: 20_000 });
  stop.abort();
  await running;
  await often.run(stop.signal);
});
