import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { libraryFault, needsNotFound } from "../../../edge-agent/detector/provider-library.ts";
import { tempDir } from "../../support/temp-dir.ts";

const SHARED = "libonnxruntime_providers_shared.so";
const CUDA = "libonnxruntime_providers_cuda.so";

/** A folder with these files; the libraries are programs that need nothing which is not there. */
async function folderWith(...names: string[]): Promise<string> {
  const folder = await tempDir();
  for (const name of names) await copyFile(process.execPath, join(folder, name));
  return folder;
}

describe.skipIf(process.platform !== "linux")("a provider's own library", () => {
  it.each([
    { name: "nothing of it is there", files: [], says: `${SHARED} is not in ` },
    { name: "its half is there", files: [SHARED], says: `${CUDA} is not in ` },
  ])("is named when $name", async ({ files, says }) => {
    const folder = await folderWith(...files);
    expect(await libraryFault("cuda", folder)).toContain(`${says}${folder}`);
  });

  it("is left to ONNX Runtime when it is there, or is no library", async () => {
    expect(await libraryFault("cuda", await folderWith(SHARED, CUDA))).toBeUndefined();
    const folder = await folderWith(SHARED);
    await writeFile(join(folder, CUDA), "no library");
    expect(await libraryFault("cuda", folder)).toBeUndefined();
  });

  it("is not asked of a provider that comes with ONNX Runtime", async () => {
    expect(await libraryFault("cpu", "/nowhere")).toBeUndefined();
  });
});

it("reads what ldd does not find", () => {
  const text = `\tlinux-vdso.so.1 (0x00007fff)
\tlibcublasLt.so.13 => not found
\tlibcuda.so.1 => /usr/lib/libcuda.so.1 (0x00007f12)
\tlibcudart.so.13 => not found\n`;
  expect(needsNotFound(text)).toEqual(["libcublasLt.so.13", "libcudart.so.13"]);
});
