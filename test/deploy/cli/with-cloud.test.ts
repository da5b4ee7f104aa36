import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { CloudReady } from "../../../cloud-ingest/cloud.ts";
import { useCloud } from "../../../deploy/cli/with-cloud.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";

const READY: CloudReady = {
  broker: { host: "127.0.0.1", port: 1 },
  http: { host: "127.0.0.1", port: 2 },
  warehouse: new FakeWarehouse(),
  drained: async () => true,
  finishDay: async () => {},
  standingAlerts: async () => [],
};

/** Runs until it is stopped, or fails when `failure` is given, before or after it was ready. */
class FakeCloud {
  stopped = false;
  readonly #failure: Error | undefined;
  readonly #getsReady: boolean;

  constructor(failure?: Error, getsReady = true) {
    this.#failure = failure;
    this.#getsReady = getsReady;
  }

  async run(signal: AbortSignal, onReady: (ready: CloudReady) => void = () => {}): Promise<void> {
    if (this.#getsReady) onReady(READY);
    await sleep(20);
    if (this.#failure) throw this.#failure;
    while (!signal.aborted) await sleep(5);
    this.stopped = true;
  }
}

const untilAborted = async (signal: AbortSignal) => {
  while (!signal.aborted) await sleep(5);
};

test("the cloud is stopped after its use", async () => {
  const cloud = new FakeCloud();
  await useCloud(cloud, async ({ http }) => expect(http.port).toBe(2));
  expect(cloud.stopped).toBe(true);
});

test("what fails beside the cloud stops it too", async () => {
  const cloud = new FakeCloud();
  const use = async () => {
    throw new Error("no such video");
  };
  await expect(useCloud(cloud, use)).rejects.toThrowError("no such video");
  expect(cloud.stopped).toBe(true);
});

test("a cloud that cannot start is not used", async () => {
  let used = false;
  const use = async () => {
    used = true;
  };
  await expect(useCloud(new FakeCloud(new Error("port in use"), false), use)).rejects.toThrowError("port in use");
  expect(used).toBe(false);
});

test.each([
  { name: "ends quietly", end: async () => {} },
  {
    name: "fails over it",
    end: async () => {
      throw new Error("no warehouse any more");
    },
  },
])(
  "a cloud that dies is told to its user, awaited until it has ended, and its error thrown: who $name",
  async (row) => {
    let ended = false;
    const use = async (_: CloudReady, lost: AbortSignal) => {
      await untilAborted(lost);
      await sleep(50);
      ended = true;
      await row.end();
    };
    await expect(useCloud(new FakeCloud(new Error("disk full")), use)).rejects.toThrowError("disk full");
    expect(ended).toBe(true);
  },
);
