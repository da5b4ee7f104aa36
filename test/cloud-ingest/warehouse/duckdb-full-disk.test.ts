import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";
import { SHIBUYA } from "./rows.ts";

const SCRIPT = join(PACKAGE_ROOT, "dist", "test", "bench", "busy-on-a-full-disk.js");
const RANGE = { from: "2026-03-02", to: "2026-03-02" };
/** One is enough to notice a second opening beside the first most of the time; twenty prove that there is none. */
const ROUNDS = Number(process.env.KAZOE_FULL_DISK_ROUNDS ?? 1);

it.runIf(canMount)(
  `bears a full disk with three busy readers and a busy writer, ${ROUNDS} times`,
  async () => {
    const faults: string[] = [];
    let fullTimes = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const { fault, failures } = await roundOn();
      fullTimes += failures;
      if (fault !== undefined) faults.push(`round ${round}: ${fault}`);
    }
    process.stdout.write(`full disk under load: ${ROUNDS - faults.length} of ${ROUNDS}, ${fullTimes} failed writes\n`);
    expect(faults).toEqual([]);
    expect(fullTimes).toBeGreaterThan(ROUNDS);
  },
  60_000 * ROUNDS,
);

/** What went wrong in one round: an abnormal exit, an unreadable file, or lost or doubled rows. */
async function roundOn(): Promise<{ readonly fault?: string; readonly failures: number }> {
  const { dir } = await smallDisk(20);
  let printed = "";
  try {
    printed = (await promisify(execFile)(process.execPath, ["--expose-gc", SCRIPT, dir], { timeout: 60_000 })).stdout;
  } catch (error) {
    return { fault: `abnormal exit: ${String(error).slice(0, 500)}`, failures: 0 };
  }
  const { batches, failures, writerCodes, codes, mostOpen } = JSON.parse(printed);
  const odd = [...writerCodes, ...codes].filter((code: string) => code !== "DISK_FULL");
  if (odd.length > 0) return { fault: `other errors: ${odd.join("; ")}`, failures };
  if (mostOpen !== 1) return { fault: `the file was open ${mostOpen} times at once`, failures };
  try {
    const warehouse = await openDuckDbWarehouse(dir);
    const seqs = (await warehouse.traffic(SHIBUYA, RANGE, "window")).map((row) => row.in);
    const { stored } = await warehouse.ledger();
    await warehouse.close();
    const isExact = seqs.length === batches && new Set(seqs).size === batches && stored === batches;
    return isExact ? { failures } : { fault: `${seqs.length} rows of ${batches}, ledger ${stored}`, failures };
  } catch (error) {
    return { fault: `unreadable: ${String(error)}`, failures };
  }
}
