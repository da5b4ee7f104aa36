import { expect, test } from "vitest";
import { Database } from "../../../cloud-ingest/warehouse/duckdb/database.ts";
import { DuckDbJobStore } from "../../../cloud-ingest/warehouse/duckdb/job-store.ts";
import { tempDir } from "../../support/temp-dir.ts";

const run = (startedAt: string) => ({
  ...({ job: "roll-up", startedAt, finishedAt: startedAt, outcome: "ok", details: "{}" } as const),
});

test("runs that an older version recorded come before those of this one, whatever their times say", async () => {
  const database = new Database(await tempDir(), { memoryLimitMb: 256, threads: 1 });
  await database.open();
  const old = ["2031-01-01T00:00:00", "2026-11-23T00:00:00"];
  for (const time of old)
    await database.write((session) =>
      session.run(
        "INSERT INTO job_run (job, started_at, finished_at, outcome, details) VALUES ('roll-up', $1, $1, 'ok', '{}')",
        [time],
      ),
    );
  const jobs = new DuckDbJobStore(database);
  await jobs.recordRun(run("2026-11-24T00:00:00.000Z"));
  await jobs.recordRun(run("2026-11-23T12:00:00.000Z"));
  expect((await jobs.runs(3)).map((one) => one.startedAt)).toEqual([
    "2026-11-23T12:00:00.000Z",
    "2026-11-24T00:00:00.000Z",
    "2031-01-01T00:00:00.000Z",
  ]);
  await database.close();
});
