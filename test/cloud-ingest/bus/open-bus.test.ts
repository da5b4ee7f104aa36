import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openBus } from "../../../cloud-ingest/bus/open-bus.ts";
import { CloudConfig } from "../../../cloud-ingest/config.ts";
import { parseConfig } from "../../../firmware-config/config/load.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { silentTroubles } from "../../support/troubles.ts";

const BOTH = { writes: true, reads: true };
const STORE = { tenant: "t", store: "s", name: "Shop", timeZone: "Asia/Tokyo" };
const MB = 1024 * 1024;

async function open(bus: object, ends = BOTH) {
  const dataDir = await tempDir();
  const config = parseConfig(JSON.stringify({ stores: [STORE], dataDir, bus }), "cloud.yaml", CloudConfig);
  const opened = await openBus(config, silentTroubles, ends);
  onTestFinished(() => opened.close());
  return { dataDir, bus: opened };
}

const message = (bytes: number) => ({ receivedAtMs: 0, topic: "t", payload: Buffer.alloc(bytes) });

test("the inbox is both ends of its bus, lies in the folder of the data, and does nothing by itself", async () => {
  const { dataDir, bus } = await open({ type: "inbox" });
  expect(bus.reader).toBe(bus.writer);
  await bus.writer?.publish(message(10));
  expect(bus.stats()).toMatchObject({ depth: 1, acked: 1 });
  expect(await readdir(join(dataDir, "inbox"))).toContain("lock");
  await bus.run(new AbortController().signal);
  await bus.close();
  await expect(bus.writer?.publish(message(10))).rejects.toThrow("closed");
});

test.each([
  { name: "a byte less", bytes: MB - 13, full: false },
  { name: "all of it", bytes: MB - 12, full: true },
])("the inbox is full at the megabytes that the configuration names: $name", async ({ bytes, full }) => {
  const { bus } = await open({ type: "inbox", maxMb: 1 });
  await bus.writer?.publish(message(bytes));
  const next = bus.writer?.publish(message(1)).then(
    () => "taken",
    () => "refused",
  );
  await bus.close();
  expect(await next).toBe(full ? "refused" : "taken");
});

test.each([
  { keepMb: 0, files: 2 },
  { keepMb: 9, files: 4 },
])("the inbox keeps the megabytes that the configuration names: $keepMb", async ({ keepMb, files }) => {
  const { dataDir, bus } = await open({ type: "inbox", keepMb });
  for (let i = 0; i < 6; i += 1) await bus.writer?.publish(message(4 * MB));
  for await (const batch of bus.reader?.batches(
    async () => 0,
    { maxMessages: 9, maxBytes: 1e9 },
    AbortSignal.timeout(5_000),
  ) ?? []) {
    await bus.reader?.ack(batch);
    break;
  }
  const kept = (await readdir(join(dataDir, "inbox"))).filter((name) => name.endsWith(".seg"));
  // The newest file and the one before it stay in any case.
  expect(kept).toHaveLength(files);
});

test("Pub/Sub has the ends that are asked for", async () => {
  const pubsub = {
    type: "pubsub",
    project: "p-12345",
    topic: "kazoe",
    subscription: "kazoe-ingest",
    emulator: "127.0.0.1:1",
  };
  const { bus } = await open(pubsub, { writes: true, reads: false });
  expect([bus.writer !== undefined, bus.reader, bus.stats().isShared]).toEqual([true, undefined, true]);
});
