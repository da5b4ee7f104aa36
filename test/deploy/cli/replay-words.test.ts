import { expect, it } from "vitest";
import { speedText } from "../../../deploy/cli/commands/replay.ts";

it.each([
  { inferencesPerFrame: 1, says: "20 fps (0.40 of the bare model)" },
  { inferencesPerFrame: 2, says: "20 fps (0.80 of the bare model)" },
])("the pipeline is judged by each run of the model: $inferencesPerFrame a picture", ({ inferencesPerFrame, says }) => {
  expect(speedText({ fps: 20, bareInferenceFps: 50, inferencesPerFrame })).toBe(says);
});
