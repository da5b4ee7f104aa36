import type { CameraConfig } from "../../firmware-config/config/device.ts";
import { Detectors } from "./detectors.ts";
import type { Detector } from "./port.ts";

type Watched = Pick<CameraConfig, "id" | "detector">;

/** True when a camera's persons are found by the device's model. */
export function needsModel(cameras: readonly Pick<Watched, "detector">[]): boolean {
  return cameras.some(({ detector }) => detector.type === "model");
}

/** Each camera's detector by its configuration: one model for all that want it, opened once; a learned background for each other. */
export async function openDetectors(
  cameras: readonly Watched[],
  openModel: () => Promise<Detector>,
): Promise<Detectors> {
  const model = needsModel(cameras) ? await openModel() : undefined;
  const byCamera = new Map<string, Detector>();
  for (const { id, detector } of cameras) {
    if (detector.type === "overhead") byCamera.set(id, await openOverhead(detector));
    else if (model !== undefined) byCamera.set(id, model);
  }
  return new Detectors(byCamera);
}

/** Loaded when a camera asks for it. */
export async function openOverhead(detector: Extract<CameraConfig["detector"], { type: "overhead" }>) {
  const { OverheadDetector } = await import("./overhead/overhead-detector.ts");
  return new OverheadDetector(detector);
}
