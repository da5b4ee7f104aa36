import { expect, test } from "vitest";
import { JobRunner } from "../../../cloud-ingest/jobs/job.ts";
import { JobHistory } from "../../../cloud-ingest/jobs/job-history.ts";
import { FakeWarehouse } from "../../support/fake-warehouse.ts";
import { LogRecorder } from "../../support/log-recorder.ts";
import { ManualClock } from "../../support/manual-clock.ts";

function setUp(statements: number) {
  const warehouse = Object.assign(new FakeWarehouse(), {
    measureCost: async <T>(work: () => Promise<T>) => {
      return { result: await work(), cost: { statements, bytesEstimated: 5, bytesBilled: 10_485_760 } };
    },
  });
  const [log, clock] = [new LogRecorder(), new ManualClock("2026-11-24T00:30:00Z")];
  const history = new JobHistory({ warehouse, jobs: ["roll-up"], log, clock });
  return { warehouse, runner: new JobRunner({ warehouse, history, log, clock }) };
}

const work = async () => ({ outcome: "ok" as const, details: { rows: 3 } });

test("what a job's statements cost is recorded with it", async () => {
  const { warehouse, runner } = setUp(2);
  await runner.run({ name: "roll-up", work });
  const cost = { statements: 2, bytesEstimated: 5, bytesBilled: 10_485_760 };
  expect(JSON.parse(warehouse.recorded[0]?.details ?? "")).toEqual({ rows: 3, cost });
});

test("a job without statements has no cost", async () => {
  const { warehouse, runner } = setUp(0);
  await runner.run({ name: "roll-up", work });
  expect(JSON.parse(warehouse.recorded[0]?.details ?? "")).toEqual({ rows: 3 });
});
