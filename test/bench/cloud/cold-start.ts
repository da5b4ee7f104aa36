import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, startKazoe } from "../../support/processes.ts";
import { NEVER } from "../../support/quiet-jobs.ts";
import { type BenchResult, median } from "../result.ts";
import { datasetOf } from "./dataset.ts";
import { withGoogle } from "./google.ts";
import { makeTopic, PROJECT, SUBSCRIPTION, TOPIC } from "./messages.ts";

const ROUNDS = 3;
const POLL_MS = 10;
const LATEST_MS = 60_000;
const EMBEDDED = { bus: { type: "inbox" }, warehouse: { type: "duckdb" } };

/** Milliseconds from the command until `/healthz` says that all is well, with tables, topic and folders made before. */
export function runColdStartBench(): Promise<BenchResult> {
  return withGoogle(async (google) => {
    await makeTopic(google.pubsub);
    const { emulator, ...dataset } = await datasetOf(google);
    const cloud = {
      bus: { type: "pubsub", project: PROJECT, topic: TOPIC, subscription: SUBSCRIPTION, emulator: google.pubsub },
      warehouse: { ...dataset, emulator },
    };
    const times: Record<"embedded" | "google", number[]> = { embedded: [], google: [] };
    const dirs = { embedded: await tempDir(), google: await tempDir() };
    // The first start of each makes what is missing.
    await startMs(dirs.embedded, EMBEDDED);
    await startMs(dirs.google, cloud);
    for (let round = 0; round < ROUNDS; round += 1) {
      times.embedded.push(await startMs(dirs.embedded, EMBEDDED));
      times.google.push(await startMs(dirs.google, cloud));
    }
    for (const dir of Object.values(dirs)) await rm(dir, { recursive: true, force: true });
    const [embeddedMs, googleMs] = [median(times.embedded), median(times.google)];
    return {
      name: `cold start of \`kazoe cloud\` until /healthz is well, median of ${ROUNDS}`,
      lines: [
        `embedded (inbox, duckdb):               ${embeddedMs.toFixed(0)} ms`,
        `pubsub and bigquery (doubles beside it): ${googleMs.toFixed(0)} ms  (${(googleMs / embeddedMs).toFixed(2)})`,
      ],
      figures: { embeddedMs, googleMs },
    };
  });
}

const tempDir = () => mkdtemp(join(tmpdir(), "kazoe-bench-"));

async function startMs(dir: string, parts: object): Promise<number> {
  const port = await freePort();
  const file = join(dir, "cloud.yaml");
  const jobs = { rollUp: NEVER, archive: NEVER, quality: NEVER };
  const stores = [{ tenant: "acme", store: "store-1", name: "Store 1", timeZone: "Asia/Tokyo" }];
  // JSON is YAML.
  await writeFile(
    file,
    JSON.stringify({
      ...parts,
      dataDir: join(dir, "data"),
      stores,
      devices: [],
      broker: { port: 0 },
      http: { port },
      jobs,
    }),
  );
  const startMs = performance.now();
  const kazoe = startKazoe(["cloud", "--config", file], { METADATA_SERVER_DETECTION: "none" });
  try {
    while (!(await isWell(port))) {
      if (kazoe.child.exitCode !== null) throw new Error(`The cloud half ended: ${kazoe.output()}`);
      if (performance.now() - startMs > LATEST_MS) throw new Error(`The cloud half is not well: ${kazoe.output()}`);
      await sleep(POLL_MS);
    }
    return performance.now() - startMs;
  } finally {
    kazoe.child.kill("SIGTERM");
    await kazoe.exited;
  }
}

async function isWell(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}
