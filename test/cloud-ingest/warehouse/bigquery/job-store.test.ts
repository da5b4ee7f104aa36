import { expect, it } from "vitest";
import { KEPT_RUNS } from "../../../../cloud-ingest/warehouse/bigquery/job-store.ts";
import { aRun } from "../../../support/job-run.ts";
import { faultRig } from "./fault-rig.ts";

it(`keeps ${KEPT_RUNS} runs of a job and not one more`, async () => {
  const { config, fake, warehouse } = await faultRig();
  await warehouse.recordRun(aRun({ runId: "the-first" }));
  const table = fake.store.table({ projectId: config.project, datasetId: config.dataset, tableId: "job_run" });
  const [first] = table.rows;
  table.stream(
    Array.from({ length: KEPT_RUNS - 1 }, (_, n) => table.rowOf({ ...first, run_id: `run-${n}`, number: n + 2 })),
  );
  await warehouse.archive("2026-03-02");
  expect(table.rows).toHaveLength(KEPT_RUNS);
  await warehouse.recordRun(aRun({ runId: "the-last" }));
  await warehouse.archive("2026-03-02");
  const names = table.rows.map((row) => row.run_id);
  expect(names).toHaveLength(KEPT_RUNS);
  expect(names).not.toContain("the-first");
  expect(names).toContain("the-last");
});
