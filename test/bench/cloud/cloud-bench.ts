import type { BenchResult } from "../result.ts";

type Part = () => Promise<BenchResult>;

const PARTS: Readonly<Record<string, Part>> = {
  rate: async () => (await import("./ingest-rate.ts")).runIngestRateBench(),
  workers: async () => (await import("./two-workers.ts")).runTwoWorkersBench(),
  memory: async () => (await import("./waiting-memory.ts")).runWaitingMemoryBench(),
  latency: async () => (await import("./latency.ts")).runLatencyBench(),
  bytes: async () => (await import("./read-bytes.ts")).runReadBytesBench(),
  start: async () => (await import("./cold-start.ts")).runColdStartBench(),
};

/** What the cloud half does on Google's services, on doubles of them; only the parts that are named, or all. Throws for a name that is none. */
export async function runCloudBench(names: readonly string[]): Promise<readonly BenchResult[]> {
  process.env.METADATA_SERVER_DETECTION = "none";
  const parts = (names.length > 0 ? names : Object.keys(PARTS)).map((name) => {
    const part = PARTS[name];
    if (!part) throw new Error(`bench:cloud has no part "${name}": ${Object.keys(PARTS).join(", ")}`);
    return part;
  });
  const results: BenchResult[] = [];
  for (const part of parts) results.push(await part());
  return results;
}
