import { expect, test } from "vitest";
import { createDetections } from "../../edge-agent/detector/detections.ts";
import { stageSettings } from "../../edge-agent/stage-settings.ts";
import { Stages } from "../../edge-agent/stages.ts";
import { DeviceConfig } from "../../firmware-config/config/device.ts";
import { parseConfig } from "../../firmware-config/config/load.ts";

const PICTURE = { width: 400, height: 400 };

function configOf(detector: string) {
  const line = "lines: [{ id: door, from: [0, 0.5], to: [1, 0.5], uTurnS: 0, confirmS: 0.3 }]";
  const text = `tenant: t\nstore: s\ndevice: d\ncameras:\n  - id: door\n    source: a.mp4\n    detector: ${detector}\n    ${line}\n`;
  const { cameras, tracker } = parseConfig(text, "device.yaml", DeviceConfig);
  return { config: cameras[0]!, trackerConfig: tracker };
}

/** Somebody 100 pixels long, whose middle goes from y = 60 to `endY` in three seconds: what is counted, and the last box. */
function walkTo(endY: number, detector: string) {
  const stages = new Stages(configOf(detector));
  stages.renew(PICTURE);
  const detections = createDetections(1);
  detections.count = 1;
  detections.scores[0] = 0.9;
  let bottom = 0;
  for (let i = 0; i <= 30; i++) {
    const y = 60 + ((endY - 60) * i) / 30;
    detections.boxes.set([180, y - 50, 220, y + 50]);
    const tracks = stages.track(detections, i / 10);
    stages.count(tracks, i / 10);
    bottom = tracks.boxes[3] ?? 0;
  }
  stages.counter.finish();
  return { entered: stages.totals().lines[0]?.in, bottom };
}

test.each([
  { name: "from the side, feet over the line count", endY: 190, detector: "{ type: model }", entered: 1 },
  { name: "from above, the middle must be over it", endY: 190, detector: "{ type: overhead }", entered: 0 },
  { name: "from above, the middle over the line counts", endY: 300, detector: "{ type: overhead }", entered: 1 },
])("$name", ({ endY, detector, entered }) => {
  expect(walkTo(endY, detector).entered).toBe(entered);
});

test("the tracks themselves stay where the people are", () => {
  expect(walkTo(300, "{ type: overhead }").bottom).toBeGreaterThan(340);
});

test("an overhead camera's times take the place of the tracker's and the lines'", () => {
  const model = configOf("{ type: model }");
  expect(stageSettings(model.config, model.trackerConfig)).toMatchObject({
    foot: "bottom",
    tracker: { confirmS: 0.25 },
    lines: [{ confirmS: 0.3 }],
  });
  const gates = { newTrackScore: 0.3, highScore: 0.2, lowScore: 0.1 };
  expect(stageSettings(model.config, model.trackerConfig, gates).tracker).toMatchObject(gates);
  const { config, trackerConfig } = configOf("{ type: overhead, confirmS: 0.15 }");
  expect(stageSettings(config, trackerConfig, gates).tracker).toMatchObject({ newTrackScore: 0.6, highScore: 0.5 });
  expect(stageSettings(config, trackerConfig)).toMatchObject({
    foot: "centre",
    tracker: { confirmS: 0.15, lostS: trackerConfig.lostS },
    lines: [{ confirmS: 0.2, uTurnS: 0 }],
  });
});
