import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { Ingest } from "../../../cloud-ingest/ingest/ingest.ts";
import { Desk } from "../../../cloud-ingest/operator/operator.ts";
import { RowIntake } from "../../../cloud-ingest/rows/intake.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { CountsMessage } from "../../../firmware-config/contract/counts.ts";
import { QUIET_ALERTS } from "../../support/alerts-config.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { countsMessage, SHIBUYA } from "../warehouse/rows.ts";

const RIGHT = "2026-11-26T12:00:00Z";
const A_MONTH_BEHIND = "2026-10-26T12:00:00Z";
const NEVER = new AbortController().signal;

/** A cloud half without a network, whose machine tells a time of our choice. */
async function machine(now: string) {
  const dir = await tempDir();
  const clock = new ManualClock(now);
  const log = new LogRecorder();
  const troubles = new Troubles({ log, clock });
  const warehouse = await openDuckDbWarehouse(join(dir, "warehouse"));
  const inbox = await Inbox.open(join(dir, "inbox"), { maxBytes: 1e9, troubles: silentTroubles });
  let seq = 0;
  const running = async (work: (drained: () => Promise<void>) => Promise<void>) => {
    const stop = new AbortController();
    const ingest = new Ingest({ bus: inbox, store: warehouse, history: warehouse, troubles, clock });
    const run = ingest.run(stop.signal);
    await work(async () => {
      while (inbox.stats().depth > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    });
    const codes = troubles.list().map((one) => one.code);
    stop.abort();
    await run;
    return codes;
  };
  const publish = (ts: string, over: Partial<CountsMessage> = {}) =>
    inbox.publish({
      receivedAtMs: clock.nowMs(),
      topic: "kazoe/v1/acme/shibuya/cam-1/counts",
      payload: Buffer.from(JSON.stringify(countsMessage(++seq, ts, over))),
    });
  /** Valid messages of a device whose clock is right, and a start of ingest that takes them. */
  const receive = async (count: number, { ts = RIGHT, ...over }: Partial<CountsMessage> = {}) => {
    await Promise.all(Array.from({ length: count }, () => publish(ts, over)));
    return running((drained) => drained());
  };
  /** A message a minute, by the same clock as ours, to one ingest. */
  const listen = (minutes: number) =>
    running(async (drained) => {
      for (let minute = 0; minute < minutes; minute++) {
        if (minute > 0) clock.advance(60);
        await publish(new Date(clock.nowMs()).toISOString());
        await drained();
      }
    });
  const desk = new Desk({
    ...{ bus: inbox, warehouse, troubles, clock, stores: [], devices: [], alerts: QUIET_ALERTS, isIngesting: true },
    registry: async () => expect.fail("nobody asks for it"),
    rows: new RowIntake({ writer: undefined, warehouse, stores: [], clock }),
  });
  const close = async () => {
    await inbox.close();
    await warehouse.close();
  };
  return { clock, log, troubles, warehouse, desk, receive, listen, close };
}

describe("a cloud half whose clock is a month behind", () => {
  it("stores all 500 valid messages when it has rows of later, and says that its clock is wrong", async () => {
    const { clock, warehouse, receive, close } = await machine(RIGHT);
    expect(await receive(1)).toEqual([]);
    clock.set(A_MONTH_BEHIND);
    expect(await receive(500)).toEqual(["clock-behind"]);
    expect(await warehouse.ledger()).toEqual({ stored: 501, duplicate: 0, quarantined: 0 });
    await close();
  });

  it("says that it refuses them when it cannot know better; set right, a replay stores each once", async () => {
    const { clock, warehouse, desk, receive, troubles, log, close } = await machine(A_MONTH_BEHIND);
    expect(await receive(500)).toEqual(["quarantine-rising"]);
    expect(troubles.list()[0]?.text).toContain("500 of 500 messages of the last 15 minutes were refused (clock 500)");
    expect(log.lines).toEqual(["error many messages are refused"]);
    expect(await warehouse.ledger()).toEqual({ stored: 0, duplicate: 0, quarantined: 500 });

    const progress: number[] = [];
    const replay = (signal = NEVER) =>
      desk.replay({}, { signal, onProgress: ({ done, total }) => progress.push(done / total) });
    expect(await replay()).toEqual({ stored: 0, duplicate: 0, quarantined: 500 });
    clock.set(RIGHT);
    expect(await replay(AbortSignal.abort())).toEqual({ stored: 0, duplicate: 0, quarantined: 0 });
    expect(await replay()).toEqual({ stored: 500, duplicate: 0, quarantined: 0 });
    expect(await replay()).toEqual({ stored: 0, duplicate: 0, quarantined: 0 });
    expect(progress).toEqual([1, 1]);
    expect(await warehouse.ledger()).toEqual({ stored: 500, duplicate: 0, quarantined: 0 });
    const day = { from: "2026-11-26", to: "2026-11-26" };
    expect(await warehouse.traffic(SHIBUYA, day, "window")).toHaveLength(500);
    expect(await desk.ledger({ signal: NEVER })).toMatchObject({ acked: 500, difference: 0 });
    expect(await desk.groups({}, 10)).toMatchObject([{ messages: 500, pending: 0 }]);
    await close();
  });

  it("remembers after a restart what was refused before it", async () => {
    const { receive, troubles, close } = await machine(A_MONTH_BEHIND);
    await receive(500);
    troubles.clear("quarantine-rising");
    expect(await receive(1)).toEqual(["quarantine-rising"]);
    await close();
  });
});

describe("once the clock is right again, a replay stores each of the valid messages", () => {
  it.each([
    { name: "six years ahead", wrong: "2032-12-04T18:00:00Z", over: {} },
    { name: "in 2100", wrong: "2100-01-02T00:00:00Z", over: {} },
    { name: "a month behind, the devices not synced", wrong: A_MONTH_BEHIND, over: { clockSynced: false } },
  ])("it refused $name", async ({ wrong, over }) => {
    const { clock, warehouse, desk, receive, close } = await machine(RIGHT);
    await receive(1);
    clock.set(wrong);
    await receive(60, over);
    expect(await warehouse.ledger()).toMatchObject({ stored: 1, quarantined: 60 });
    clock.set(RIGHT);
    const replayed = await desk.replay({}, { signal: NEVER, onProgress: () => {} });
    expect(replayed).toEqual({ stored: 60, duplicate: 0, quarantined: 0 });
    await close();
  });
});

it("a mark that came back stays back over a restart, and one device's lie is refused then", async () => {
  const { clock, warehouse, receive, listen, close } = await machine("2032-12-04T18:00:00Z");
  await listen(1);
  clock.set(RIGHT);
  await listen(1);
  expect((await warehouse.intakeBetween(RIGHT, RIGHT)).clockMark).toBe("2032-12-04T18:00:00.000Z");
  expect(await listen(6)).toEqual([]);
  expect((await warehouse.intakeBetween(RIGHT, RIGHT)).clockMark).toBe("2026-11-26T12:05:00.000Z");
  expect((await warehouse.lastSeen())[0]?.lastSeenAt).toBe("2026-11-26T12:05:00.000Z");
  await receive(1, { ts: "2026-12-16T12:05:00Z" });
  expect(await warehouse.ledger()).toMatchObject({ quarantined: 1 });
  await close();
});

it("a start two days after a clock was ahead does not say that messages are refused now", async () => {
  const { clock, receive, close, troubles } = await machine("2100-01-02T00:00:00Z");
  expect(await receive(60)).toEqual(["quarantine-rising"]);
  clock.set("2026-11-28T12:00:00Z");
  troubles.clear("quarantine-rising");
  expect(await receive(1, { ts: "2026-11-28T12:00:00Z" })).toEqual([]);
  await close();
});

it("a payload that is not UTF-8 is replayed byte for byte, and one that was cut is not", async () => {
  const { warehouse, desk, close, clock } = await machine(RIGHT);
  const receivedAt = new Date(clock.nowMs()).toISOString();
  const topic = "kazoe/v1/acme/shibuya/cam-1/counts";
  const bytes = Buffer.concat([Buffer.from(JSON.stringify(countsMessage(1, RIGHT))), Buffer.from([0xff])]);
  const bad = {
    messageId: "a:1",
    receivedAt,
    topic,
    reason: "not JSON",
    payload: bytes.toString(),
    payloadBase64: bytes.toString("base64"),
  };
  const cut = {
    ...bad,
    messageId: "a:2",
    reason: "larger than 65536 bytes",
    payload: JSON.stringify(countsMessage(2, RIGHT)),
    payloadBase64: undefined,
  };
  const { payloadBase64: _, ...cutRow } = cut;
  await warehouse.store({ position: { stream: "a", number: 2 }, data: [], presence: [], quarantine: [bad, cutRow] });
  const replayed = await desk.replay({}, { signal: NEVER, onProgress: () => {} });
  expect(replayed).toEqual({ stored: 0, duplicate: 0, quarantined: 2 });
  expect((await desk.show("a:1"))?.payloadBase64).toBe(bytes.toString("base64"));
  expect((await desk.show("a:2"))?.replay).toMatchObject({
    outcome: "refused",
    reason: expect.stringContaining("65536"),
  });
  await close();
});
