import { chmod, mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildModel } from "../../models/build.ts";
import { readManifest } from "../../models/manifest.ts";
import { resolveModel } from "../../models/registry.ts";
import { sha256Of } from "../../models/source/integrity.ts";
import { convertSsdlite } from "../../models/ssdlite/convert.ts";
import { listedVariants } from "../../models/variant.ts";
import { tempDir } from "../support/temp-dir.ts";
import { becomeUnprivileged } from "../support/unprivileged.ts";
import { packFromCache, sourceWeights } from "./support/source.ts";

const ports = { pack: packFromCache };
const silent = () => undefined;
const SMALL = "ssdlite-mobilenetv2-300x300";

it("makes of every listed size the file that the manifest pins", async () => {
  const weights = await sourceWeights();
  for (const variant of listedVariants(await readManifest())) {
    expect([variant.name, sha256Of(convertSsdlite(weights, variant))]).toEqual([variant.name, variant.sha256]);
  }
});

describe("buildModel", () => {
  it("builds, tells its progress, and does nothing the second time", async () => {
    const modelsDir = join(await tempDir(), "models");
    const steps: string[] = [];
    const built = await buildModel(SMALL, modelsDir, (step) => steps.push(step), ports);
    expect(steps).toEqual(["fetch", "unpack", "convert", "write", "done"]);
    expect(built).toMatchObject({
      name: SMALL,
      family: "ssd",
      inputWidth: 300,
      inputHeight: 300,
      licence: "Apache-2.0",
    });
    expect(await resolveModel(SMALL, modelsDir)).toEqual({ ...built, gates: (await readManifest()).gates });

    const again: string[] = [];
    expect(await buildModel(SMALL, modelsDir, (step) => again.push(step), ports)).toEqual(built);
    expect(again).toEqual([]);
  });

  it.each([
    { name: "cut short", damage: (path: string) => truncate(path, 5000) },
    { name: "replaced", damage: (path: string) => writeFile(path, "something else") },
  ])("repairs a file that was $name, and does not resolve it before", async ({ damage }) => {
    const modelsDir = await tempDir();
    const { path, sha256 } = await buildModel(SMALL, modelsDir, silent, ports);
    await damage(path);
    await expect(resolveModel(SMALL, modelsDir)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
    await buildModel(SMALL, modelsDir, silent, ports);
    expect(sha256Of(await readFile(path))).toBe(sha256);
  });

  it("may run twice at once", async () => {
    const modelsDir = await tempDir();
    const both = await Promise.all([1, 2].map(() => buildModel(SMALL, modelsDir, silent, ports)));
    expect(both[0]).toEqual(both[1]);
    expect((await readdir(modelsDir)).sort()).toEqual(["source", `${SMALL}.json`, `${SMALL}.onnx`]);
  });

  it("builds a size that is not listed", async () => {
    const built = await buildModel("ssdlite-mobilenetv2-320x192", await tempDir(), silent, ports);
    expect(built).toMatchObject({ inputWidth: 320, inputHeight: 192 });
  });

  it("says when the disk is full", async () => {
    const full = () => Promise.reject(Object.assign(new Error("no space left"), { code: "ENOSPC" }));
    const building = buildModel(SMALL, await tempDir(), silent, { pack: full });
    await expect(building).rejects.toMatchObject({ code: "DISK_FULL", retryable: true });
  });

  it("says when the folder cannot be written", async () => {
    const file = join(await tempDir(), "a-file");
    await writeFile(file, "");
    const building = buildModel(SMALL, join(file, "models"), silent, ports);
    await expect(building).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
  });

  it("says when the folder is read-only", async () => {
    const dir = await tempDir();
    const modelsDir = join(dir, "models");
    await mkdir(modelsDir);
    await chmod(modelsDir, 0o555);
    await becomeUnprivileged(dir);
    await expect(buildModel(SMALL, modelsDir, silent, ports)).rejects.toMatchObject({ code: "DISK_UNWRITABLE" });
  });

  it("refuses a name that it cannot build", async () => {
    const modelsDir = await tempDir();
    await expect(buildModel("yolo", modelsDir, silent, ports)).rejects.toMatchObject({ code: "MODEL_NOT_FOUND" });
  });
});
