import { expect, test } from "vitest";
import { DuckDbJobStore } from "../../../cloud-ingest/warehouse/duckdb/job-store.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { careOf, openDatabase } from "./open-database.ts";

const run = (startedAt: string) => ({
  ...({ job: "roll-up", startedAt, finishedAt: startedAt, outcome: "ok", details: "{}" } as const),
});

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
