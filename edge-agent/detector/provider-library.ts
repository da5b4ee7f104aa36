import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { DetectorConfig } from "../../firmware-config/config/device.ts";

type Provider = DetectorConfig["provider"];

/** Providers that ONNX Runtime loads from files of their own, which its npm package leaves out for their size. */
const APART: Partial<Record<Provider, string>> = {
  cuda: "libonnxruntime_providers_cuda.so",
  tensorrt: "libonnxruntime_providers_tensorrt.so",
};
/** What each of them is loaded through. */
const SHARED = "libonnxruntime_providers_shared.so";
const LDD_TIMEOUT_MS = 10_000;
const run = promisify(execFile);

/** Where ONNX Runtime looks for its providers: beside itself. */
export function runtimeFolder(): string {
  const main = createRequire(import.meta.url).resolve("onnxruntime-node");
  return join(dirname(main), "..", "bin", "napi-v6", process.platform, process.arch);
}

/**
 * Why a provider's own library cannot be loaded; undefined when nothing speaks against it. Asked before ONNX Runtime is, which says no more than
 * "Failed to load shared library" to us, and the rest to standard error.
 */
export async function libraryFault(provider: Provider, folder = runtimeFolder()): Promise<string | undefined> {
  const library = APART[provider];
  if (library === undefined || process.platform !== "linux") return undefined;
  for (const file of [SHARED, library]) {
    const isThere = await access(join(folder, file)).then(
      () => true,
      () => false,
    );
    if (!isThere)
      return `${file} is not in ${folder}; edge-agent/detector/README.md, "Providers", says where to get it`;
  }
  const missing = await missingNeeds(join(folder, library));
  if (missing.length === 0) return undefined;
  return `${library} needs ${missing.join(", ")}, which this machine has not, or not in LD_LIBRARY_PATH`;
}

async function missingNeeds(library: string): Promise<string[]> {
  try {
    return needsNotFound((await run("ldd", [library], { timeout: LDD_TIMEOUT_MS })).stdout);
  } catch {
    // Without ldd, or of what is no library, ONNX Runtime will say what it can.
    return [];
  }
}

/** Pure: the libraries that `ldd` does not find. */
export function needsNotFound(lddText: string): string[] {
  return [...lddText.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name ?? "");
}
