import type { FileStart } from "../../edge-agent/camera/camera-parts.ts";
import type { Pipeline } from "../../edge-agent/pipeline.ts";
import type { DeviceConfig } from "../../firmware-config/config/device.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { ModelFile } from "../../models/model-store.ts";

export interface RunAgentOptions {
  readonly config: DeviceConfig;
  readonly model: ModelFile;
  readonly version: string;
  readonly log: Log;
  readonly fileStart?: FileStart;
  readonly observe?: Pipeline["observe"];
}

const DRAIN_MS = 10_000;

/** Runs the device half until `signal` aborts or all its video files have ended. */
export async function runAgent(options: RunAgentOptions, signal: AbortSignal): Promise<void> {
  const [{ Agent }, { Detectors }, { createDetector }] = await Promise.all([
    import("../../edge-agent/agent.ts"),
    import("../../edge-agent/detector/detectors.ts"),
    import("../../edge-agent/detector/onnx-detector.ts"),
  ]);
  const detector = await createDetector(options.model, options.config.detector);
  const detectors = new Detectors(new Map(options.config.cameras.map(({ id }) => [id, detector])));
  try {
    await new Agent({ ...options, detectors, clock: systemClock, drainMs: DRAIN_MS }).run(signal);
  } finally {
    await detectors.close();
  }
}
