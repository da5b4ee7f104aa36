import { mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectBytes, inspectModel } from "../../models/inspect.ts";
import { tempDir } from "../support/temp-dir.ts";
import { bytes, floats, madeModel, madeYolox } from "./support/made-models.ts";

const SSD_OUTPUTS = [floats("boxes", 1, 10, 4), floats("scores", 1, 10)];

describe("families", () => {
  it.each([
    {
      name: "ssd",
      model: madeModel([bytes("image", 1, 48, 64, 3)], SSD_OUTPUTS),
      out: { family: "ssd", inputWidth: 64, inputHeight: 48 },
    },
    { name: "yolox", model: madeYolox(), out: { family: "yolox", inputWidth: 96, inputHeight: 64 } },
    {
      name: "yolox for persons only",
      model: madeModel([floats("images", 1, 3, 64, 96)], [floats("output", 1, 126, 6)]),
      out: { family: "yolox" },
    },
    {
      name: "yolox with a free batch and free rows",
      model: madeModel([floats("images", 0, 3, 64, 96)], [floats("output", 0, 0, 85)]),
      out: { family: "yolox", inputs: [{ name: "images", element: "float32", dims: ["?", 3, 64, 96] }] },
    },
  ])("recognises $name", ({ model, out }) => {
    expect(inspectBytes(model, "m.onnx")).toMatchObject(out);
  });

  it.each([
    { name: "YOLOv10", in: [floats("images", 1, 3, 640, 640)], out: [floats("output0", 1, 300, 6)] },
    { name: "a classifier", in: [floats("x", 1, 3, 224, 224)], out: [floats("y", 1, 1000)] },
    { name: "a free picture size", in: [floats("images", 1, 3, 0, 0)], out: [floats("output", 1, 126, 85)] },
    { name: "other classes", in: [floats("images", 1, 3, 64, 96)], out: [floats("output", 1, 126, 25)] },
    { name: "a batch of eight", in: [bytes("image", 8, 48, 64, 3)], out: SSD_OUTPUTS },
    { name: "planes instead of pixels", in: [bytes("image", 1, 3, 48, 64)], out: SSD_OUTPUTS },
    {
      name: "unequal rows",
      in: [bytes("image", 1, 48, 64, 3)],
      out: [floats("boxes", 1, 9, 4), floats("scores", 1, 10)],
    },
    { name: "two inputs", in: [bytes("image", 1, 48, 64, 3), floats("k", 1)], out: SSD_OUTPUTS },
    { name: "no input", in: [], out: SSD_OUTPUTS },
  ])("refuses $name and says what it found and what is supported", ({ in: inputs, out }) => {
    const wrong = () => inspectBytes(madeModel(inputs, out), "m.onnx");
    expect(wrong).toThrow(expect.objectContaining({ code: "MODEL_INVALID", hint: expect.stringContaining("yolox") }));
    expect(wrong).toThrow(out[0]!.dims.join(", "));
  });

  it("does not judge by an operator: what the boxes are the probe finds out", () => {
    const withExp = madeModel([floats("images", 1, 3, 64, 96)], [floats("output", 1, 126, 85)], "Exp");
    expect(inspectBytes(withExp, "m.onnx")).toMatchObject({ family: "yolox" });
  });

  it.each([
    {
      name: "the one asked for",
      model: madeModel([floats("images", 0, 3, 0, 0)], [floats("output", 0, 0, 85)]),
      size: { width: 64, height: 32 },
      out: { family: "yolox", inputWidth: 64, inputHeight: 32 },
    },
    {
      name: "YOLOX-nano's",
      model: madeModel([floats("images", "batch", 3, "height", "width")], [floats("output", "batch", "rows", 85)]),
      out: { family: "yolox", inputWidth: 416, inputHeight: 416 },
    },
    {
      name: "that of one side",
      model: madeModel([floats("images", 1, 3, 640, "width")], [floats("output", 1, "rows", "columns")]),
      out: { family: "yolox", inputWidth: 416, inputHeight: 640 },
    },
    {
      name: "the bundled model's",
      model: madeModel(
        [{ name: "image", element: "uint8", dims: ["n", "h", "w", 3] }],
        [floats("boxes", "n", "k", 4), floats("scores", "n", "k")],
      ),
      out: { family: "ssd", inputWidth: 512, inputHeight: 384 },
    },
    {
      name: "its own, where the output tells no form",
      model: madeModel([floats("images", 1, 3, 64, 96)], [floats("output")]),
      out: { family: "yolox", inputWidth: 96, inputHeight: 64 },
    },
  ])("gives a model that leaves its picture's size free $name", ({ model, size, out }) => {
    expect(inspectBytes(model, "m.onnx", size)).toMatchObject(out);
  });

  it("refuses a free size that YOLOX cannot have", () => {
    const free = madeModel([floats("images", 1, 3, 0, 0)], [floats("output", 1, 0, 85)]);
    expect(() => inspectBytes(free, "m.onnx", { width: 100, height: 100 })).toThrow(/no family/);
  });
});

