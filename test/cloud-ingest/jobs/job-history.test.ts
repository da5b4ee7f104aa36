import { expect, test } from "vitest";
import { JobHistory } from "../../../cloud-ingest/jobs/job-history.ts";
import type { JobRun } from "../../../cloud-ingest/warehouse/port.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { aRun } from "../../support/job-run.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const run = (job: string, startedAt: string, outcome: JobRun["outcome"] = "ok") =>
  aRun({ runId: `${job} ${startedAt}`, job, startedAt, finishedAt: outcome === "running" ? null : startedAt, outcome });

function setUp() {
  const [warehouse, log, clock] = [new FakeWarehouse(), new LogRecorder(), new ManualClock("2026-11-24T00:30:00Z")];
  return { warehouse, log, clock, history: new JobHistory({ warehouse, jobs: ["roll-up", "archive"], log, clock }) };
}

test("the run recorded last is the last, though an earlier one has a start in the future", async () => {
  const { warehouse, history } = setUp();
  warehouse.recorded = [run("roll-up", "2031-01-01T00:00:00Z", "failed"), run("roll-up", "2026-11-24T00:00:00Z")];
  await history.load();
  expect(history.stats.lastRuns).toEqual([run("roll-up", "2026-11-24T00:00:00Z")]);
  history.end(run("roll-up", "2026-11-24T00:05:00Z", "failed"));
  expect(history.stats.lastRuns).toEqual([run("roll-up", "2026-11-24T00:05:00Z", "failed")]);
});

test("a job that does not exist any more does not count", async () => {
  const { warehouse, history } = setUp();
  warehouse.recorded = [run("forecast", "2026-11-23T00:00:00Z", "failed"), run("archive", "2026-11-23T02:15:00Z")];
  await history.load();
  expect(history.stats.lastRuns.map(({ job }) => job)).toEqual(["archive"]);
});

test("the warehouse is asked once; what came since is not overwritten, and a failure is told and tried again", async () => {
  const { warehouse, log, history } = setUp();
  const read = warehouse.runs.bind(warehouse);
  let asked = 0;
  warehouse.runs = async (limit) => {
    asked += 1;
    if (asked === 1) throw new Error("closed");
    return read(limit);
  };
  await history.load();
  expect(log.lines).toEqual(["warn earlier job runs could not be read"]);
  warehouse.recorded = [run("roll-up", "2026-11-23T00:00:00Z", "failed"), run("archive", "2026-11-23T00:00:00Z")];
  history.end(run("roll-up", "2026-11-24T00:30:00Z"));
  for (let time = 0; time < 3; time += 1) await history.load();
  expect(asked).toBe(2);
  expect(history.stats.lastRuns.map(({ job, outcome }) => [job, outcome])).toEqual([
    ["roll-up", "ok"],
    ["archive", "ok"],
  ]);
});

test("ages come from the clock that never jumps, and runs since the start are counted", () => {
  const { clock, history } = setUp();
  clock.advance(60);
  expect(history.stats).toMatchObject({ quietS: 60, runningS: 0, counts: [] });
  history.begin(run("roll-up", "2031-01-01T00:00:00Z"));
  clock.advance(30);
  expect(history.stats).toMatchObject({ quietS: 90, runningS: 30 });
  history.end(run("roll-up", "2031-01-01T00:00:00Z"));
  history.end(run("roll-up", "1999-01-01T00:00:00Z"));
  history.end(run("roll-up", "1999-01-01T00:00:00Z", "failed"));
  clock.advance(5);
  expect(history.stats).toMatchObject({ quietS: 5, runningS: 0 });
  expect(history.stats.counts).toEqual([
    { job: "roll-up", outcome: "ok", count: 2 },
    { job: "roll-up", outcome: "failed", count: 1 },
  ]);
});
