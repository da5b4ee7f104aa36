import { availableParallelism } from "node:os";
import type { InferenceSession } from "onnxruntime-node";
import type { DetectorConfig } from "../../firmware-config/config/device.ts";

/** For the live session and the probe alike; 0 threads = all cores. Why so: README, "Session options". */
export function sessionOptions(
  threads: number,
  provider: DetectorConfig["provider"] = "cpu",
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    intraOpNumThreads: threads > 0 ? threads : availableParallelism(),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
}