describe("files that are not models", () => {
  const whole = madeYolox();
  it.each([
    { name: "empty", content: new Uint8Array(), message: /is empty/ },
    { name: "text", content: Buffer.from("hello, this is not a model"), message: /not an ONNX model/ },
    { name: "web page", content: Buffer.from("<!DOCTYPE html><html>"), message: /web page/ },
    { name: "Git LFS pointer", content: Buffer.from("version https://git-lfs.github.com/spec/v1"), message: /LFS/ },
    { name: "zeros", content: new Uint8Array(4096), message: /zeros/ },
    { name: "PyTorch", content: Buffer.from("PK\x03\x04abc", "latin1"), message: /PyTorch/ },
    { name: "no graph", content: new Uint8Array([8, 8]), message: /no graph/ },
    { name: "cut in the middle", content: whole.subarray(0, whole.length >> 1), message: /cut short/ },
    { name: "cut by a byte", content: whole.subarray(0, -1), message: /cut short/ },
  ])("$name", async ({ content, message }) => {
    const path = join(await tempDir(), "m.onnx");
    await writeFile(path, content);
    const inspecting = inspectModel(path);
    await expect(inspecting).rejects.toThrow(message);
    await expect(inspecting).rejects.toMatchObject({ code: "MODEL_INVALID" });
  });

  it("a file of gigabytes is not read", async () => {
    const path = join(await tempDir(), "huge.onnx");
    const file = await open(path, "w");
    await file.truncate(5e9);
    await file.close();
    await expect(inspectModel(path)).rejects.toThrow(/5000 MB/);
  });

  it("a folder, and nothing at all", async () => {
    const folder = await tempDir();
    await mkdir(join(folder, "d.onnx"));
    await expect(inspectModel(join(folder, "d.onnx"))).rejects.toMatchObject({ code: "MODEL_INVALID" });
    await expect(inspectModel(join(folder, "x.onnx"))).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });
});

it("refuses a model whose weights lie in a second file", () => {
  const location = Buffer.from([(14 << 3) | 0, 1]);
  const graph = Buffer.concat([field(5, location.length), location]);
  const split = Buffer.concat([madeYolox(), field(7, graph.length), graph]);
  expect(() => inspectBytes(split, "m.onnx")).toThrow(
    expect.objectContaining({ code: "MODEL_INVALID", message: expect.stringContaining("second file") }),
  );
});

it("skips 100 MB of weights in well under a second", () => {
  const weights = Buffer.alloc(100_000_000);
  const header = madeYolox();
  const tensor = Buffer.concat([field(9, weights.length), weights]);
  const graph = Buffer.concat([field(5, tensor.length), tensor]);
  const startMs = performance.now();
  const { family } = inspectBytes(Buffer.concat([header, field(7, graph.length), graph]), "big.onnx");
  expect(family).toBe("yolox");
  expect(performance.now() - startMs).toBeLessThan(2000);
});

/** The tag and length of a protobuf field that holds bytes. */
function field(id: number, length: number): Buffer {
  const bytesOf: number[] = [(id << 3) | 2];
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytesOf, rest]);
    bytesOf.push((rest % 128) + 128);
  }
}
