import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { addModel } from "../../models/add.ts";
import { readCatalogue } from "../../models/catalogue.ts";
import type { JudgeModel } from "../../models/judge.ts";
import { ensureModel, listModels, resolveModel } from "../../models/registry.ts";
import { sha256Of } from "../../models/source/integrity.ts";
import { sharedFile } from "../support/sample.ts";
import { tempDir } from "../support/temp-dir.ts";
import { madeYolox } from "./support/made-models.ts";

async function yoloxFile(): Promise<string> {
  const path = join(await tempDir(), "yolox_small.onnx");
  await writeFile(path, madeYolox());
  return path;
}

const judge: JudgeModel = async () => ({ boxes: "grid" });
const record = { name: "yolox-small", licence: "Apache-2.0" };
const options = { ...record, judge };

describe("addModel", () => {
  it("copies the file, so that the name outlives it", async () => {
    const modelsDir = join(await tempDir(), "models");
    const file = await yoloxFile();
    const added = await addModel(file, modelsDir, options);
    await rm(file);
    expect(added).toMatchObject({ ...record, boxes: "grid", family: "yolox", inputWidth: 96, inputHeight: 64 });
    expect(added.sha256).toBe(sha256Of(await readFile(added.path)));
    expect(await resolveModel("yolox-small", modelsDir)).toEqual(added);
    expect(await ensureModel("yolox-small", modelsDir)).toEqual(added);
  });

  it.each([
    { name: "AGPL", change: { licence: "AGPL-3.0-only" }, message: /AGPL-3.0-only are refused/ },
    { name: "GPL", change: { licence: "GPL-3.0" }, message: /refused/ },
    { name: "no licence", change: { licence: "" }, message: /SPDX/ },
    { name: "a path as name", change: { name: "../x" }, message: /cannot be a model's name/ },
    { name: "a name of ours", change: { name: "ssdlite-mobilenetv2-9x9" }, message: /bundled/ },
  ])("refuses $name", async ({ change, message }) => {
    const adding = addModel(await yoloxFile(), await tempDir(), { ...options, ...change });
    await expect(adding).rejects.toThrow(message);
    await expect(adding).rejects.toMatchObject({ code: "USAGE" });
  });

  it("accepts LGPL, the same model again, but no other model under the same name", async () => {
    const [modelsDir, file] = [await tempDir(), await yoloxFile()];
    await addModel(file, modelsDir, { ...options, licence: "LGPL-2.1-only" });
    await addModel(file, modelsDir, options);
    await writeFile(file, Buffer.concat([madeYolox(), Buffer.from([18, 1, 65])]));
    await expect(addModel(file, modelsDir, options)).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("resolveModel", () => {
  it("does not wait for a pipe, nor for the end of a device, in the place of a model", async () => {
    const modelsDir = await tempDir();
    const { path } = await addModel(await yoloxFile(), modelsDir, options);
    await rm(path);
    execFileSync("mkfifo", [path]);
    // A pipe that is read waits until somebody writes.
    const late = setTimeout(() => writeFileSync(path, ""), 2_000);
    const startMs = performance.now();
    await expect(resolveModel("yolox-small", modelsDir)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    clearTimeout(late);
    expect(performance.now() - startMs).toBeLessThan(1_500);
  });

  it("takes a file as it is, wherever it lies", async () => {
    const file = await yoloxFile();
    expect(await resolveModel(file, await tempDir())).toMatchObject({
      path: file,
      name: "yolox_small",
      family: "yolox",
    });
  });

  it.each([
    { name: "an unknown name", in: "nothing-like-it", hint: /kazoe models list/ },
    { name: "a mistyped name", in: "yolox-smal", hint: /Did you mean yolox-small\?/ },
    { name: "a bundled size that is not built", in: "ssdlite-mobilenetv2-640x480", hint: /kazoe models build/ },
    { name: "a bundled size that cannot be", in: "ssdlite-mobilenetv2-1x1", hint: /multiples of 16/ },
    { name: "a missing file", in: "./gone.onnx", hint: /Check the path/ },
  ])("refuses $name", async ({ in: name, hint }) => {
    const modelsDir = await tempDir();
    await addModel(await yoloxFile(), modelsDir, options);
    await expect(resolveModel(name, modelsDir)).rejects.toMatchObject({
      code: "MODEL_NOT_FOUND",
      hint: expect.stringMatching(hint),
    });
  });

  it("refuses an added model that was changed or has lost its record", async () => {
    const modelsDir = await tempDir();
    const { path } = await addModel(await yoloxFile(), modelsDir, options);
    await writeFile(path, "changed");
    await expect(resolveModel("yolox-small", modelsDir)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    await writeFile(join(modelsDir, "yolox-small.json"), "{ half");
    await expect(resolveModel("yolox-small", modelsDir)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });
});

describe("listModels", () => {
  it("shows the bundled sizes when nothing is built, even without a folder", async () => {
    const models = await listModels(join(await tempDir(), "missing"));
    expect(models.filter((model) => model.isDefault)).toHaveLength(1);
    expect(models.every((model) => model.origin === "bundled" && !model.ready)).toBe(true);
  });

  it("shows what was added", async () => {
    const modelsDir = await tempDir();
    await addModel(await yoloxFile(), modelsDir, options);
    expect((await listModels(modelsDir)).at(-1)).toMatchObject({ ...record, origin: "added", ready: true });
  });
});

const yolox = sharedFile("model", "yolox_nano.onnx");
it.skipIf(yolox === undefined)("a model of the catalogue is known by its bytes, and brings its scores", async () => {
  const { gates } = await resolveModel(yolox ?? "", await tempDir());
  const known = (await readCatalogue()).find(({ name }) => name === "yolox-nano");
  expect(gates).toEqual(known?.gates);
  expect(gates).toBeDefined();
});
