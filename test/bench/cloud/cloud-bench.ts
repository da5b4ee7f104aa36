import type { BenchResult } from "../result.ts";
import { runIngestRateBench } from "./ingest-rate.ts";

/** What the cloud half does on Google's services, on doubles of them. */
export async function runCloudBench(): Promise<readonly BenchResult[]> {
  process.env.METADATA_SERVER_DETECTION = "none";
  return [await runIngestRateBench()];
}
