import { defineConfig } from "vitest/config";
import { chosenGroup } from "./groups.ts";

export default defineConfig({
  test: {
    include: [...chosenGroup().tests],
    // They start processes or damage files at random for long, which is their worth; here each change would wait for them.
    exclude: ["**/{kill,heavy-batch,damage,duckdb-damage,duckdb-full-disk}.test.ts"],
    env: { KAZOE_CROWD: "30" },
    globalSetup: ["test/support/set-up.ts"],
    // A changed program is slower: every branch notes that it was there.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
