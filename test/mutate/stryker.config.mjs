import { chosenGroup } from "./groups.ts";
import { SHARE } from "./sample.ts";

// StrykerJS: the mutation tester of the JavaScript world, kept up, Apache-2.0.
const config = {
  plugins: ["@stryker-mutator/vitest-runner", "./test/mutate/sample.ts"],
  checkers: SHARE < 1 ? ["sample"] : [],
  testRunner: "vitest",
  vitest: { configFile: "test/mutate/vitest.config.ts" },
  mutate: [...chosenGroup().mutate],
  coverageAnalysis: "perTest",
  // Constants of a module are changed too; the tests load it anew for each.
  ignoreStatic: false,
  concurrency: 2,
  timeoutMS: 20_000,
  dryRunTimeoutMinutes: 30,
  reporters: ["clear-text", "progress-append-only", "json"],
  jsonReporter: { fileName: ".stryker-tmp/mutation.json" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, allowEmojis: false },
  // The verdict is that of score.ts, which knows what was drawn.
  thresholds: { high: 95, low: 85, break: null },
};

export default config;
