import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { SinkConfig } from "../../../../cloud-ingest/alerts/alerts-config.ts";
import { AlertEngine, type AlertEngineParts } from "../../../../cloud-ingest/alerts/engine/alert-engine.ts";
import { Delivery } from "../../../../cloud-ingest/alerts/sinks/delivery.ts";
import {
  type Change,
  type Notification,
  NotTaken,
  type ShownAlert,
  type Sink,
} from "../../../../cloud-ingest/alerts/sinks/sink.ts";
import type { StoreInfo } from "../../../../cloud-ingest/warehouse/port.ts";
import { QUIET_ALERTS } from "../../../support/alerts-config.ts";
import { FakeWarehouse } from "../../../support/fake-warehouse.ts";
import { LogRecorder } from "../../../support/log-recorder.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { deviceRecord, healthRow, MINUTE, RULES, START } from "./fleet.ts";

const GINZA: StoreInfo = { tenant: "acme", store: "ginza", name: "Ginza", timeZone: "Asia/Tokyo" };

/** A sink that remembers, and fails as often as it is told to. */
class Remembering implements Sink {
  readonly atOnce = 3;
  readonly heard: Notification[] = [];
  readonly changes: Change[] = [];
  failures: NotTaken[] = [];
  delayMs = 0;
  calls = 0;
  async deliver(notifications: readonly Notification[], signal: AbortSignal): Promise<void> {
    this.calls += 1;
    if (this.delayMs > 0) await new Promise((done) => setTimeout(done, this.delayMs));
    signal.throwIfAborted();
    const failure = this.failures.shift();
    if (failure) throw failure;
    this.heard.push(...notifications);
  }
  async change(change: Change): Promise<void> {
    this.changes.push(change);
  }
}

/** A warehouse that outlives processes, and processes that look once a minute. */
class Shop {
  readonly warehouse = new FakeWarehouse();
  readonly clock = new ManualClock(new Date(START).toISOString());
  readonly log = new LogRecorder();
  sink = new Remembering();
  engine = this.start();
  /** Of devices that are not well; the others are. */
  full = new Set<string>();
  gone = new Set<string>();
  readonly devices = ["ginza-1", "ginza-2", "ginza-3"];

  start(over: Partial<AlertEngineParts> = {}, filter: Partial<SinkConfig> = {}): AlertEngine {
    const { clock, log, warehouse } = this;
    const config = { name: "ops", minSeverity: "info" as const, ...filter };
    const sinks = (open: () => readonly ShownAlert[]) => [
      {
        config,
        delivery: new Delivery({
          name: config.name,
          sink: this.sink,
          store: warehouse,
          clock,
          log,
          perMinute: 600,
          open,
          firstPauseMs: 1,
        }),
      },
    ];
    const parts = { rules: RULES, stores: [GINZA], devices: [], warehouse, clock, log, sinks };
    this.engine = new AlertEngine({ config: QUIET_ALERTS, registry: async () => ({ day: noDay }), ...parts, ...over });
    return this.engine;
  }

  /** Minutes go by, each with a message of each device and a look. */
  async minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute += 1) {
      this.clock.advance(60);
      const nowMs = this.clock.nowMs();
      for (const device of this.devices) {
        if (this.gone.has(device)) continue;
        const numbers = this.full.has(device) ? { diskFreeMb: 1 } : {};
        this.warehouse.health = [
          ...this.warehouse.health,
          healthRow(device, nowMs - 1_000, { numbers: numbers as never }),
        ];
        const others = this.warehouse.records.filter((one) => one.device !== device);
        this.warehouse.records = [...others, deviceRecord(device, new Date(nowMs - 1_000).toISOString())];
      }
      await this.engine.look().catch(() => {});
      await new Promise((done) => setTimeout(done, 2));
    }
  }

  get told(): readonly string[] {
    return this.sink.heard.map(({ kind, alert }) => `${kind} ${alert.subject.device}`);
  }

  async untilTold(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.sink.heard.length).toBeGreaterThanOrEqual(count), {
      timeout: 3_000,
      interval: 5,
    });
  }
}

