import { expect, it } from "vitest";
import { FAMILIES, familyOf, shapeOf } from "../../../../edge-agent/detector/families/families.ts";
import type { DetectorModel } from "../../../../edge-agent/detector/model.ts";
import { FAMILY_NAMES } from "../../../../models/families/families.ts";

it("reads every family that a model file may be of", () => {
  expect(Object.keys(FAMILIES)).toEqual([...FAMILY_NAMES]);
});

it("refuses a family that it does not know, and says which it does", () => {
  const model: DetectorModel = JSON.parse('{"path":"m.onnx","family":"toString","inputWidth":64,"inputHeight":32}');
  const says = {
    code: "MODEL_INVALID",
    message: expect.stringContaining("m.onnx is of a family that this version does not know: toString"),
    hint: expect.stringContaining("ssd, yolox"),
  };
  expect(() => familyOf(model)).toThrow(expect.objectContaining(says));
  expect(() => shapeOf(model)).toThrow(expect.objectContaining(says));
});
