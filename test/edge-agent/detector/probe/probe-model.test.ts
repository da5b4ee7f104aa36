import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createDetector } from "../../../../edge-agent/detector/onnx-detector.ts";
import { probeModel } from "../../../../edge-agent/detector/probe/probe-model.ts";
import { OnnxGraph } from "../../../../models/onnx/graph.ts";
import { resolveModel } from "../../../../models/registry.ts";
import { closedYolox, endlessYolox, type RunnableYolox, runnableYolox } from "../../../models/support/made-models.ts";
import { MODELS_DIR } from "../../../support/sample.ts";
import { tempDir } from "../../../support/temp-dir.ts";

const SIZE = { inputWidth: 96, inputHeight: 64 };
const SETTINGS = { threads: 1, minScore: 0.01, nmsIou: 0.6 };

async function modelOf(bytes: Uint8Array, size = SIZE) {
  const path = join(await tempDir(), "m.onnx");
  await writeFile(path, bytes);
  return { path, family: "yolox", ...size } as const;
}

/** The best box on a white picture, as a detector reads it that knows what the probe found. */
async function bestBox(options: RunnableYolox) {
  const model = await modelOf(runnableYolox(options));
  const { boxes } = await probeModel(model);
  const detector = await createDetector({ ...model, boxes }, SETTINGS);
  const picture = { width: 96, height: 64 };
  const frame = { cameraId: "c", index: 0, captureMs: 0, atS: 0, picture, release: () => {} };
  const found = await detector.detect({ ...frame, data: new Uint8Array(96 * 64 * 3).fill(255) });
  await detector.close();
  return [...found.boxes.subarray(0, 4), found.scores[0] ?? 0].map((value) => Math.round(value * 100) / 100);
}

describe("probeModel", () => {
  it("finds the same people whether a model's boxes are decoded or not", async () => {
    const raw = await bestBox({ boxes: "raw" });
    expect(await bestBox({ boxes: "pixels" })).toEqual(raw);
    expect(raw[4]).toBeGreaterThan(0.1);
  });

  it.each(["batch", "batch and sides", "all but the form"] as const)(
    "runs a model that leaves %s free",
    async (free) => {
      expect(await bestBox({ free })).toEqual(await bestBox({}));
    },
  );

  it("tells how long it took", async () => {
    expect(await probeModel(await modelOf(runnableYolox()))).toMatchObject({
      boxes: "grid",
      tookS: expect.any(Number),
      drawnPeopleScore: expect.any(Number),
    });
  });

  it("takes the bundled model", async () => {
    const { path, family, inputWidth, inputHeight } = await resolveModel("ssdlite-mobilenetv2-300x300", MODELS_DIR);
    const probe = await probeModel({ path, family, inputWidth, inputHeight });
    expect(probe).toMatchObject({ boxes: "pixels" });
    expect(probe.drawnPeopleScore).toBeGreaterThan(0.7);
  });

  it.each([
    { name: "the order of TensorFlow (y, x, y, x)", order: [1n, 0n, 3n, 2n], says: "x and y are exchanged" },
    { name: "sizes in place of corners", order: [2n, 3n, 0n, 1n], says: "have no area" },
  ])("refuses the bundled model with its boxes in $name", async ({ order, says }) => {
    const { path, family, inputWidth, inputHeight } = await resolveModel("ssdlite-mobilenetv2-300x300", MODELS_DIR);
    const model = { path: join(await tempDir(), "m.onnx"), family, inputWidth, inputHeight };
    await writeFile(model.path, reordered(await readFile(path), order));
    await expect(probeModel(model)).rejects.toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining(says),
    });
  });

  it.each([
    { name: "parts of the picture", bytes: runnableYolox({ boxes: "parts" }), says: "another unit" },
    { name: "NaN in the dark", bytes: runnableYolox({ blindInTheDark: true }), says: "on a black picture" },
    { name: "logits", bytes: runnableYolox({ scores: "logits" }), says: "logits" },
    { name: "a constant", bytes: runnableYolox({ constant: true }), says: "gives the same" },
    {
      name: "rows of another length",
      bytes: runnableYolox({ columns: 7 }),
      says: "rows of 7 numbers; it needs 85 or 6",
    },
    { name: "another size", bytes: runnableYolox({ width: 128 }), says: "images" },
    { name: "text", bytes: Buffer.from("not a model"), says: "tried for" },
    { name: "half a model", bytes: runnableYolox().subarray(0, 5000), says: "tried for" },
  ])("refuses $name", async ({ bytes, says }) => {
    const model = await modelOf(bytes);
    const probing = probeModel(model);
    await expect(probing).rejects.toMatchObject({ code: "MODEL_INVALID", message: expect.stringContaining(says) });
    await expect(probing).rejects.toThrow(model.path);
    await expect(probing).rejects.not.toThrow("onnxruntime_src");
  });

  it("ends a model that does not end", async () => {
    const limitMs = 2_000;
    const startMs = performance.now();
    await expect(probeModel(await modelOf(endlessYolox()), { timeLimitMs: limitMs })).rejects.toMatchObject({
      code: "MODEL_INVALID",
      message: expect.stringContaining("it gave nothing within 2 s"),
    });
    expect(performance.now() - startMs).toBeLessThan(limitMs + 3_000);
  });

  it("ends with the reason of a stop, and its process with it", async () => {
    const stop = new AbortController();
    const probing = probeModel(await modelOf(endlessYolox()), { signal: stop.signal });
    stop.abort();
    await expect(probing).rejects.toBe(stop.signal.reason);
    await expect(probeModel(await modelOf(endlessYolox()), { signal: stop.signal })).rejects.toBe(stop.signal.reason);
  });

  it("survives a model that asks for more memory than there is", async () => {
    await expect(probeModel(await modelOf(boundless()), { timeLimitMs: 20_000 })).rejects.toMatchObject({
      code: "MODEL_INVALID",
    });
  });
});

/** A model of the family `ssd` whose boxes have their sides in another order: ONNX files that follow one another are one. */
function reordered(ssd: Buffer, order: readonly bigint[]): Buffer {
  const graph = new OnnxGraph();
  graph.constant("order", [4], BigInt64Array.from(order));
  graph.node({ op: "Gather", inputs: ["plain", "order"], output: "boxes", attributes: { axis: 2 } });
  // Fields 2 and 3 of the last node: its output and its own name.
  const written = (name: string) => Buffer.from(`\x12\x05${name}\x1a\x05${name}`);
  const at = ssd.indexOf(written("boxes"));
  expect(at).toBeGreaterThan(0);
  const plain = written("plain");
  const renamed = Buffer.concat([ssd.subarray(0, at), plain, ssd.subarray(at + plain.length)]);
  return Buffer.concat([renamed, graph.toBytes({ inputs: [], outputs: [], metadata: {} })]);
}

/** A tensor of a petabyte. */
function boundless(): Uint8Array {
  const graph = new OnnxGraph();
  graph.constant("side", [2], BigInt64Array.of(16_000_000n, 16_000_000n));
  graph.node({ op: "ReduceMean", inputs: ["images"], output: "light", attributes: { axes: [1, 2, 3], keepdims: 0 } });
  graph.node({ op: "Expand", inputs: ["light", "side"], output: "m" });
  return closedYolox(graph, "m");
}
