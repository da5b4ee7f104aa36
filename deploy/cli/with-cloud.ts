import type { Cloud, CloudOptions, CloudReady } from "../../cloud-ingest/cloud.ts";

/** What is done beside a running cloud half; `lost` aborts when that has ended by itself. */
export type UseOfCloud = (cloud: CloudReady, lost: AbortSignal) => Promise<void>;

/** Runs `use` beside a running cloud half, and stops the cloud after it. Throws what either of them throws. */
export async function withCloud(options: CloudOptions, use: UseOfCloud): Promise<void> {
  const { Cloud } = await import("../../cloud-ingest/cloud.ts");
  await useCloud(new Cloud(options), use);
}

/** The same for a cloud half that is made already. When it fails `use` is told, awaited, and the cloud's error thrown. */
export async function useCloud(cloud: Pick<Cloud, "run">, use: UseOfCloud): Promise<void> {
  const stop = new AbortController();
  const lost = new AbortController();
  let onReady: (ready: CloudReady) => void = () => {};
  const becomingReady = new Promise<CloudReady>((resolve) => {
    onReady = resolve;
  });
  const running = cloud.run(stop.signal, onReady).finally(() => lost.abort());
  try {
    const ready = await Promise.race([becomingReady, running]);
    if (ready) await use(ready, lost.signal);
  } finally {
    stop.abort();
    await running;
  }
}

/** Where devices connect to a cloud half that runs the broker too. */
export function brokerOf({ broker }: Pick<CloudReady, "broker">): NonNullable<CloudReady["broker"]> {
  if (broker) return broker;
  throw new Error("No broker runs in this process");
}