const noDay = (_place: object, date: string) => ({ date, events: [], shocks: [], moves: [], decisions: [] });

describe("the alert engine", () => {
  test("tells an alert and its end once, though every process is killed right after it has written", async () => {
    const shop = new Shop();
    await shop.minutes(3);
    shop.full.add("ginza-1");
    // Killed at every look: a streak goes on where it was written, so it takes longer.
    await shop.minutes(6);
    shop.start();
    await shop.minutes(3);
    await shop.untilTold(1);
    expect(shop.told).toEqual(["firing ginza-1"]);
    expect(shop.sink.heard[0]?.alert).toMatchObject({ since: new Date(START + 4 * MINUTE - 1_000).toISOString() });
    shop.full.clear();
    shop.start();
    await shop.minutes(8);
    shop.start();
    await shop.minutes(3);
    await shop.untilTold(2);
    expect(shop.told).toEqual(["firing ginza-1", "resolved ginza-1"]);
  });

  test("what was written and not told is told by the next process, after everything has been heard once", async () => {
    const shop = new Shop();
    // Nobody takes anything.
    shop.sink.failures = Array.from({ length: 10_000 }, () => new NotTaken("answered 503"));
    shop.full.add("ginza-1");
    await shop.minutes(10);
    expect(shop.told).toEqual([]);
    shop.sink = new Remembering();
    shop.start();
    await shop.minutes(1);
    // Not before the wait of a start is over.
    expect(shop.told).toEqual([]);
    await shop.minutes(2);
    await shop.untilTold(1);
    expect(shop.told).toEqual(["firing ginza-1"]);
  });

  test("a sink that is new hears what comes from now on; one that was there is told of other rules", async () => {
    const shop = new Shop();
    shop.full.add("ginza-1");
    await shop.minutes(10);
    await shop.untilTold(1);
    const before = shop.sink;
    shop.sink = new Remembering();
    shop.start({}, { name: "another" });
    shop.full.add("ginza-2");
    await shop.minutes(10);
    await shop.untilTold(1);
    expect(shop.told).toEqual(["firing ginza-2"]);
    shop.sink = before;
    shop.start({ rules: RULES.slice(1) });
    await shop.minutes(4);
    expect(before.changes).toMatchObject([{ summary: expect.stringMatching(/rules have changed/) }]);
  });

  test("a source that cannot be read: nothing is judged, nothing ends, and silence of that time is no evidence", async () => {
    const shop = new Shop();
    await shop.minutes(3);
    shop.warehouse.signalFailure = new Error("disk");
    await shop.minutes(30);
    expect(shop.log.lines).toEqual([]);
    expect(shop.engine.isAlive).toBe(false);
    shop.warehouse.signalFailure = undefined;
    // All were heard, but nobody knew: as after an outage of ours.
    const old = new Date(shop.clock.nowMs() - 30 * MINUTE).toISOString();
    shop.warehouse.records = shop.devices.map((device) => deviceRecord(device, old));
    for (const device of shop.devices) shop.gone.add(device);
    const stop = new AbortController();
    const running = shop.start().run(stop.signal);
    await vi.waitFor(() => expect(shop.engine.isAlive).toBe(true));
    stop.abort();
    await running;
    expect(shop.warehouse.alertRows.get("alert") ?? []).toEqual([]);
  });

  test("a sink hears what it asked for: severity and tenants", async () => {
    const shop = new Shop();
    shop.start({}, { minSeverity: "critical" });
    shop.full.add("ginza-1");
    await shop.minutes(10);
    expect(shop.told).toEqual([]);
    shop.start({}, { tenants: ["other"], minSeverity: "info" });
    shop.full.add("ginza-2");
    await shop.minutes(10);
    expect(shop.told).toEqual([]);
  });

  test("of two processes one judges; the other takes over when the lease is free", async () => {
    const shop = new Shop();
    let holder = "";
    const lease = async (_name: string, who: string, ttlS: number) => {
      if (holder !== "" && holder !== who) return false;
      holder = ttlS === 0 ? "" : who;
      return true;
    };
    Object.assign(shop.warehouse, { lease });
    const first = shop.start();
    shop.full.add("ginza-1");
    await shop.minutes(10);
    await shop.untilTold(1);
    const second = shop.start();
    await shop.minutes(3);
    expect([first.isAlive, second.isAlive]).toEqual([expect.any(Boolean), false]);
    holder = "";
    shop.full.clear();
    await shop.minutes(8);
    await shop.untilTold(2);
    expect(shop.told).toEqual(["firing ginza-1", "resolved ginza-1"]);
  });

  test("words of people count from the next look on", async () => {
    const shop = new Shop();
    shop.full.add("ginza-1");
    await shop.minutes(10);
    await shop.untilTold(1);
    const at = new Date(shop.clock.nowMs()).toISOString();
    const word = { wordId: "w", saidAt: at, tenant: "acme", store: "ginza", device: "", alertId: "", word: "closed" };
    await shop.warehouse.addAlerts("alert_word", [
      { ...word, fromAt: at, untilAt: null, saidBy: "anna", note: "renovation" },
    ]);
    await shop.minutes(2);
    await shop.untilTold(2);
    expect(shop.sink.heard[1]).toMatchObject({ kind: "resolved", alert: { ended: "closed" } });
  });
});

