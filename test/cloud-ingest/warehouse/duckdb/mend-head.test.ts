import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { beforeEach, describe, expect, it } from "vitest";
import { checksumOf } from "../../../../cloud-ingest/warehouse/duckdb/checksum.ts";
import { mendHead } from "../../../../cloud-ingest/warehouse/duckdb/mend-head.ts";
import { canSeeOpenFiles, openFilesIn } from "../../../support/open-files.ts";
import { tempDir } from "../../../support/temp-dir.ts";
import { flipped } from "./log-parts.ts";

const BLOCK = 4096;
const BODY = Buffer.from("rows that nobody may touch");

/** A header behind its checksum. */
function header(content: string): Buffer {
  const block = Buffer.alloc(BLOCK, content);
  block.writeBigUInt64LE(checksumOf(block.subarray(8)), 0);
  return block;
}

const MAIN = header("main");
const FIRST = header("first");
const SECOND = header("second");
const OTHER_MAIN = header("made anew");
const TEMPLATE = [OTHER_MAIN, header("its first"), header("its second")];

let dir: string;

beforeEach(async () => {
  dir = await tempDir();
});

async function mended(...blocks: readonly Buffer[]) {
  const [file, template] = [join(dir, "file"), join(dir, "template")];
  await writeFile(file, Buffer.concat([...blocks, BODY]));
  await writeFile(template, Buffer.concat(TEMPLATE));
  const { isOlder } = await mendHead(file, template);
  const bytes = await readFile(file);
  expect(bytes.subarray(3 * BLOCK)).toEqual(BODY);
  return { isOlder, blocks: [0, 1, 2].map((index) => bytes.subarray(index * BLOCK, (index + 1) * BLOCK)) };
}

const bad = (block: Buffer, at = 100) => flipped(block, at);

describe("the head of a database", () => {
  it.each([
    {
      name: "is left alone when it is sound",
      head: [MAIN, FIRST, SECOND],
      after: [MAIN, FIRST, SECOND],
      isOlder: false,
    },
    {
      name: "gets the main header of a file made anew",
      head: [bad(MAIN), FIRST, SECOND],
      after: [OTHER_MAIN, FIRST, SECOND],
      isOlder: false,
    },
    {
      name: "gets its second header for the first, and may be older then",
      head: [MAIN, bad(FIRST), SECOND],
      after: [MAIN, SECOND, SECOND],
      isOlder: true,
    },
    {
      name: "gets its first header for the second, and may be older then",
      head: [MAIN, FIRST, bad(SECOND, BLOCK - 1)],
      after: [MAIN, FIRST, FIRST],
      isOlder: true,
    },
    {
      name: "is mended in two places at once",
      head: [bad(MAIN, 0), FIRST, bad(SECOND)],
      after: [OTHER_MAIN, FIRST, FIRST],
      isOlder: true,
    },
    {
      name: "is left alone when neither of the two is sound",
      head: [MAIN, bad(FIRST), bad(SECOND)],
      after: [MAIN, bad(FIRST), bad(SECOND)],
      isOlder: false,
    },
    {
      name: "is left alone when nothing is",
      head: [bad(MAIN), bad(FIRST), bad(SECOND)],
      after: [bad(MAIN), bad(FIRST), bad(SECOND)],
      isOlder: false,
    },
  ])("$name", async ({ head, after, isOlder }) => {
    expect(await mended(...head)).toEqual({ isOlder, blocks: after });
  });

  it.runIf(canSeeOpenFiles)("is open no longer than it takes", async () => {
    await mended(bad(MAIN), FIRST, SECOND);
    expect(await openFilesIn(dir)).toEqual([]);
  });

  it("is sound as DuckDB writes it, and reads again once it is mended", async () => {
    const [file, template] = [join(dir, "a.duckdb"), join(dir, "b.duckdb")];
    await withDuckDb(template, "CREATE TABLE other (a INTEGER)");
    await withDuckDb(file, "CREATE TABLE numbers (a INTEGER); INSERT INTO numbers VALUES (7)");
    const whole = await readFile(file);
    expect(await mendHead(file, template)).toEqual({ isOlder: false });
    expect(await readFile(file)).toEqual(whole);
    await writeFile(file, flipped(whole, 100));
    await mendHead(file, template);
    expect(await withDuckDb(file, "SELECT a FROM numbers")).toEqual([[7]]);
  });
});

async function withDuckDb(file: string, sql: string): Promise<unknown> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRows();
  connection.closeSync();
  instance.closeSync();
  return rows;
}
