import { readFile, writeFile } from "node:fs/promises";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { BenchResult } from "../result.ts";
import { FIRST_DAY, generate } from "./generate.ts";
import { batchOf } from "./ingest-bench.ts";
import { inTempDir, type Spent, spentOn, spentText } from "./measure.ts";

/** 1,008,000 counts of one day. */
const SHAPE = { stores: 700, days: 1, targets: 1, windowS: 60 };
const LATE_MS = Date.parse(`${FIRST_DAY}T12:00:30Z`);
/** So many late rows, each on a night of its own; the eighth makes all files one again. */
const NIGHTS = 8;

interface Night {
  readonly spent: Spent;
  /** What the process had in memory at most; NaN where the system does not tell. */
  readonly peakMb: number;
}

/** A late row for an archived day of a million rows, night after night, beside the first archive of that day. */
export function runArchiveBench(): Promise<BenchResult> {
  return inTempDir(async (dir) => {
    await generate(dir, SHAPE);
    const warehouse = await openDuckDbWarehouse(dir);
    const archive = () => night(() => warehouse.archive(FIRST_DAY));
    const first = await archive();
    const late: Night[] = [];
    for (let number = 1; number <= NIGHTS; number += 1) {
      await warehouse.store(batchOf({ batchRows: 1, startMs: LATE_MS }, number));
      late.push(await archive());
    }
    await warehouse.close();
    const [again] = late.slice(-1);
    const most = late.slice(0, -1).reduce((one, other) => (other.spent.cpuMs > one.spent.cpuMs ? other : one));
    const ratio = (most.spent.cpuMs / first.spent.cpuMs).toFixed(2);
    return {
      name: `archive of a day of ${(SHAPE.stores * 1440).toLocaleString("en")} counts`,
      lines: [
        `first:                       ${nightText(first)}`,
        `once more for one late row:  ${nightText(most)}  ratio ${ratio}; reach < 500 ms, < 300 MB`,
        `the eighth time, all in one: ${again ? nightText(again) : ""}`,
      ],
    };
  });
}

const nightText = ({ spent, peakMb }: Night) => `${spentText(spent)}, ${peakMb.toFixed(0)} MB at most`;

async function night(work: () => Promise<unknown>): Promise<Night> {
  // Linux forgets the peak when 5 is written here; elsewhere it is not told.
  await writeFile("/proc/self/clear_refs", "5").catch(() => {});
  const spent = await spentOn(work);
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  return { spent, peakMb: Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024 };
}
