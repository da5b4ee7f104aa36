import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { dropLog, dropNewerLog, isLogSound, mendLog } from "../../../../cloud-ingest/warehouse/duckdb/mend-log.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { CHECKPOINT, FLUSH, flipped, HEADER, ROWS } from "./log-parts.ts";

const LOG = "hot.duckdb.wal";
const GOOD = Buffer.concat([HEADER, ROWS, FLUSH]);
const CUT = Buffer.concat([GOOD, ROWS.subarray(0, 21)]);

let dir: string;

beforeEach(async () => {
  dir = await tempDir();
});

const put = (ending: string, bytes: Buffer) => writeFile(join(dir, LOG + ending), bytes);
const read = (name: string) => readFile(join(dir, name));
/** All files, with those that were set aside. */
const names = async () => (await readdir(dir, { recursive: true })).filter((name) => name !== "damaged").sort();

describe("a log that DuckDB takes as it is", () => {
  it.each([
    { name: "none", files: [] },
    { name: "a whole one", files: [["", GOOD]] },
    { name: "one with a transaction that was never committed", files: [["", Buffer.concat([GOOD, ROWS])]] },
    {
      name: "one with a later one",
      files: [
        ["", GOOD],
        [".checkpoint", GOOD],
      ],
    },
  ] as const)("is sound and left alone: $name", async ({ files }) => {
    for (const [ending, bytes] of files) await put(ending, bytes);
    expect(await isLogSound(dir)).toBe(true);
    expect(await mendLog(dir)).toBeUndefined();
    expect(await names()).toEqual(files.map(([ending]) => LOG + ending).sort());
    for (const [ending, bytes] of files) expect(await read(LOG + ending)).toEqual(bytes);
  });
});

describe("a damaged log", () => {
  it("is cut behind its last whole transaction and kept as it was", async () => {
    await put("", CUT);
    expect(await isLogSound(dir)).toBe(false);
    expect(await mendLog(dir)).toEqual({ kept: [`damaged/${LOG}.1`], goodBytes: GOOD.length, lostBytes: 21 });
    expect(await read(LOG)).toEqual(GOOD);
    expect(await read(`damaged/${LOG}.1`)).toEqual(CUT);
    expect(await names()).toEqual([`damaged/${LOG}.1`, LOG]);
    expect(await isLogSound(dir)).toBe(true);
  });

  it("is moved away when nothing of it is good", async () => {
    await put("", Buffer.from("garbage"));
    expect(await mendLog(dir)).toEqual({ kept: [`damaged/${LOG}.1`], goodBytes: 0, lostBytes: 7 });
    expect(await names()).toEqual([`damaged/${LOG}.1`]);
    expect(await isLogSound(dir)).toBe(true);
  });

  it("gets its header back where that alone is damaged", async () => {
    await put("", flipped(GOOD, 2));
    expect(await isLogSound(dir)).toBe(false);
    expect(await mendLog(dir)).toEqual({ kept: [`damaged/${LOG}.1`], goodBytes: GOOD.length, lostBytes: 0 });
    expect(await read(LOG)).toEqual(GOOD);
    expect(await read(`damaged/${LOG}.1`)).toEqual(flipped(GOOD, 2));
  });

  it("takes those that go on where it ended along", async () => {
    await put("", CUT);
    await put(".checkpoint", GOOD);
    await put(".recovery", GOOD);
    const kept = ["", ".checkpoint", ".recovery"].map((ending) => `damaged/${LOG}${ending}.1`);
    expect(await mendLog(dir)).toMatchObject({ kept });
    expect(await names()).toEqual([...kept, LOG].sort());
  });

  it("of what was committed during a checkpoint costs that alone", async () => {
    await put("", GOOD);
    await put(".checkpoint", CUT);
    expect(await isLogSound(dir)).toBe(false);
    expect(await mendLog(dir)).toEqual({
      ...{ kept: [`damaged/${LOG}.checkpoint.1`], goodBytes: 0, lostBytes: CUT.length },
    });
    expect(await read(LOG)).toEqual(GOOD);
    expect(await names()).toEqual([`damaged/${LOG}.checkpoint.1`, LOG]);
  });

  it("that cannot be read says so", async () => {
    await expect(isLogSound(join(dir, "x".repeat(300)))).rejects.toMatchObject({ code: "ENAMETOOLONG" });
  });
});

describe("a log of another database", () => {
  it("is put aside with all that belongs to it", async () => {
    await put("", GOOD);
    await put(".recovery", GOOD);
    expect(await dropLog(dir)).toEqual({
      kept: [`damaged/${LOG}.1`, `damaged/${LOG}.recovery.1`],
      goodBytes: 0,
      lostBytes: GOOD.length,
    });
    expect(await names()).toEqual([`damaged/${LOG}.1`, `damaged/${LOG}.recovery.1`]);
  });

  it("is nothing to say when there is none", async () => {
    expect(await dropLog(dir)).toBeUndefined();
  });

  it("stays when it begins before the last checkpoint, and goes otherwise", async () => {
    await put("", Buffer.concat([GOOD, CHECKPOINT]));
    await dropNewerLog(dir);
    expect(await names()).toEqual([LOG]);
    await put("", GOOD);
    await dropNewerLog(dir);
    expect(await names()).toEqual([`damaged/${LOG}.1`]);
  });
});
