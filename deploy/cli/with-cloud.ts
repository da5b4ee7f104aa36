import type { CloudOptions, CloudReady } from "../../cloud-ingest/cloud.ts";

/** Runs `use` beside a running cloud half, and stops the cloud after it. Throws what either of them throws. */
export async function withCloud(options: CloudOptions, use: (cloud: CloudReady) => Promise<void>): Promise<void> {
  const { Cloud } = await import("../../cloud-ingest/cloud.ts");
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  const ready = new Promise<CloudReady>((resolve, reject) => {
    running = new Cloud(options).run(stop.signal, resolve);
    running.catch(reject);
  });
  try {
    const cloud = await ready;
    await Promise.race([use(cloud), running]);
  } finally {
    stop.abort();
    await running;
  }
}
