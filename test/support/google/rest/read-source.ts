import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { invalid, unimplemented } from "../bigquery/api-error.ts";

export type Source = Readonly<Record<string, unknown>>;

/** The rows of a loaded file, as the file has them. */
export async function readSource(format: string, media: Buffer): Promise<readonly Source[]> {
  if (format === "NEWLINE_DELIMITED_JSON") return jsonLines(media);
  if (format === "PARQUET") return parquetRows(media);
  throw unimplemented(`loading ${format}`);
}

function jsonLines(media: Buffer): readonly Source[] {
  const lines = media
    .toString()
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line, index) => {
    try {
      return JSON.parse(line);
    } catch {
      throw invalid(`Error while reading data, error message: JSON parsing error in row ${index + 1}`);
    }
  });
}

/** DuckDB reads Parquet from files only. */
async function parquetRows(media: Buffer): Promise<readonly Source[]> {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-fake-load-"));
  try {
    const file = join(dir, "rows.parquet");
    await writeFile(file, media);
    return await rowsOfFile(file);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function rowsOfFile(file: string): Promise<readonly Source[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`);
    return reader.getRowObjectsJson();
  } catch (error) {
    throw invalid(`Error while reading data, error message: ${error}`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
