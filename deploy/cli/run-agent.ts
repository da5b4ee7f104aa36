import type { FileStart } from "../../edge-agent/camera/camera-parts.ts";
import type { Pipeline } from "../../edge-agent/pipeline.ts";
import type { DeviceConfig } from "../../firmware-config/config/device.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { ModelFile } from "../../models/model-store.ts";

export interface RunAgentOptions {
  readonly config: DeviceConfig;
  /** Undefined where no camera needs one. */
  readonly model: ModelFile | undefined;
  readonly version: string;
  readonly log: Log;
  readonly fileStart?: FileStart;
  readonly observe?: Pipeline["observe"];
}

const DRAIN_MS = 10_000;

/** Runs the device half until `signal` aborts or all its video files have ended. */
export async function runAgent(options: RunAgentOptions, signal: AbortSignal): Promise<void> {
  const [{ Agent }, { NO_MODEL }, { openDetectors }] = await Promise.all([
    import("../../edge-agent/agent.ts"),
    import("../../edge-agent/birth.ts"),
    import("../../edge-agent/detector/open-detectors.ts"),
  ]);
  const { config, model } = options;
  let provider: string | undefined;
  const detectors = await openDetectors(config.cameras, async () => {
    const { detector, runsOn } = await openModel(config, model);
    provider = runsOn.provider;
    if (runsOn.fallback !== undefined) options.log.warn(runsOn.fallback, "the model runs on the CPU");
    return detector;
  });
  try {
    await new Agent({
      ...options,
      model: { ...(model ?? NO_MODEL), provider },
      detectors,
      clock: systemClock,
      drainMs: DRAIN_MS,
    }).run(signal);
  } finally {
    await detectors.close();
  }
}

/** One session for all cameras. */
async function openModel(config: DeviceConfig, model: ModelFile | undefined) {
  if (model === undefined) throw new Error("a camera needs a model, and none was prepared");
  const { createDetector } = await import("../../edge-agent/detector/onnx-detector.ts");
  const detector = await createDetector(model, config.detector);
  return { detector, runsOn: detector.runsOn };
}
