import { expect, it } from "vitest";
import { type MadeModel, runnableModel } from "../../../models/support/runnable-model.ts";
import { PERSON, SIDE, tryFamily } from "./try-family.ts";

const CELLS = (SIDE * SIDE * 21) / 1024;

/** YOLOv8 for persons alone: the score grows with the picture's lightness. */
function model(more: Partial<MadeModel>, element: "float32" | "float16"): Uint8Array {
  const values = new Float32Array(5 * CELLS);
  const gain = new Float32Array(5 * CELLS);
  for (let i = 0; i < CELLS; i++) {
    const box = i === 0 ? [PERSON.x, PERSON.y, 78, 207, 0.5] : [(i * 37) % SIDE, (i * 11) % SIDE, 30, 60, 0];
    for (const [k, value] of box.entries()) values[k * CELLS + i] = value;
  }
  gain[4 * CELLS] = 0.4;
  const outputs = [{ name: "output0", dims: [1, 5, CELLS], values, gain, element }];
  return runnableModel({ width: SIDE, height: SIDE, outputs, ...more });
}

it.each([
  { name: "16-bit floats in and out", bytes: model({ element: "float16" }, "float16") },
  { name: "16-bit floats in", bytes: model({ element: "float16" }, "float32") },
  { name: "16-bit floats out", bytes: model({}, "float16") },
  { name: "8-bit numbers inside", bytes: model({ isQuantised: true }, "float32") },
])("runs a model with $name", async ({ bytes }) => {
  // 0.5 + 0.4 * 128 / 255.
  expect(await tryFamily(bytes)).toMatchObject({ scores: [0.7], boxes: [[61, 67, 139, 274]], finite: true });
});
