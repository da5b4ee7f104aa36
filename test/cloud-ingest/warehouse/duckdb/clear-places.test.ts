import { execFileSync } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { clearPlaces, sayMoved } from "../../../../cloud-ingest/warehouse/duckdb/clear-places.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const LOGS = ["hot.duckdb.wal", "hot.duckdb.wal.checkpoint", "hot.duckdb.wal.recovery"];
const FILES = [
  ...[...LOGS, "hot.duckdb.wal.mended", "rescue.duckdb", "rescue.duckdb.wal", "rescued.duckdb", "rescued.duckdb.wal"],
  "hot.duckdb",
];

let dir: string;
const path = (name: string) => join(dir, name);
const pipe = (name: string) => execFileSync("mkfifo", [path(name)]);

beforeEach(async () => {
  dir = await tempDir();
});

it("leaves alone what belongs there", async () => {
  for (const name of FILES) await writeFile(path(name), "");
  for (const name of ["tmp", "damaged"]) await mkdir(path(name));
  expect(await clearPlaces(dir)).toEqual([]);
  expect((await readdir(dir)).sort()).toEqual([...FILES, "tmp", "damaged"].sort());
});

it("puts aside whatever else stands in each of these places", async () => {
  for (const name of FILES) pipe(name);
  await writeFile(path("tmp"), "");
  const moved = await clearPlaces(dir);
  const pipes = FILES.map((name) => ({ name, kind: "a named pipe", kept: `damaged/${name}.1` }));
  expect(moved).toEqual([...pipes, { name: "tmp", kind: "a file", kept: "damaged/tmp.1" }]);
  expect(await readdir(dir)).toEqual(["damaged"]);
});

it("makes room for the folder that the others are put into, more than once", async () => {
  for (const kept of ["damaged.in-the-way", "damaged.in-the-way.2", "damaged.in-the-way.3"]) {
    await writeFile(path("damaged"), "");
    expect(await clearPlaces(dir)).toEqual([{ name: "damaged", kind: "a file", kept }]);
  }
});

it("says what was put aside, of a log that it costs what the inbox no longer holds", () => {
  const said: unknown[] = [];
  const raise = (...words: readonly unknown[]) => void said.push(words);
  const moved = (name: string, kept: string) => ({ name, kind: "a named pipe", kept }) as const;
  const logs = LOGS.map((name) => moved(name, `damaged/${name}.1`));
  const others = [moved("hot.duckdb", "damaged/hot.duckdb.1"), moved("tmp", "damaged/tmp.2")];
  sayMoved({ raise }, [...logs, ...others, moved("damaged", "damaged.in-the-way")]);
  const text = (name: string, must: string, kept: string) =>
    `warehouse/${name} was a named pipe and must be a ${must}. It was put aside as warehouse/${kept}: look into it, then remove it.`;
  const again = " The inbox serves again what it still holds.";
  expect(said).toEqual([
    ...LOGS.map((name) => ["warehouse-log-cut", text(name, "file", `damaged/${name}.1`) + again]),
    ["warehouse-damaged", text("hot.duckdb", "file", "damaged/hot.duckdb.1"), "warehouse/damaged/hot.duckdb.1"],
    ["warehouse-damaged", text("tmp", "folder", "damaged/tmp.2"), "warehouse/damaged/tmp.2"],
    ["warehouse-damaged", text("damaged", "folder", "damaged.in-the-way"), "warehouse/damaged.in-the-way"],
  ]);
});
