import { defineConfig } from "vitest/config";
import { chosenGroup } from "./groups.ts";

export default defineConfig({
  test: {
    include: [...chosenGroup().tests],
    // They start processes, damage files at random or prove one thing at dozens of places, which is their worth; here each change would
    // wait for them. What they prove of each part, that part's own short test proves too.
    exclude: [
      "**/{kill,heavy-batch,damage,duckdb-damage,duckdb-full-disk}.test.ts",
      "**/warehouse/{every-message,duckdb-paths,duckdb-places}.test.ts",
    ],
    env: { KAZOE_CROWD: "30", KAZOE_DAYS: "70" },
    globalSetup: ["test/support/set-up.ts"],
    // A changed program is slower: every branch notes that it was there.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
