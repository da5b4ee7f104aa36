import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Worker threads and child processes run from dist/.
    globalSetup: ["test/support/set-up.ts"],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Two cores are the least that we build on; more workers only make the real processes in the tests late.
    maxWorkers: 2,
  },
});
