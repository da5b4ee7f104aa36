interface Group {
  /** What a mutation run changes. */
  readonly mutate: readonly string[];
  /** The tests that must notice. */
  readonly tests: readonly string[];
}

const GROUPS: Readonly<Record<string, Group>> = {
  counting: {
    mutate: ["edge-agent/{counter,window}/**/*.ts"],
    tests: ["test/edge-agent/{counter,window}/**/*.test.ts"],
  },
  delivery: {
    mutate: [
      "edge-agent/{outbox,mqtt}/**/*.ts",
      "firmware-config/kit/durable-queue.ts",
      "firmware-config/kit/queue/**/*.ts",
      "cloud-ingest/{bus,inbox,ingest}/**/*.ts",
    ],
    tests: [
      "test/edge-agent/{outbox,mqtt}/**/*.test.ts",
      "test/firmware-config/kit/durable-queue.test.ts",
      "test/firmware-config/kit/queue/**/*.test.ts",
      "test/cloud-ingest/{bus,inbox,ingest}/**/*.test.ts",
    ],
  },
  warehouse: {
    mutate: ["cloud-ingest/warehouse/**/*.ts"],
    tests: ["test/cloud-ingest/warehouse/**/*.test.ts"],
  },
};

/** The group that `KAZOE_MUTATE` names, or all of them in one; `KAZOE_MUTATE_FILES` picks files, with commas between. */
export function chosenGroup(): Group {
  const { KAZOE_MUTATE: name, KAZOE_MUTATE_FILES: files } = process.env;
  const named = Object.entries(GROUPS).filter(([key]) => !name || key === name);
  if (named.length === 0) throw new Error(`npm run mutate -- ${Object.keys(GROUPS).join("|")}`);
  const groups = named.map(([, group]) => group);
  return {
    mutate: files ? files.split(",") : groups.flatMap((group) => group.mutate),
    tests: groups.flatMap((group) => group.tests),
  };
}
