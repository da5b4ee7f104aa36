import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../../firmware-config/kit/package-root.ts";

/** A process of its own, for the library reads the environment when it starts. */
async function tf32After(set: Readonly<Record<string, string>>): Promise<string> {
  const runtime = join(PACKAGE_ROOT, "dist/firmware-config/kit/onnx-runtime.js");
  const script = `await import(${JSON.stringify(runtime)}); process.stdout.write(process.env.NVIDIA_TF32_OVERRIDE ?? "");`;
  const { NVIDIA_TF32_OVERRIDE: _, ...env } = process.env;
  const args = ["--input-type=module", "--eval", script];
  return (await promisify(execFile)(process.execPath, args, { env: { ...env, ...set } })).stdout;
}

test("a card is to reckon in 32 bits as a processor does, unless somebody says otherwise", async () => {
  expect(await tf32After({})).toBe("0");
  expect(await tf32After({ NVIDIA_TF32_OVERRIDE: "1" })).toBe("1");
});
