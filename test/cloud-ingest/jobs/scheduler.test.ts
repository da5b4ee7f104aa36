import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { datesOf } from "../../../cloud-ingest/calendar.ts";
import type { JobsConfig } from "../../../cloud-ingest/config.ts";
import { Scheduler } from "../../../cloud-ingest/jobs/scheduler.ts";
import { Registry } from "../../../cloud-ingest/registry/registry.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { aRun } from "../../support/job-run.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { QUIET_JOBS } from "../../support/quiet-jobs.ts";
import { tokyoStore } from "../../support/sample-traffic.ts";

const registry = async () => new Registry([], { holidays: () => new Map() });
const EVERY_SECOND = "* * * * * *";

function setUp(jobs: Partial<JobsConfig> = {}, stores = [tokyoStore]) {
  const warehouse = new FakeWarehouse();
  warehouse.stale.set("acme/ginza", ["2026-11-23"]);
  const [log, clock] = [new LogRecorder(), new ManualClock("2026-11-24T00:30:00Z")];
  const config = { ...QUIET_JOBS, ...jobs };
  return {
    warehouse,
    log,
    clock,
    scheduler: new Scheduler({ config, stores, warehouse, registry, modelDir: "/nonexistent", log, clock }),
  };
}

describe("by hand", () => {
  test("a roll-up is run and recorded", async () => {
    const { scheduler, warehouse, log } = setUp();
    const run = await scheduler.runNow("roll-up");
    expect(run).toMatchObject({ job: "roll-up", outcome: "ok", startedAt: "2026-11-24T00:30:00.000Z" });
    expect(JSON.parse(run.details)).toEqual({ stores: 1, dates: 1, rows: 10 });
    expect(warehouse.recorded).toEqual([run]);
    expect(log.lines).toEqual(["info job done"]);
  });

  test.each([
    { hotDays: 3, upTo: "2026-11-20" },
    { hotDays: 0, upTo: "2026-11-23" },
  ])("archive with $hotDays hot days goes up to $upTo, never to the open day", async ({ hotDays, upTo }) => {
    const { scheduler, warehouse } = setUp({ hotDays });
    const run = await scheduler.runNow("archive");
    expect(JSON.parse(run.details)).toEqual({ upTo, partitions: 1, rows: 100 });
    expect(warehouse.archivedUpTo).toEqual([upTo]);
  });

  test.each(["roll-up", "archive"] as const)("a failing %s is recorded and logged, not thrown", async (job) => {
    const { scheduler, warehouse, log } = setUp();
    warehouse.failure = new Error("disk full");
    const run = await scheduler.runNow(job);
    expect(run.outcome).toBe("failed");
    expect(run.details).toContain("disk full");
    expect(log.lines).toEqual(["error job failed"]);
  });

  test("a run that cannot be recorded is told and kills nothing", async () => {
    const { scheduler, warehouse, log } = setUp();
    warehouse.recordRun = async () => {
      throw new Error("closed");
    };
    expect((await scheduler.runNow("roll-up")).outcome).toBe("ok");
    expect(log.lines).toContain("error job run not recorded");
  });

  test("jobs run one after the other", async () => {
    const { scheduler, warehouse } = setUp();
    const gate = deferred();
    warehouse.gate = gate.promise;
    const runs = [scheduler.runNow("roll-up"), scheduler.runNow("archive")];
    await sleep(20);
    expect(warehouse.archivedUpTo).toEqual([]);
    gate.resolve();
    expect((await Promise.all(runs)).map((run) => run.job)).toEqual(["roll-up", "archive"]);
  });
});

describe("by the clock", () => {
  test("starts by cron; a time that comes while the job runs is left out; stop waits for the running one", async () => {
    const { scheduler, warehouse, log } = setUp({ rollUp: EVERY_SECOND });
    const [gate, stop] = [deferred(), new AbortController()];
    warehouse.gate = gate.promise;
    const running = scheduler.run(stop.signal);
    await vi.waitFor(() => expect(log.lines).toContain("warn job still runs, this time is left out"), 5000);
    stop.abort();
    const early = await Promise.race([running.then(() => "stopped"), sleep(50).then(() => "waits")]);
    expect(early).toBe("waits");
    gate.resolve();
    await running;
    expect(warehouse.recorded).toHaveLength(1);
    await sleep(1100);
    expect(warehouse.recorded).toHaveLength(1);
  });

  test("a time in a zone starts the job once, also when the process slept over it", async () => {
    const schedule = { cron: "5 30 9 * * *", timezone: "Asia/Tokyo" };
    const { scheduler, warehouse, clock } = setUp({ archive: schedule });
    await during(scheduler, async () => {
      await sleep(1_100);
      expect(warehouse.recorded).toHaveLength(0);
      clock.advance(60);
      await vi.waitFor(() => expect(warehouse.recorded).toHaveLength(1), 3_000);
      await sleep(1_100);
      expect(warehouse.recorded).toHaveLength(1);
    });
  });

  test("a stop lets the present call finish and begins no other", async () => {
    const warehouse = new FakeWarehouse();
    const stores = ["a", "b", "c"].map((store) => ({ ...tokyoStore, store }));
    const dates = datesOf({ from: "2010-01-01", to: "2026-11-23" });
    for (const { store } of stores) warehouse.stale.set(`acme/${store}`, dates);
    const [gate, stop, clock] = [deferred(), new AbortController(), new ManualClock("2026-11-24T00:30:00Z")];
    warehouse.gate = gate.promise;
    const scheduler = new Scheduler({
      config: QUIET_JOBS,
      stores,
      warehouse,
      registry,
      modelDir: "/nonexistent",
      log: new LogRecorder(),
      clock,
    });
    const running = scheduler.run(stop.signal);
    const run = scheduler.runNow("roll-up");
    await sleep(20);
    stop.abort();
    await sleep(0);
    gate.resolve();
    await running;
    expect(JSON.parse((await run).details)).toMatchObject({ stores: 3, dates: 4000 });
  });
});

