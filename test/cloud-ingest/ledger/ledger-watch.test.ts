import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import type { BusStats } from "../../../cloud-ingest/bus/port.ts";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { Ingest } from "../../../cloud-ingest/ingest/ingest.ts";
import { LedgerWatch } from "../../../cloud-ingest/ledger/ledger-watch.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { openDuckDbWarehouse } from "../../../cloud-ingest/warehouse/duckdb/open.ts";
import type { Ledger } from "../../../cloud-ingest/warehouse/port.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { MARK_FILE } from "../../../firmware-config/kit/queue/mark.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { countsMessage } from "../warehouse/rows.ts";

const NEVER = new AbortController().signal;
const TS = "2026-03-02T03:00:00Z";

function watched(stats: BusStats, ledger: Partial<Ledger>) {
  const log = new LogRecorder();
  const troubles = new Troubles({ log, clock: systemClock });
  const warehouse = new FakeWarehouse();
  warehouse.streamLedger = async () => ({ stored: 0, duplicate: 0, quarantined: 0, ...ledger });
  const bus = { stats: () => stats };
  return { log, troubles, warehouse, watch: new LedgerWatch({ bus, store: warehouse, troubles }) };
}

describe("the watch over the ledger", () => {
  const ledger = { stored: 6, duplicate: 2, quarantined: 1 };

  it.each([
    { name: "that adds up", acked: 10, depth: 1, difference: 0 },
    { name: "with a loss", acked: 3_279, depth: 0, difference: 3_270 },
    { name: "with a loss while others wait", acked: 20, depth: 5, difference: 6 },
    { name: "with traces of what was not acknowledged", acked: 7, depth: 0, difference: -2 },
    { name: "whose messages are stored and not yet out of the bus", acked: 9, depth: 9, difference: 0 },
  ])("says of a ledger $name: $difference", async ({ acked, depth, difference }) => {
    const stop = new AbortController();
    const { watch, troubles } = watched({ streams: ["older", "a"], acked, depth, bytes: 0 }, ledger);
    const checked = watch.check(stop.signal);
    setTimeout(() => stop.abort(), 20);
    await checked;
    expect(watch.difference).toBe(difference);
    expect(troubles.list().map(({ code }) => code)).toEqual(difference === 0 ? [] : ["ledger-difference"]);
  });

  it("says a loss once in the log, with the numbers, and that it is over", async () => {
    const stats = { streams: ["older", "a"], acked: 12, depth: 0, bytes: 0 };
    const { watch, troubles, log, warehouse } = watched(stats, ledger);
    await watch.check(NEVER);
    await watch.check(NEVER);
    expect(troubles.list()[0]?.text).toBe(
      "3 acknowledged messages left no trace (acked 12 - stored 6 - duplicate 2 - quarantined 1 - waiting 0); see kazoe ledger show",
    );
    warehouse.streamLedger = async () => ({ ...ledger, stored: 9 });
    await watch.check(NEVER);
    expect(log.lines.map((line) => line.split(" ")[0])).toEqual(["error", "info"]);
  });

  it("is quiet about what was accepted, and speaks up at the next loss", async () => {
    const stats = { streams: ["older", "a"], acked: 12, depth: 0, bytes: 0 };
    const { watch, troubles, warehouse } = watched(stats, ledger);
    const known = { acceptedAt: TS, note: "known" };
    await warehouse.acceptDifference({ stream: "a", difference: 3, ...known });
    await warehouse.acceptDifference({ stream: "another", difference: 100, ...known });
    await watch.check(NEVER);
    expect(troubles.list()).toEqual([]);
    stats.acked = 13;
    await watch.check(NEVER);
    expect(watch.difference).toBe(1);
    expect(troubles.list()[0]?.text).toContain("accepted before 3");
  });

  it("takes the repetitions of a bus without order for no fault, and its losses for one", async () => {
    const stop = AbortSignal.abort();
    const twice = watched({ acked: 7, depth: 0, bytes: 0 }, ledger);
    expect(await twice.watch.check(stop)).toMatchObject({ streams: [""] });
    expect(twice.watch.difference).toBe(0);
    const lost = watched({ acked: 11, depth: 0, bytes: 0 }, ledger);
    await lost.watch.check(stop);
    expect(lost.watch.difference).toBe(2);
  });
});

