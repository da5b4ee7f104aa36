import { configDefaults, defineConfig } from "vitest/config";
import { FailedSuites } from "./test/support/failed-suites.ts";
import { suitesLeftOut } from "./test/support/long-suites.ts";
import { SkipReport } from "./test/support/skip-report.ts";

const write = (text: string) => void process.stderr.write(text);
const failedFile = process.env.KAZOE_TEST_FAILED;
const leftOut = suitesLeftOut(process.env, process.argv.slice(2));

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, ...leftOut],
    // Worker threads and child processes run from dist/.
    globalSetup: ["test/support/set-up.ts"],
    setupFiles: ["test/support/process-state.ts", "test/support/patience.ts"],
    reporters: [
      "default",
      new SkipReport({ isStrict: process.env.KAZOE_TEST_ALL === "1", leftOut, write }),
      ...(failedFile === undefined ? [] : [new FailedSuites(failedFile)]),
    ],
    // An end of what hangs, and no judgement of speed: the machine may stand still for seconds.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One more than the two cores that we build on at least: suites wait for processes of their own.
    maxWorkers: 3,
    // One process reads our modules once for all its suites; each cleans up after itself as it would have to anyway.
    isolate: false,
  },
});
