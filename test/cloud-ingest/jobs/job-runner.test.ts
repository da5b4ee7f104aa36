import { expect, test, vi } from "vitest";
import type { Alert } from "../../../cloud-ingest/alerts/port.ts";
import type { Job, JobStep } from "../../../cloud-ingest/jobs/job.ts";
import { JobHistory } from "../../../cloud-ingest/jobs/job-history.ts";
import { JobRunner } from "../../../cloud-ingest/jobs/job-runner.ts";
import type { JobStore } from "../../../cloud-ingest/warehouse/port.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { aRun } from "../../support/job-run.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const signal = new AbortController().signal;

function setUp(more: Partial<JobStore> = {}) {
  const warehouse = Object.assign(new FakeWarehouse(), more);
  const [log, clock] = [new LogRecorder(), new ManualClock("2026-11-24T00:30:00Z")];
  const history = new JobHistory({ warehouse, jobs: ["sum"], log, clock });
  const told: Alert[] = [];
  const alerts = { tell: (alert: Alert) => void told.push(alert) };
  return { warehouse, log, history, told, runner: new JobRunner({ warehouse, history, log, clock, alerts }) };
}

/** A job of steps that do what they are given. */
function jobOf(steps: Readonly<Record<string, JobStep["run"]>>, said: Partial<Job> = {}): Job {
  const plan = async () => ({ steps: Object.entries(steps).map(([key, run]) => ({ key, run })) });
  const schedule = { path: "jobs.sum", expression: "0 0 29 2 *", timezone: "UTC" };
  return { name: "sum", description: "", lane: "quick", schedule, stepTimeoutS: 60, retries: 0, plan, ...said };
}

const rows = (count: number) => async () => ({ counts: { rows: count } });

const costing = (statements: number) => ({
  measureCost: async <T>(work: () => Promise<T>) => {
    return { result: await work(), cost: { statements, bytesEstimated: 5, bytesBilled: 10_485_760 } };
  },
});

test("what a job's statements cost is recorded with it", async () => {
  const { runner } = setUp(costing(2));
  const run = await runner.run(jobOf({ a: rows(3) }), { signal });
  const cost = { statements: 2, bytesEstimated: 5, bytesBilled: 10_485_760 };
  expect(JSON.parse(run?.details ?? "")).toEqual({ rows: 3, cost });
});

test("a job without statements has no cost", async () => {
  const { runner } = setUp(costing(0));
  expect(JSON.parse((await runner.run(jobOf({ a: rows(3) }), { signal }))?.details ?? "")).toEqual({ rows: 3 });
});

test("a run is on record, with what was asked for, before anything is done", async () => {
  const { runner, warehouse, told } = setUp();
  const seen: unknown[] = [];
  const look = async () => {
    seen.push(warehouse.recorded[0]);
    return { counts: { rows: 1 } };
  };
  const run = await runner.run(jobOf({ look }), { wish: { from: "2026-01-01", to: "2026-01-31" }, signal });
  const opened = { outcome: "running", finishedAt: null, parameters: '{"from":"2026-01-01","to":"2026-01-31"}' };
  expect(seen).toMatchObject([{ ...opened, runId: run?.runId, codeVersion: expect.stringMatching(/^\d+\.\d+/) }]);
  expect(warehouse.recorded).toEqual([run]);
  expect(told).toMatchObject([
    { type: "job.started", data: { runId: run?.runId, outcome: "running" } },
    { type: "job.ended", data: run },
  ]);
});

test("a run that was cut off goes on under its name, and does again nothing that was done", async () => {
  const { runner, warehouse } = setUp();
  const done: string[] = [];
  const step = (key: string, count: number) => async () => {
    done.push(key);
    return { counts: { rows: count } };
  };
  const job = jobOf({ a: step("a", 1), b: step("b", 2), c: step("c", 4) });
  const stop = new AbortController();
  const stopsIt = async () => {
    stop.abort();
    return step("b", 2)();
  };
  const stopping = jobOf({ a: step("a", 1), b: stopsIt, c: step("c", 4) });
  const cut = await runner.run(stopping, { wish: { tenant: "acme" }, signal: stop.signal });
  expect(cut).toMatchObject({ outcome: "stopped", details: '{"rows":3}' });
  const resumed = await runner.run(job, { ...(cut && { resumed: cut }), signal });
  expect(done).toEqual(["a", "b", "c"]);
  expect(resumed).toMatchObject({ outcome: "ok", details: '{"rows":7}', parameters: '{"tenant":"acme"}' });
  expect(warehouse.recorded.map(({ runId }) => runId)).toEqual([cut?.runId]);
});

