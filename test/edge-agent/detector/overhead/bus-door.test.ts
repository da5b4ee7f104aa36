import { expect, test } from "vitest";
import { detectAhead } from "../../../../edge-agent/detector/detect-ahead.ts";
import { OverheadDetector } from "../../../../edge-agent/detector/overhead/overhead-detector.ts";
import { Stages } from "../../../../edge-agent/stages.ts";
import { sharedFile } from "../../../support/sample.ts";
import { createCamera, hasFfmpeg } from "../../camera/clips.ts";
import { CAMERA, TRACKER } from "./count-scene.ts";

const clip = sharedFile("clips", "bus_door.avi");

/**
 * A real door of a bus, dark, people of a third of the picture. Its truth is 3 in and 5 out, of which two have only come into
 * the picture when it ends: what can be counted is 3 and 3.
 */
test.skipIf(clip === undefined || !hasFfmpeg())("a bus door, at the rates of a shop's camera", async () => {
  for (const fps of [5, 7, 10, 15]) {
    const detector = new OverheadDetector({});
    const camera = createCamera({ source: clip ?? "", fps, pace: "fast", shape: detector.shape, fileStart: 0 });
    const stages = new Stages({ config: CAMERA!, trackerConfig: TRACKER });
    const frames = camera.frames(new AbortController().signal);
    for await (const { atS, picture, detections } of detectAhead(frames, detector)) {
      if (!stages.fit(picture)) stages.renew(picture);
      stages.count(stages.track(detections, atS), atS);
    }
    stages.counter.finish();
    expect({ fps, lines: stages.totals().lines }).toEqual({ fps, lines: [{ id: "door", in: 3, out: 3 }] });
  }
});
