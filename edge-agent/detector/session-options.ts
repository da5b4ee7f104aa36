import { availableParallelism } from "node:os";
import type { InferenceSession } from "onnxruntime-node";

/** For the live session and the probe alike; 0 threads = all cores. Why so: README, "Session options". */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    intraOpNumThreads: threads > 0 ? threads : availableParallelism(),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  };
}
