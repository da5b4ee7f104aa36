import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../firmware-config/kit/package-root.ts";

const VITEST = join(PACKAGE_ROOT, "node_modules", "vitest", "vitest.mjs");
const CONFIG = join(PACKAGE_ROOT, "test", "fixtures", "skipping", "vitest.config.ts");

/** Runs a suite with one test that runs and one that is skipped. */
async function runSkipping(testAll: "0" | "1") {
  const env = { ...process.env, KAZOE_TEST_ALL: testAll };
  const run = promisify(execFile)(process.execPath, [VITEST, "run", "--config", CONFIG], { env });
  return run.then(
    ({ stderr }) => ({ code: 0, stderr }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
}

test("what is skipped stands in the last lines of a run", async () => {
  const { code, stderr } = await runSkipping("0");
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /Skipped, 1 in all.*\n {2}test\/fixtures\/skipping\/one\.check\.ts: needs > what is not here\n$/,
  );
});

test("where all must run, a skipped test fails the run", async () => {
  const { code, stderr } = await runSkipping("1");
  expect(code).toBe(1);
  expect(stderr).toContain("Nothing may be skipped here");
});
