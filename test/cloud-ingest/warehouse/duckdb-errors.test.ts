import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import { writeWhole } from "../../../firmware-config/kit/on-disk.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { batch, countsRow, quarantineRow, SHIBUYA } from "./rows.ts";

const NOON = "2026-03-02T03:00:00Z";
const RANGE = { from: "2026-03-02", to: "2026-03-02" };

let dir: string;

beforeEach(async () => {
  dir = await tempDir();
});

async function fill(dir: string): Promise<void> {
  const warehouse = await openDuckDbWarehouse(dir);
  await warehouse.store(batch(1, { data: [countsRow(1, NOON)] }));
  await warehouse.close();
}

describe("DuckDB errors", () => {
  it("STORE_LOCKED while another process has the folder, and lets go of it on close", async () => {
    await fill(dir);
    const script = `import { DuckDBInstance } from "@duckdb/node-api";
      const instance = await DuckDBInstance.create(process.argv[1]); console.log("open"); setInterval(() => instance, 1e6);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, join(dir, "hot.duckdb")]);
    await once(child.stdout, "data");
    await expect(openDuckDbWarehouse(dir)).rejects.toMatchObject({ code: "STORE_LOCKED" });
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await openDuckDbWarehouse(dir)).close();
  });

  it("STORE_LOCKED, with what to do, while another process only reads the database", async () => {
    await fill(dir);
    const script = `import { DuckDBInstance } from "@duckdb/node-api";
      const instance = await DuckDBInstance.create(process.argv[1], { access_mode: "READ_ONLY" });
      console.log("open"); setInterval(() => instance, 1e6);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, join(dir, "hot.duckdb")]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    await expect(openDuckDbWarehouse(dir)).rejects.toMatchObject({
      code: "STORE_LOCKED",
      message: expect.stringMatching(/^Another process has .*hot\.duckdb open$/),
      hint: expect.stringContaining("Stop that process"),
    });
  });

  it("DISK_UNWRITABLE where a file stands in the way", async () => {
    await writeFile(join(dir, "file"), "");
    await expect(openDuckDbWarehouse(join(dir, "file", "warehouse"))).rejects.toMatchObject({
      code: "DISK_UNWRITABLE",
    });
  });

  it.runIf(canMount)("DISK_UNWRITABLE on a read-only file system", async () => {
    const disk = await smallDisk(16);
    await fill(disk.dir);
    await disk.remount("ro");
    await expect(openDuckDbWarehouse(disk.dir)).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
  });

  it.runIf(canMount)("DISK_UNWRITABLE at a first start on a read-only file system", async () => {
    const disk = await smallDisk(16);
    await disk.remount("ro");
    const place = join(disk.dir, "data", "warehouse");
    await expect(openDuckDbWarehouse(place)).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
    await expect(writeWhole(join(place, "file"), { parts: ["text"] })).rejects.toMatchObject({
      code: "DISK_UNWRITABLE",
    });
  });

  // At 4 MB the log fills the disk, at 20 MB a checkpoint does, after which DuckDB must be opened anew.
  it.runIf(canMount).each([4, 20])(
    "DISK_FULL on %i MB, loses nothing, and goes on by itself when there is room",
    async (sizeMb) => {
      const { dir, remount } = await smallDisk(sizeMb);
      const warehouse = await openDuckDbWarehouse(dir);
      const failures: string[] = [];
      let id = 1;
      for (let inARow = 0; inARow < 3; ) {
        try {
          await warehouse.store(bulkyBatch(id));
          inARow = 0;
          id += 1;
        } catch (error) {
          inARow += 1;
          failures.push(error instanceof AppError ? error.code : String(error));
        }
      }
      expect(new Set(failures)).toEqual(new Set(["DISK_FULL"]));
      await remount(64);
      const last = await warehouse.lastStored("inbox").catch(() => warehouse.lastStored("inbox"));
      expect([id - 1, id]).toContain(last);
      await warehouse.store(bulkyBatch(id));
      expect(await warehouse.ledger()).toEqual({ stored: id, duplicate: 0, quarantined: 16 * id });
      await remount((await usedMb(dir)) + 1);
      await expect(warehouse.archive("2026-12-31")).rejects.toMatchObject({ code: "DISK_FULL" });
      await remount(64);
      const archived = await warehouse.archive("2026-12-31").catch(() => warehouse.archive("2026-12-31"));
      expect(archived.partitions).toBeGreaterThan(0);
      expect(await warehouse.traffic(SHIBUYA, RANGE, "window")).toHaveLength(id);
      await warehouse.close();
    },
    60_000,
  );
});

function bulkyBatch(id: number) {
  const payload = () => randomBytes(16_384).toString("hex");
  const quarantine = Array.from({ length: 16 }, () => ({ ...quarantineRow(id, NOON), payload: payload() }));
  return batch(id, { data: [countsRow(id, NOON)], quarantine });
}

async function usedMb(dir: string): Promise<number> {
  const { stdout } = await promisify(execFile)("du", ["-sm", dir]);
  return Number.parseInt(stdout, 10);
}
