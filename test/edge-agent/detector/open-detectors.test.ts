import { expect, test } from "vitest";
import { needsModel, openDetectors } from "../../../edge-agent/detector/open-detectors.ts";
import { WalkDetector } from "../walk.ts";

const OVERHEAD = { type: "overhead", confirmS: 0.1, lineConfirmS: 0.2 } as const;
const camera = (id: string, detector: typeof OVERHEAD | { type: "model" }) => ({ id, detector });

test("cameras that want the model share one; each overhead camera has a background of its own", async () => {
  let opened = 0;
  const openModel = async () => {
    opened++;
    return new WalkDetector();
  };
  const cameras = [
    camera("aisle", { type: "model" }),
    camera("till", { type: "model" }),
    camera("door", OVERHEAD),
    camera("back", OVERHEAD),
  ];
  const detectors = await openDetectors(cameras, openModel);
  expect(opened).toBe(1);
  expect(detectors.of("aisle")).toBe(detectors.of("till"));
  expect(new Set(cameras.map(({ id }) => detectors.of(id))).size).toBe(3);
  await detectors.close();
});

test("without a camera that wants it no model is opened", async () => {
  const cameras = [camera("door", OVERHEAD)];
  expect(needsModel(cameras)).toBe(false);
  const detectors = await openDetectors(cameras, () => Promise.reject(new Error("opened")));
  expect(detectors.of("door").shape.pixelFormat).toBe("gbrp");
});