describe("at a start", () => {
  const range = { from: "2026-11-20", to: "2026-11-21" };

  test.each(["running", "stopped"] as const)("a run that was left %s is taken up under its name", async (outcome) => {
    const { scheduler, warehouse, log } = setUp();
    const cut = aRun({ outcome, finishedAt: null, parameters: JSON.stringify(range) });
    warehouse.recorded = [aRun({ outcome: "failed" }), cut];
    await during(scheduler, () => vi.waitFor(() => expect(warehouse.recorded.at(-1)?.outcome).toBe("ok")));
    expect(warehouse.recorded.at(-1)).toMatchObject({ runId: cut.runId, startedAt: cut.startedAt });
    expect(warehouse.rolledUp).toEqual([{ store: "acme/ginza", dates: ["2026-11-20", "2026-11-21"] }]);
    expect(log.lines).toContain("warn a run that was cut off is taken up again");
  });

  test.each([
    { name: "missed", last: "2026-11-23T02:00:00.000Z", runs: 2 },
    { name: "kept", last: "2026-11-23T02:15:00.001Z", runs: 1 },
    { name: "of the future", last: "2031-01-01T00:00:00.000Z", runs: 1 },
  ])("a time that was $name: $runs runs", async ({ last, runs }) => {
    const { scheduler, warehouse } = setUp({ archive: "15 2 * * *" });
    warehouse.recorded = [aRun({ job: "archive", startedAt: last, finishedAt: last })];
    await during(scheduler, () => sleep(30));
    expect(warehouse.recorded).toHaveLength(runs);
  });

  // 2026-11-24 09:30 in Tokyo, 01:30 in Paris.
  test.each([
    { name: "missed in its zone", schedule: { cron: "15 9 * * *", timezone: "Asia/Tokyo" }, runs: 2 },
    { name: "not yet in its zone", schedule: { cron: "15 10 * * *", timezone: "Asia/Tokyo" }, runs: 1 },
    { name: "missed in one store's zone", schedule: { cron: "15 1 * * *", timezone: "stores" }, runs: 2 },
    { name: "not yet in any", schedule: { cron: "15 3 * * *", timezone: "stores" }, runs: 1 },
  ])("a time that was $name: $runs runs", async ({ schedule, runs }) => {
    const stores = [tokyoStore, { ...tokyoStore, store: "paris", timeZone: "Europe/Paris" }];
    const { scheduler, warehouse } = setUp({ archive: schedule }, stores);
    const last = "2026-11-24T00:00:00.000Z";
    warehouse.recorded = [aRun({ job: "archive", startedAt: last, finishedAt: last })];
    await during(scheduler, () => sleep(30));
    expect(warehouse.recorded).toHaveLength(runs);
  });

  test("what was cut off is taken up as soon as the warehouse can be read", async () => {
    const { scheduler, warehouse } = setUp({ rollUp: EVERY_SECOND });
    warehouse.recorded = [aRun({ job: "archive", outcome: "running", finishedAt: null })];
    const runs = warehouse.runs.bind(warehouse);
    let asked = 0;
    warehouse.runs = async (limit) => {
      asked += 1;
      if (asked === 1) throw new Error("closed");
      return runs(limit);
    };
    const archived = () => warehouse.recorded.filter(({ job, outcome }) => job === "archive" && outcome === "ok");
    await during(scheduler, () => vi.waitFor(() => expect(archived()).toHaveLength(1), 5_000));
  });

  test("an unknown job is said with those that there are", async () => {
    const { scheduler } = setUp();
    await expect(scheduler.runNow("forcast")).rejects.toMatchObject({
      code: "USAGE",
      hint: "Jobs: roll-up, archive, quality, forecast, forecast-today, renew-forecast, cluster.",
    });
  });
});

async function during(scheduler: Scheduler, use: () => Promise<unknown>): Promise<void> {
  const stop = new AbortController();
  const running = scheduler.run(stop.signal);
  try {
    await use();
  } finally {
    stop.abort();
    await running;
  }
}

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
