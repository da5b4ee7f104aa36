import type { CameraConfig, DeviceConfig } from "../../firmware-config/config/device.ts";
import type { Provider } from "../../firmware-config/contract/provider.ts";
import type { CliContext } from "./context.ts";
import { fallbackWarnings, prepareModel } from "./model.ts";
import { warn } from "./options.ts";

interface Opening {
  /** What the command line says in place of the configuration. */
  readonly options: { readonly model?: string; readonly threads?: number; readonly provider?: Provider };
  readonly context: CliContext;
  readonly signal: AbortSignal;
}

/** The camera's own detector, or the model, for a command that works on one film. */
export async function openDetector(camera: CameraConfig, config: DeviceConfig, { options, context, signal }: Opening) {
  if (camera.detector.type === "overhead") {
    const { openOverhead } = await import("../../edge-agent/detector/open-detectors.ts");
    return { modelName: "overhead", gates: undefined, detector: await openOverhead(camera.detector) };
  }
  const model = await prepareModel(options.model ?? config.detector.model, context, signal);
  const { createDetector } = await import("../../edge-agent/detector/onnx-detector.ts");
  const { threads = config.detector.threads, provider = config.detector.provider } = options;
  const detector = await createDetector(model, { ...config.detector, threads, provider });
  warn(fallbackWarnings(detector.runsOn), context);
  return { modelName: model.name, gates: model.gates, detector };
}
