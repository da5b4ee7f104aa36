import { expect, it } from "vitest";
import { readSourceWeights } from "../../../models/ssdlite/source-weights.ts";

const model = (shape: number[]) =>
  Buffer.from(
    JSON.stringify({ weightsManifest: [{ paths: ["a", "b"], weights: [{ name: "w", shape, dtype: "float32" }] }] }),
  );
const files = (shape: number[]) =>
  new Map<string, Uint8Array>([
    ["model.json", model(shape)],
    ["a", new Uint8Array([0, 0])],
    ["b", new Uint8Array([128, 63])],
  ]);

it("joins the shards before it reads the numbers", () => {
  expect([...readSourceWeights(files([1])).tensor("w").data]).toEqual([1]);
});

it.each([
  { name: "a missing weight", run: () => readSourceWeights(files([1])).tensor("x"), message: /no weight x/ },
  { name: "weights that end early", run: () => readSourceWeights(files([2])), message: /end before w/ },
  { name: "a missing file", run: () => readSourceWeights(new Map()), message: /no file model.json/ },
  {
    name: "another kind of model",
    run: () => readSourceWeights(new Map([["model.json", Buffer.from("{}")]])),
    message: /weights manifest/,
  },
])("refuses $name", ({ run, message }) => {
  expect(run).toThrow(message);
  expect(run).toThrow(expect.objectContaining({ code: "MODEL_BUILD_FAILED" }));
});