describe("the watch beside a real inbox and warehouse", () => {
  it("gives no false alarm under load, sees a new inbox as a stream of its own, and a warehouse that was lost", async () => {
    const dir = await tempDir();
    const open = (name: string) => Inbox.open(join(dir, name), { maxBytes: 1e9, troubles: silentTroubles });
    const log = new LogRecorder();
    const troubles = new Troubles({ log, clock: systemClock });
    let warehouse = await openDuckDbWarehouse(join(dir, "warehouse"));
    let inbox = await open("inbox");
    const wanted = Number(process.env.KAZOE_LEDGER_LOOKS ?? 40);
    const until = async (limit: number, work: (watch: LedgerWatch) => Promise<void>) => {
      const stop = new AbortController();
      const running = new Ingest({
        bus: inbox,
        store: warehouse,
        troubles: silentTroubles,
        limit: { maxMessages: limit, maxBytes: 1e9 },
      }).run(stop.signal);
      await work(new LedgerWatch({ bus: inbox, store: warehouse, troubles }));
      while (inbox.stats().depth > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      stop.abort();
      await running;
    };
    let seq = 0;
    const publish = (count: number) =>
      Promise.all(
        Array.from({ length: count }, () =>
          inbox.publish({
            receivedAtMs: Date.parse(TS),
            topic: "kazoe/v1/acme/shibuya/cam-1/counts",
            payload: Buffer.from(
              JSON.stringify(seq++ % 9 === 0 ? { v: 9 } : countsMessage(seq % 7 === 0 ? 1 : seq, TS)),
            ),
          }),
        ),
      );
    let looks = 0;
    await until(37, async (watch) => {
      const load = (async () => {
        while (looks < wanted) await publish(25);
      })();
      for (; looks < wanted; looks++) await watch.check(AbortSignal.abort());
      await load;
    });
    expect(seq).toBeGreaterThan(100);
    expect(log.lines).toEqual([]);
    await inbox.close();

    inbox = await open("fresh");
    await until(100, async (watch) => {
      await publish(50);
      await watch.check(NEVER);
    });
    expect(log.lines).toEqual([]);

    await warehouse.close();
    warehouse = await openDuckDbWarehouse(join(dir, "lost"));
    const watch = new LedgerWatch({ bus: inbox, store: warehouse, troubles });
    await watch.check(NEVER);
    expect(watch.difference).toBe(50);
    expect(log.lines).toEqual([expect.stringContaining("error the ledger does not add up")]);
    await inbox.close();
    await warehouse.close();
  });
});

it("waits until the bus knows how far the warehouse went back", async () => {
  const stats = { streams: ["a"], acked: 12, depth: 0, bytes: 0, isServing: false };
  const { watch } = watched(stats, { stored: 0, duplicate: 0, quarantined: 0 });
  const stop = new AbortController();
  const running = watch.run(stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(watch.difference).toBe(0);
  Object.assign(stats, { isServing: true });
  await vi.waitFor(() => expect(watch.difference).toBe(12), 10_000);
  stop.abort();
  await running;
});

it("says once that the warehouse has messages of the same inbox that the inbox does not know", async () => {
  const dir = await tempDir();
  const log = new LogRecorder();
  const troubles = new Troubles({ log, clock: systemClock });
  const warehouse = await openDuckDbWarehouse(join(dir, "warehouse"));
  const open = () => Inbox.open(join(dir, "inbox"), { maxBytes: 1e9, keepBytes: 1e9, troubles });
  const payload = Buffer.from("refused");
  const run = async (count: number, until: () => boolean) => {
    const inbox = await open();
    for (let i = 0; i < count; i += 1) await inbox.publish({ receivedAtMs: Date.parse(TS), topic: "t", payload });
    const stop = new AbortController();
    const parts = [
      new Ingest({ bus: inbox, store: warehouse, troubles: silentTroubles }).run(stop.signal),
      new LedgerWatch({ bus: inbox, store: warehouse, troubles }).run(stop.signal),
    ];
    await vi.waitFor(() => expect([inbox.stats().depth, until()]).toEqual([0, true]), 10_000);
    stop.abort();
    await Promise.all(parts);
    await inbox.close();
  };
  await run(3, () => true);
  const before = await readdir(join(dir, "inbox"));
  await run(4, () => true);
  for (const name of await readdir(join(dir, "inbox")))
    if (!before.includes(name)) await rm(join(dir, "inbox", name), { recursive: true });
  // As a backup of before would have it.
  await rm(join(dir, "inbox", MARK_FILE));
  expect(log.lines).toEqual([]);
  await run(2, () => log.lines.length > 0);
  expect(log.lines[0]).toContain("messages of this inbox that the inbox does not know");
  expect(troubles.list()).toEqual([]);
  await warehouse.close();
});
