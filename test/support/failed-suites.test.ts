import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";
import { tempDir } from "./temp-dir.ts";

const VITEST = join(PACKAGE_ROOT, "node_modules", "vitest", "vitest.mjs");
const CONFIG = join(PACKAGE_ROOT, "test", "fixtures", "failing", "vitest.config.ts");
const CI = join(PACKAGE_ROOT, ".ci", "run");

test("a run leaves the files of its failed suites behind, and of no others", async () => {
  const file = join(await tempDir(), "failed");
  const env = { ...process.env, KAZOE_TEST_FAILED: file };
  await promisify(execFile)(process.execPath, [VITEST, "run", "--config", CONFIG], { env }).catch(() => {});
  expect(await readFile(file, "utf8")).toBe("test/fixtures/failing/broken.check.ts\n");
});

/** Plays `.ci/run`'s `suites` on runs which leave these files behind, one run each; an empty list is a run that passes. */
async function play(runs: readonly (readonly string[])[]) {
  const folder = await tempDir();
  const body = (await readFile(CI, "utf8")).match(/^RETRIED=.*?^}/ms)?.[0] ?? "";
  const cases = runs.map(
    (files, at) =>
      `${at + 1}) printf '%s' "${files.map((file) => `${file}\n`).join("")}" > "$KAZOE_TEST_FAILED"; return ${files.length === 0 ? 0 : 1};;`,
  );
  const script = `set -euo pipefail; mkdir -p node_modules/.cache/kazoe; at=0
    ${body}
    run() { at=$((at + 1)); echo "run $at: $*"; case $at in ${cases.join(" ")} esac; }
    suites run all`;
  return promisify(execFile)("bash", ["-c", script], { cwd: folder }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  );
}

test("two failed suites are played once more, alone", async () => {
  expect(await play([["a", "b"], []])).toEqual({
    code: 0,
    stdout: "run 1: all\nFailed once, so once more, alone: a b\nrun 2: all a b\n",
  });
});

test("what fails twice fails the run, and so do three at once", async () => {
  expect((await play([["a"], ["a"]])).code).toBe(1);
  expect(await play([["a", "b", "c"], []])).toEqual({ code: 1, stdout: "run 1: all\n" });
});
