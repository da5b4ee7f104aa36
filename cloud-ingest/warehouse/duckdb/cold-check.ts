import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { messageOf, systemCodeOf } from "../../../firmware-config/kit/errors.ts";
import { isMachineTrouble, storageError } from "../../../firmware-config/kit/storage-error.ts";
import { type ColdFile, namedSha256, nameOf, pathOf } from "./cold-files.ts";
import type { ListedFile } from "./cold-list.ts";
import { lookAt } from "./look.ts";
import type { PartitionedTable } from "./tables.ts";

/** What the bytes of a file are. */
export interface Fingerprint {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** How a file was found: its fingerprint, or what is wrong with it. */
export type Finding = { readonly print: Fingerprint } | { readonly damage: string };

/** Columns without which the rows of a table cannot be told apart or read. */
const IDENTITY: Readonly<Record<PartitionedTable, readonly string[]>> = {
  counts: ["tenant", "store", "event_id"],
  events: ["tenant", "store", "event_id"],
  health: ["tenant", "store", "event_id"],
  quarantine: ["message_id", "received_at", "topic"],
};
const NUMBERED = ["device_id", "boot_id", "seq"];

/** Memory that DuckDB may use to look through a file, MB: a row group of our rows takes a few. */
const PROBE_MEMORY_MB = 256;

/** What the system says of one file that is no trouble of the whole machine. */
const DAMAGES: Readonly<Record<string, string>> = {
  ENOENT: "is missing",
  EIO: "cannot be read from the disk",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
};

/** SQL that is true for the same row of a table under two names. */
export const isSameRow = (table: PartitionedTable, one: string, other: string) =>
  IDENTITY[table].map((column) => `${one}.${column} = ${other}.${column}`).join(" AND ");

/** Reads the whole file. Rejects with what the system says. */
export async function fingerprintOf(path: string): Promise<Fingerprint> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** True when the name says other bytes. */
const isMisnamed = (file: ColdFile, { sha256 }: Fingerprint) => (namedSha256(file) ?? sha256) !== sha256;

/**
 * Compares a listed file with what was written, whatever a reader of Parquet says of it; one without a fingerprint is read through.
 * Throws `AppError` when the machine is in trouble, not the file.
 */
export async function findingOf(dir: string, file: ListedFile): Promise<Finding> {
  const found = await readPrint(dir, file);
  if ("damage" in found) return found;
  if (!file.print) return contentFinding(dir, file, found.print);
  const { bytes, sha256 } = found.print;
  if (bytes !== file.print.bytes) return { damage: `has ${bytes} bytes, was written with ${file.print.bytes}` };
  return sha256 === file.print.sha256 ? found : { damage: "holds other bytes than were written" };
}

/** False when a look without reading shows already that a listed file is not what was written: another size, or no file at all. */
export async function looksWritten(dir: string, file: ListedFile): Promise<boolean> {
  try {
    const { kind, bytes } = await lookAt(pathOf(dir, file));
    return kind === "a file" && (file.print === undefined || file.print.bytes === bytes);
  } catch {
    // Why, whoever reads it says.
    return false;
  }
}

/** Looks at a file of which nothing is known. Throws `AppError` when the machine is in trouble, not the file. */
export async function findingOfUnlisted(dir: string, file: ColdFile): Promise<Finding> {
  const found = await readPrint(dir, file);
  if ("damage" in found) return found;
  if (isMisnamed(file, found.print)) return { damage: "holds other bytes than its name says" };
  return contentFinding(dir, file, found.print);
}

async function readPrint(dir: string, file: ColdFile): Promise<Finding> {
  try {
    const { kind } = await lookAt(pathOf(dir, file));
    return kind === "a file" ? { print: await fingerprintOf(pathOf(dir, file)) } : { damage: `is ${kind}` };
  } catch (error) {
    const damage = DAMAGES[systemCodeOf(error) ?? ""];
    if (damage === undefined) throw storageError(error, nameOf(file));
    return { damage };
  }
}

/** Reads every column, in a database of its own: whatever the file does to a reader, the warehouse's goes on. */
async function contentFinding(dir: string, file: ColdFile, print: Fingerprint): Promise<Finding> {
  const memory = { memory_limit: `${PROBE_MEMORY_MB}MB`, threads: "1" };
  const instance = await DuckDBInstance.create(":memory:", memory);
  const connection = await instance.connect();
  try {
    const names = [...IDENTITY[file.table], ...(file.table === "quarantine" ? [] : NUMBERED)];
    const isNobodys = names.map((name) => `${name} IS NULL`).join(" OR ");
    const reader = await connection.runAndReadAll(
      `SELECT count(*) FILTER (date IS DISTINCT FROM $2::DATE OR ${isNobodys}) AS foreign_rows, count(COLUMNS(*)::VARCHAR)
       FROM read_parquet($1, hive_partitioning = false)`,
      [pathOf(dir, file), file.date],
    );
    const foreign = Number(reader.getRows()[0]?.[0] ?? 0);
    return foreign === 0 ? { print } : { damage: `holds ${foreign} rows of another date or of nobody` };
  } catch (error) {
    if (isMachineTrouble(error)) throw storageError(error, nameOf(file));
    return { damage: /Binder Error/.test(messageOf(error)) ? "lacks columns of ours" : "is no whole Parquet file" };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
