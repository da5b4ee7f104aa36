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
  /** What the process had in memory at most beyond what it had before; NaN where the system does not tell. */
  readonly grownMb: number;
}

/** A late row for an archived day of a million rows, night after night, beside the first archive of that day. */
export function runArchiveBench(): Promise<BenchResult> {
  return inTempDir(async (dir) => {
    await generate(dir, SHAPE);
    /** With a start of its own each, as what DuckDB keeps of its memory would hide what a night takes. */
    const night = async (number: number): Promise<Night> => {
      const warehouse = await openDuckDbWarehouse(dir);
      if (number > 0) await warehouse.store(batchOf({ batchRows: 1, startMs: LATE_MS }, number));
      const done = await watched(() => warehouse.archive(FIRST_DAY));
      await warehouse.close();
      return done;
    };
    const first = await night(0);
    const late: Night[] = [];
    for (let number = 1; number <= NIGHTS; number += 1) late.push(await night(number));
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

const nightText = ({ spent, grownMb }: Night) => `${spentText(spent)}, ${grownMb.toFixed(0)} MB more`;

async function watched(work: () => Promise<unknown>): Promise<Night> {
  // Linux forgets the peak when 5 is written here; elsewhere it is not told.
  await writeFile("/proc/self/clear_refs", "5").catch(() => {});
  const before = process.memoryUsage.rss() / 1024 ** 2;
  const spent = await spentOn(work);
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
  return { spent, grownMb: Math.max(0, peak - before) };
}
