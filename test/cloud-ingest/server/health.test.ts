import { describe, expect, test } from "vitest";
import { aRun } from "../../support/job-run.ts";
import { basic, client, goodJobs, goodVitals, reader, serverParts } from "./server-fixture.ts";

const run = (job: string, finishedAt: string, outcome: "ok" | "failed" = "ok") =>
  aRun({ job, startedAt: finishedAt, finishedAt, outcome });

test.each([
  { name: "all well", vitals: {}, after: 0, faults: [] },
  { name: "messages wait, ingest works", vitals: { inboxDepth: 5 }, after: 30, faults: [] },
  { name: "messages wait, ingest stands", vitals: { inboxDepth: 5 }, after: 180, faults: ["ingest-stuck"] },
  { name: "nothing for 20 minutes", vitals: {}, after: 1200, faults: ["silent"] },
  { name: "never anything, just started", vitals: { lastStoredAt: undefined }, after: 600, faults: [] },
  { name: "never anything", vitals: { lastStoredAt: undefined }, after: 1200, faults: ["silent"] },
  {
    name: "stored by a clock that was a month ahead, then nothing",
    ...{ vitals: { lastStoredAt: "2026-12-23T00:00:00Z", inboxDepth: 5 }, after: 1200 },
    faults: ["ingest-stuck", "silent"],
  },
])("$name: $faults", async ({ vitals, after, faults }) => {
  const parts = { ...serverParts(), vitals: () => ({ ...goodVitals, ...vitals }) };
  const ask = client(parts);
  await ask("/healthz");
  parts.clock.advance(after);
  const answer = await ask("/healthz");
  expect(answer.json().faults).toEqual(faults);
  expect(answer.statusCode).toBe(faults.length === 0 ? 200 : 503);
});

test("what is stored now counts, whatever the wall clock says", async () => {
  let lastStoredAt = "2030-01-01T00:00:00Z";
  const parts = { ...serverParts(), vitals: () => ({ ...goodVitals, lastStoredAt }) };
  const ask = client(parts);
  await ask("/healthz");
  parts.clock.advance(1200);
  lastStoredAt = "2026-11-23T11:49:00Z";
  expect((await ask("/healthz")).json()).toMatchObject({ status: "ok", ingestAgeS: 0 });
});

test.each([
  {
    name: "the last run of a job failed",
    jobs: { lastRuns: [run("a", "2026-11-23T11:20:00Z", "failed")] },
    faults: ["job-failed"],
  },
  { name: "it was good", jobs: { lastRuns: [run("a", "2026-11-23T11:20:00Z")] }, faults: [] },
  { name: "no job ended for 26 hours", jobs: { quietS: 26 * 3600 + 1 }, faults: ["jobs-silent"] },
  {
    name: "a run of the future hides no silence",
    ...{ jobs: { lastRuns: [run("a", "2031-01-01T00:00:00Z")], quietS: 30 * 3600 }, faults: ["jobs-silent"] },
  },
  { name: "a job runs for more than 6 hours", jobs: { runningS: 6 * 3600 + 1 }, faults: ["job-stuck"] },
])("$name: $faults", async ({ jobs, faults }) => {
  const answer = await client({ ...serverParts(), jobs: () => ({ ...goodJobs, ...jobs }) })("/healthz");
  expect(answer.json().faults).toEqual(faults);
});

test("a server alone judges neither ingest nor jobs, and has no metrics of theirs", async () => {
  const { jobs: _, ...parts } = serverParts();
  const ask = client({ ...parts, vitals: () => ({}) });
  await ask("/healthz");
  parts.clock.advance(30 * 3600);
  const answer = await ask("/healthz");
  expect([answer.statusCode, answer.json().faults, answer.json().lastRuns]).toEqual([200, [], []]);
  const { body } = await ask("/metrics");
  expect(body).toContain('kazoe_trouble{code="inbox-full"} 0\n');
  expect(body).not.toMatch(/^kazoe_(acked|stored|inbox|ingest|last_stored|connections|job_runs)/m);
});

test("details for operators only", async () => {
  const ask = client(serverParts([reader("boss", "t-all"), reader("shop", "t-acme", "acme")]));
  expect((await ask("/healthz")).json()).toEqual({ status: "ok" });
  expect((await ask("/healthz", basic("shop", "t-acme"))).json()).toEqual({ status: "ok" });
  expect((await ask("/healthz", basic("boss", "t-all"))).json()).toMatchObject({
    ingestAgeS: 0,
    vitals: { acked: 12 },
  });
});

describe("from memory", () => {
  test("a thousand questions ask the warehouse nothing", async () => {
    const parts = serverParts();
    let asked = 0;
    const warehouse = new Proxy(parts.warehouse, {
      get: (target, name) => {
        if (name !== "lastSeen") asked += 1;
        return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
      },
    });
    const ask = client({ ...parts, warehouse });
    for (let time = 0; time < 500; time += 1) await ask("/healthz");
    for (let time = 0; time < 500; time += 1) await ask("/metrics");
    expect([asked, parts.warehouse.lastSeenCalls]).toEqual([0, 1]);
  });

  test.each([
    { name: "fails", lastSeen: () => Promise.reject(new Error("closed")), faults: ["warehouse-unreadable"] },
    { name: "hangs", lastSeen: () => new Promise<never>(() => {}), faults: [] },
  ])("a warehouse that $name stops neither: $faults", async ({ lastSeen, faults }) => {
    const parts = serverParts();
    parts.warehouse.lastSeen = lastSeen;
    parts.warehouse.runs = lastSeen;
    const ask = client(parts);
    await ask("/healthz");
    expect((await ask("/healthz")).json().faults).toEqual(faults);
    expect((await ask("/metrics")).body).toContain(`kazoe_trouble{code="warehouse-unreadable"} ${faults.length}\n`);
  });
});

describe("metrics", () => {
  test("the ledger, the inbox, the jobs, the stores; never a device", async () => {
    const counts = [{ job: "roll-up", outcome: "ok", count: 3 }] as const;
    const ask = client({ ...serverParts(), jobs: () => ({ ...goodJobs, counts }) });
    await ask("/metrics");
    const { body, headers } = await ask("/metrics");
    expect(headers["content-type"]).toContain("text/plain");
    for (const line of [
      ...["kazoe_acked_total 12", "kazoe_stored_total 9", "kazoe_duplicate_total 1", "kazoe_quarantined_total 2"],
      ...[
        "kazoe_inbox_depth 0",
        "kazoe_inbox_bytes 0",
        "kazoe_connections 1",
        "kazoe_broker_held_bytes 0",
        "kazoe_ingest_lag_seconds 0",
      ],
      'kazoe_job_runs_total{job="roll-up",outcome="ok"} 3',
      'kazoe_store_silence_seconds{tenant="acme",store="ginza"} 20',
    ])
      expect(body).toContain(`${line}\n`);
    expect(body).not.toContain("cam-01");
  });

  test("lag is the time since ingest last stored, while messages wait", async () => {
    const parts = { ...serverParts(), vitals: () => ({ ...goodVitals, inboxDepth: 3 }) };
    const ask = client(parts);
    await ask("/metrics");
    parts.clock.advance(60);
    expect((await ask("/metrics")).body).toContain("kazoe_ingest_lag_seconds 60\n");
  });
});
