import { expect, it } from "vitest";
import { inspectBytes } from "../../models/inspect.ts";
import { checkLicence, checkSaidLicence } from "../../models/licence.ts";
import { OnnxGraph } from "../../models/onnx/graph.ts";
import { floats } from "./support/made-models.ts";

const ULTRALYTICS = "AGPL-3.0 License (https://ultralytics.com/license)";
const REFUSED = expect.objectContaining({
  code: "USAGE",
  message: expect.stringContaining("source you would owe to everybody"),
  hint: expect.stringContaining("--accept-agpl"),
});

it.each(["AGPL-3.0", "agpl-3.0-only", "GPL-3.0-or-later"])("refuses %s unless it is accepted", (licence) => {
  expect(() => checkLicence({ licence })).toThrow(REFUSED);
  expect(() => checkLicence({ licence, acceptAgpl: true })).not.toThrow();
});

it.each(["LGPL-3.0", "MIT", "LicenseRef-Ours"])("takes %s", (licence) => {
  expect(() => checkLicence({ licence })).not.toThrow();
});

it.each([
  { name: "another licence is named", said: ULTRALYTICS, choice: { licence: "MIT" }, isRefused: true },
  { name: "it was accepted", said: ULTRALYTICS, choice: { licence: "AGPL-3.0", acceptAgpl: true }, isRefused: false },
  { name: "another was obtained", said: ULTRALYTICS, choice: { licence: "LicenseRef-Bought" }, isRefused: false },
  { name: "it says another", said: "Apache-2.0", choice: { licence: "MIT" }, isRefused: false },
  { name: "it says nothing", said: undefined, choice: { licence: "MIT" }, isRefused: false },
])("a file's own word: $name", ({ said, choice, isRefused }) => {
  if (isRefused) expect(() => checkSaidLicence(said, choice)).toThrow(REFUSED);
  else expect(() => checkSaidLicence(said, choice)).not.toThrow();
});

it("reads what a file says", () => {
  const bytes = new OnnxGraph().toBytes({
    inputs: [floats("images", 1, 3, 64, 96)],
    outputs: [floats("output0", 1, 84, 126)],
    metadata: { author: "Ultralytics", license: ULTRALYTICS },
  });
  expect(inspectBytes(bytes, "m.onnx")).toMatchObject({ family: "yolov8-style", saidLicence: ULTRALYTICS });
});
