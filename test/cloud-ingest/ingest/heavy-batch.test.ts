import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { Ingest } from "../../../cloud-ingest/ingest/ingest.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";

/** A quarter of the default. */
const MEMORY_MB = 64;
const MESSAGES = 300;
/** Below what the contract allows, and six or four times as much as JSON. */
const BYTES = 65_000;

it.each([
  { name: "0x01, which JSON writes with six characters", byte: 1 },
  { name: "0x00, which is kept in base64 beside U+FFFD", byte: 0 },
  { name: "0xff, which is no UTF-8", byte: 0xff },
  { name: "backslashes", byte: 0x5c },
])("takes a batch of the largest payloads at the least memory: $name", { timeout: 60_000 }, async ({ byte }) => {
  const dir = await tempDir();
  const log = new LogRecorder();
  const troubles = new Troubles({ log, clock: systemClock });
  const inbox = await Inbox.open(join(dir, "inbox"), { maxBytes: 1e9, troubles });
  const warehouse = await openDuckDbWarehouse(join(dir, "warehouse"), { memoryLimitMb: MEMORY_MB });
  const stop = new AbortController();
  onTestFinished(async () => {
    stop.abort();
    await running;
    await warehouse.close();
    await inbox.close();
  });
  const message = { receivedAtMs: Date.now(), topic: "kazoe/v1/a/s/d/counts", payload: Buffer.alloc(BYTES, byte) };
  await Promise.all(Array.from({ length: MESSAGES }, () => inbox.publish(message)));
  const running = new Ingest({ bus: inbox, store: warehouse, troubles }).run(stop.signal);
  await vi.waitFor(() => expect(inbox.stats().depth).toBe(0), { timeout: 50_000, interval: 20 });
  expect(await warehouse.ledger()).toEqual({ stored: 0, duplicate: 0, quarantined: MESSAGES });
  expect(log.lines.filter((line) => line.includes("takes nothing"))).toEqual([]);
  const [kept] = await warehouse.pendingMessages({}, "", 1);
  expect(Buffer.from(kept?.payload ?? "").equals(message.payload)).toBe(true);
});