test("a step that fails is told, and the others are done", async () => {
  const { runner, told } = setUp();
  const fails = async () => {
    throw new Error("disk full");
  };
  const run = await runner.run(jobOf({ a: rows(1), b: fails, c: rows(4) }), { signal });
  expect(run?.outcome).toBe("failed");
  const failures = [{ step: "b", reason: "disk full" }];
  expect(JSON.parse(run?.details ?? "")).toEqual({ rows: 5, failed: 1, failures });
  expect(told.at(-1)).toMatchObject({ type: "job.failed", data: { runId: run?.runId } });
});

test("when step after step fails, the run ends", async () => {
  const { runner } = setUp();
  let calls = 0;
  const fails = async () => {
    calls += 1;
    throw new Error("disk full");
  };
  const steps = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`s${index}`, fails]));
  expect((await runner.run(jobOf(steps), { signal }))?.outcome).toBe("failed");
  expect(calls).toBe(5);
});

test("a step is tried again as often as its job says", async () => {
  const { runner } = setUp();
  let calls = 0;
  const flaky = async () => {
    calls += 1;
    if (calls === 1) throw new Error("busy");
    return { counts: { rows: 1 } };
  };
  expect((await runner.run(jobOf({ flaky }, { retries: 1 }), { signal }))?.outcome).toBe("ok");
  expect(calls).toBe(2);
});

test("a step that takes too long is told to end, and the run has failed", async () => {
  const { runner } = setUp();
  const slow = (ends: AbortSignal) =>
    new Promise<never>((_, reject) => ends.addEventListener("abort", () => reject(ends.reason)));
  const run = await runner.run(jobOf({ slow }, { stepTimeoutS: 0.02 }), { signal });
  expect(run?.outcome).toBe("failed");
  expect(runner.isStuck("sum")).toBe(false);
});

test.each([
  { name: "all is done", fails: false, told: [true] },
  { name: "a store failed", fails: true, told: [false] },
])("the end of a plan is told that $name", async ({ fails, told }) => {
  const { runner } = setUp();
  const heard: boolean[] = [];
  const failures = fails ? [{ tenant: "acme", store: "ginza", reason: "broken" }] : [];
  const steps = [{ key: "a", run: async () => ({ failures }) }];
  const finish = async (isAllDone: boolean) => void heard.push(isAllDone);
  await runner.run(jobOf({}, { plan: async () => ({ steps, finish }) }), { signal });
  expect(heard).toEqual(told);
});

test("an end that fails is a failed run, and a stop comes before it", async () => {
  const { runner } = setUp();
  const finish = async () => {
    throw new Error("disk full");
  };
  const run = await runner.run(jobOf({}, { plan: async () => ({ steps: [], finish }) }), { signal });
  expect(run).toMatchObject({ outcome: "failed", details: expect.stringContaining("disk full") });
  const stopped = { steps: [{ key: "a", run: rows(1) }], finish };
  const cut = await runner.run(jobOf({}, { plan: async () => stopped }), { signal: AbortSignal.abort() });
  expect(cut?.outcome).toBe("stopped");
});

test("a plan that fails is a failed run", async () => {
  const { runner } = setUp();
  const plan = async () => {
    throw new Error("no such table");
  };
  expect(await runner.run(jobOf({}, { plan }), { signal })).toMatchObject({ outcome: "failed" });
});

test("what another process runs is not run, and leaves no record", async () => {
  const { runner, warehouse } = setUp({ lease: async () => false });
  expect(await runner.run(jobOf({ a: rows(1) }), { signal })).toBeUndefined();
  expect(warehouse.recorded).toEqual([]);
});

test("whoever cannot ask whether another process runs the job does not run it", async () => {
  const lease = async () => {
    throw new Error("no network");
  };
  const { runner, warehouse } = setUp({ lease });
  const run = vi.fn(rows(1));
  expect(await runner.run(jobOf({ run }), { signal })).toMatchObject({ outcome: "failed" });
  expect(run).not.toHaveBeenCalled();
  expect(warehouse.recorded).toHaveLength(1);
});

test("checkpoints of another run are not its own", async () => {
  const { runner, warehouse } = setUp();
  const other = aRun({ job: "sum" });
  await warehouse.recordCheckpoint({ runId: other.runId, step: "a", finishedAt: other.startedAt, details: "{}" });
  const run = await runner.run(jobOf({ a: rows(1), b: rows(2) }), { signal });
  expect(run?.details).toBe('{"rows":3}');
});
