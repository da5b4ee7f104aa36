import { expect, test } from "vitest";
import { countScene } from "./count-scene.ts";
import { SCENES } from "./scenes.ts";

test.each(SCENES)("$name", async ({ scene, in: entered, out, missed = 0 }) => {
  const counted = await countScene(scene);
  const differences = Math.abs(counted.in - entered) + Math.abs(counted.out - out);
  expect({ ...counted, differences }).toEqual({ ...counted, differences: Math.min(missed, differences) });
});