describe("delivery", () => {
  async function carry(failures: NotTaken[], numbers: readonly number[], delayMs = 0) {
    const shop = new Shop();
    shop.sink.failures = failures;
    shop.sink.delayMs = delayMs;
    const { warehouse: store, clock, log, sink } = shop;
    const delivery = new Delivery({
      name: "ops",
      sink,
      store,
      clock,
      log,
      perMinute: 600,
      open: () => [],
      firstPauseMs: 1,
    });
    const stop = new AbortController();
    const running = delivery.run(stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await running;
    });
    const { notification, shown } = await import("../sinks/shown.ts");
    delivery.offer(numbers.map((number) => notification(number, "firing", shown({ alertId: `a-${number}` }))));
    const outcomes = () =>
      (store.alertRows.get("alert_delivery") ?? []).map(({ number, outcome }) => `${number} ${outcome}`);
    return { delivery, sink, outcomes, log, notification, shown, stop, running };
  }

  test("what is not taken is sent again, in order, and what is offered twice is sent once", async () => {
    const { delivery, sink, outcomes, notification } = await carry(
      [new NotTaken("answered 500"), new NotTaken("answered 500")],
      [1, 2, 3, 4],
    );
    delivery.offer([notification(2, "firing")]);
    await vi.waitFor(() => expect(outcomes()).toHaveLength(4));
    expect(sink.heard.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    delivery.offer([notification(3, "firing")]);
    await new Promise((done) => setTimeout(done, 20));
    expect(sink.heard).toHaveLength(4);
  });

  test("what is refused for good is on record and in the log, and holds up nothing", async () => {
    const { sink, outcomes, log } = await carry([new NotTaken("answered 400", { isFinal: true })], [1, 2, 3, 4]);
    await vi.waitFor(() => expect(outcomes()).toEqual(["1 refused", "2 refused", "3 refused", "4 delivered"]));
    expect(sink.heard.map(({ number }) => number)).toEqual([4]);
    expect(log.lines).toEqual(["error alerts are not taken, and given up"]);
  });

  test("a call under way at a stop comes to its end, and is not made again by the next start", async () => {
    const { sink, outcomes, stop, running } = await carry([], [1], 100);
    await vi.waitFor(() => expect(sink.calls).toBe(1));
    stop.abort();
    await running;
    expect(outcomes()).toEqual(["1 delivered"]);
    expect(sink.heard).toHaveLength(1);
  });

  test("a receiver that wants to be left alone is", async () => {
    const startMs = Date.now();
    const { outcomes } = await carry([new NotTaken("answered 429", { afterMs: 300 })], [1]);
    await vi.waitFor(() => expect(outcomes()).toHaveLength(1));
    expect(Date.now() - startMs).toBeGreaterThanOrEqual(290);
  });
});
