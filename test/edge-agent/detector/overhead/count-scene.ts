import { OverheadDetector } from "../../../../edge-agent/detector/overhead/overhead-detector.ts";
import { Stages } from "../../../../edge-agent/stages.ts";
import { DeviceConfig } from "../../../../firmware-config/config/device.ts";
import { parseConfig } from "../../../../firmware-config/config/load.ts";
import { framesOf, type Scene } from "./scene.ts";

const CONFIG = `tenant: t
store: s
device: d
cameras:
  - id: door
    source: door.mp4
    detector: { type: overhead }
    lines: [{ id: door, from: [0, 0.5], to: [1, 0.5] }]
`;

/** A camera that looks straight down, with a line across the middle. */
export const {
  cameras: [CAMERA],
  tracker: TRACKER,
} = parseConfig(CONFIG, "device.yaml", DeviceConfig);

/** What the stages from detector to counter count in a scene. */
export async function countScene(
  scene: Scene,
  detector = new OverheadDetector({}),
): Promise<{ in: number; out: number }> {
  const stages = new Stages({ config: CAMERA!, trackerConfig: TRACKER });
  for (const frame of framesOf(scene, detector.shape)) {
    const detections = await detector.detect(frame);
    if (!stages.fit(frame.picture)) stages.renew(frame.picture);
    stages.count(stages.track(detections, frame.atS), frame.atS);
  }
  stages.counter.finish();
  const [line] = stages.totals().lines;
  return { in: line?.in ?? 0, out: line?.out ?? 0 };
}
