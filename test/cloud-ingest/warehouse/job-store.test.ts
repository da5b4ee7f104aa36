import { expect, test } from "vitest";
import { DuckDbJobStore } from "../../../cloud-ingest/warehouse/duckdb/job-store.ts";
import { aRun } from "../../support/job-run.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { careOf, openDatabase } from "./open-database.ts";

const run = (startedAt: string) => aRun({ startedAt, finishedAt: startedAt });

test("runs that an older version recorded come before those of this one, whatever their times say", async () => {
  const database = await openDatabase(await tempDir());
  const old = ["2031-01-01T00:00:00", "2026-11-23T00:00:00"];
  for (const time of old)
    await database.write((session) =>
      session.run(
        "INSERT INTO job_run (job, started_at, finished_at, outcome, details) VALUES ('roll-up', $1, $1, 'ok', '{}')",
        [time],
      ),
    );
  const jobs = new DuckDbJobStore(database, careOf(database));
  await jobs.recordRun(run("2026-11-24T00:00:00.000Z"));
  await jobs.recordRun(run("2026-11-23T12:00:00.000Z"));
  expect((await jobs.runs(3)).map((one) => one.startedAt)).toEqual([
    "2026-11-23T12:00:00.000Z",
    "2026-11-24T00:00:00.000Z",
    "2031-01-01T00:00:00.000Z",
  ]);
  await database.close();
});

test("keeps the last thousand runs of a job, whatever other jobs do", async () => {
  const database = await openDatabase(await tempDir());
  await database.write((session) =>
    session.run(
      `INSERT INTO job_run (number, job, started_at, finished_at, outcome, details)
       SELECT i + 1, CASE WHEN i < 5 THEN 'archive' ELSE 'roll-up' END, TIMESTAMP '2026-03-01', TIMESTAMP '2026-03-01', 'ok', i::VARCHAR
       FROM range(1005) t(i)`,
    ),
  );
  const jobs = new DuckDbJobStore(database, careOf(database));
  await jobs.recordRun({ ...run("2026-02-01T00:00:00+09:00"), outcome: "failed", details: "last" });
  const runs = await jobs.runs(2000);
  const kept = (job: string) => runs.filter((one) => one.job === job);
  expect([kept("roll-up").length, kept("archive").length]).toEqual([1000, 5]);
  expect(kept("roll-up").at(-1)?.details).toBe("6");
  expect(runs[0]).toMatchObject({
    ...{ job: "roll-up", outcome: "failed", details: "last" },
    ...{ startedAt: "2026-01-31T15:00:00.000Z", finishedAt: "2026-01-31T15:00:00.000Z" },
  });
  await database.close();
});
