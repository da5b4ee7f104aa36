import { beforeAll, describe, expect, test, vi } from "vitest";
import { failureOf, sqlRig } from "./sql-rig.ts";

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

const LEAST = 10 * 1024 * 1024;

describe("bytes", () => {
  // A row has an event_id of 2 + 2 bytes, and three columns of 8.
  const cases: { name: string; query: string; bytes: number; billed?: number }[] = [
    { name: "all columns of all rows", query: "SELECT * FROM shop.counts", bytes: 3 * 28 },
    { name: "one column", query: "SELECT entries FROM shop.counts", bytes: 3 * 8 },
    { name: "no column", query: "SELECT COUNT(*) AS n FROM shop.counts", bytes: 0 },
    {
      name: "a column that only a condition reads",
      query: "SELECT entries FROM shop.counts WHERE event_id = 'e1'",
      bytes: 3 * 12,
    },
    { name: "one day", query: "SELECT entries FROM shop.counts WHERE business_date = '2026-11-26'", bytes: 2 * 16 },
    {
      name: "one day of a parameterless list",
      query: "SELECT entries FROM shop.counts WHERE business_date IN ('2026-11-25')",
      bytes: 16,
    },
    {
      name: "days between",
      query: "SELECT entries FROM shop.counts WHERE business_date BETWEEN '2026-11-01' AND '2026-11-25'",
      bytes: 16,
    },
    {
      name: "days after one",
      query: "SELECT entries FROM shop.counts WHERE business_date > '2026-11-25'",
      bytes: 2 * 16,
    },
    {
      name: "a day without rows",
      query: "SELECT entries FROM shop.counts WHERE business_date = '2026-10-26'",
      bytes: 0,
    },
    {
      name: "a column of a query within that nothing asks for",
      query: "SELECT n FROM (SELECT entries AS n, event_id FROM shop.counts)",
      bytes: 3 * 8,
    },
    {
      name: "a table twice",
      query: "SELECT a.entries FROM shop.counts a JOIN shop.counts b ON a.event_id = b.event_id",
      bytes: 3 * 12,
    },
    { name: "no table", query: "SELECT 1 AS n", bytes: 0, billed: 0 },
    { name: "a view", query: "SELECT entries FROM shop.v WHERE business_date = '2026-11-25'", bytes: 28 },
    {
      name: "DELETE, which reads all columns of the partitions",
      query: "DELETE FROM shop.counts WHERE business_date = '2026-11-26'",
      bytes: 2 * 28,
    },
    { name: "INSERT", query: "INSERT shop.counts (event_id) VALUES ('a')", bytes: 0, billed: 0 },
  ];
  test.each(cases)("$name", async ({ query, bytes, billed = LEAST }) => {
    const it = await sqlRig();
    await it.rows(
      "CREATE VIEW shop.v AS SELECT * FROM shop.counts WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY business_date, event_id ORDER BY ts) = 1",
    );
    const [dry] = await it.client.createQueryJob({ query, dryRun: true });
    const { statistics } = await it.job(query);
    for (const each of [dry.metadata.statistics, statistics]) {
      expect(each).toMatchObject({
        totalBytesProcessed: String(bytes),
        query: { totalBytesProcessed: String(bytes), totalBytesBilled: String(billed) },
      });
    }
  });

  test("a dry run gives the columns", async () => {
    const it = await sqlRig();
    const query = "SELECT event_id, [entries] AS list FROM shop.counts";
    const [job] = await it.client.createQueryJob({ query, dryRun: true });
    expect(job.metadata.statistics.query.schema.fields).toMatchObject([
      { name: "event_id", type: "STRING" },
      { name: "list", type: "INTEGER", mode: "REPEATED" },
    ]);
  });

  test("a dry run of what is wrong fails", async () => {
    const it = await sqlRig();
    const dry = it.client.createQueryJob({ query: "SELECT nope FROM shop.counts", dryRun: true });
    expect(await failureOf(dry)).toMatchObject({ code: 400, reason: "invalidQuery" });
  });

  test("more than may be billed fails before it writes", async () => {
    const it = await sqlRig();
    const query = "DELETE FROM shop.counts WHERE TRUE";
    const failure = await failureOf(it.rows(query, { maximumBytesBilled: String(LEAST - 1) }));
    expect(failure).toMatchObject({ reason: "bytesBilledLimitExceeded" });
    expect(it.table("counts").rows).toHaveLength(3);
    expect(await failureOf(it.rows(query, { maximumBytesBilled: String(LEAST) }))).toBeUndefined();
  });
});

describe("planned faults", () => {
  test("a job that is taken and then fails has done nothing", async () => {
    const it = await sqlRig();
    it.fake.faults.add("jobs.run", { kind: "fail", code: 503 });
    const [job] = await it.client.createQueryJob({ query: "DELETE FROM shop.counts WHERE TRUE", jobId: "j1" });
    expect(await failureOf(job.getQueryResults())).toMatchObject({ code: 503, reason: "backendError" });
    expect(it.table("counts").rows).toHaveLength(3);
  });

  test("a job whose answer was lost has run once, under its id", async () => {
    const it = await sqlRig();
    it.fake.faults.add("jobs.insert", { kind: "lose", code: 503 });
    const insert = () => it.client.createQueryJob({ query: "INSERT shop.counts (event_id) VALUES ('a')", jobId: "j1" });
    expect(await failureOf(insert())).toMatchObject({ code: 503 });
    expect(await failureOf(insert())).toMatchObject({ code: 409 });
    await it.fake.jobs()[0]?.done;
    expect(it.table("counts").rows).toHaveLength(4);
  });

  test("an outage: after it the rows are as they were", async () => {
    const it = await sqlRig();
    await it.rows("SELECT COUNT(*) AS n FROM shop.counts");
    await it.fake.stop();
    const port = Number(new URL(String(it.client.apiEndpoint)).port);
    await it.fake.start(port);
    const count = () => it.rows("SELECT COUNT(*) AS n FROM shop.counts");
    // The client may use a connection that the outage closed.
    expect(await vi.waitFor(count, { timeout: 20_000, interval: 10 })).toEqual([{ n: 3 }]);
  });
});
