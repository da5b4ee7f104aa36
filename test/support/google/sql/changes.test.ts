import { BigQuery, type Query } from "@google-cloud/bigquery";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { failureOf, PROJECT, type SqlRig, sqlRig } from "./sql-rig.ts";

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

const COUNTS = `${PROJECT}.shop.counts`;

/** What stands in `counts`, in the order of its rows. */
function entriesOf({ store }: SqlRig) {
  return store.rows(COUNTS).map(({ event_id, entries }) => [event_id, entries]);
}

describe("statements that change rows", () => {
  const cases: { name: string; sql: string; more?: Omit<Query, "query">; entries: unknown; stats: string }[] = [
    {
      name: "INSERT of values",
      sql: "INSERT INTO shop.counts (event_id, business_date, entries) VALUES ('n1', '2026-11-27', 1), ('n2', DEFAULT, NULL)",
      entries: [
        ["e1", 3],
        ["e2", 7],
        ["e2", 8],
        ["n1", 1],
        ["n2", null],
      ],
      stats: "2 0 0",
    },
    {
      name: "INSERT of a query, without INTO",
      sql: "INSERT shop.counts (event_id, entries) SELECT CONCAT('x', event_id), entries * 2 FROM shop.counts WHERE entries < 8",
      entries: [
        ["e1", 3],
        ["e2", 7],
        ["e2", 8],
        ["xe1", 6],
        ["xe2", 14],
      ],
      stats: "2 0 0",
    },
    {
      name: "INSERT of structs that are a parameter",
      sql: "INSERT INTO shop.counts (event_id, business_date, entries) SELECT r.id, r.day, r.n FROM UNNEST(@rows) AS r",
      more: { params: { rows: [{ id: "n1", day: BigQuery.date("2026-11-27"), n: 5 }] } },
      entries: [
        ["e1", 3],
        ["e2", 7],
        ["e2", 8],
        ["n1", 5],
      ],
      stats: "1 0 0",
    },
    {
      name: "UPDATE",
      sql: "UPDATE shop.counts SET entries = entries + 1, ts = DEFAULT WHERE event_id = 'e2'",
      entries: [
        ["e1", 3],
        ["e2", 8],
        ["e2", 9],
      ],
      stats: "0 2 0",
    },
    {
      name: "UPDATE from another table",
      sql: "UPDATE shop.counts AS c SET entries = n.n FROM (SELECT 'e1' AS id, 30 AS n) AS n WHERE c.event_id = n.id",
      entries: [
        ["e2", 7],
        ["e2", 8],
        ["e1", 30],
      ],
      stats: "0 1 0",
    },
    {
      name: "DELETE",
      sql: "DELETE shop.counts WHERE business_date = DATE '2026-11-26' AND entries = @n",
      more: { params: { n: 7 } },
      entries: [
        ["e1", 3],
        ["e2", 8],
      ],
      stats: "0 0 1",
    },
    {
      name: "DELETE of all",
      sql: "DELETE FROM shop.counts WHERE TRUE",
      entries: [],
      stats: "0 0 3",
    },
    {
      name: "MERGE that replaces a day",
      sql: `MERGE shop.counts AS t USING (SELECT 'n1' AS event_id, DATE '2026-11-26' AS business_date, CURRENT_TIMESTAMP() AS ts, 1 AS entries) AS s
        ON FALSE WHEN NOT MATCHED BY SOURCE AND t.business_date = '2026-11-26' THEN DELETE WHEN NOT MATCHED THEN INSERT ROW`,
      entries: [
        ["e1", 3],
        ["n1", 1],
      ],
      stats: "1 0 2",
    },
    {
      name: "MERGE that updates and inserts",
      sql: `MERGE INTO shop.counts t USING UNNEST([STRUCT('e1' AS id, 5 AS n), ('n1', 6)]) s ON t.event_id = s.id
        WHEN MATCHED THEN UPDATE SET entries = t.entries + s.n
        WHEN NOT MATCHED BY TARGET THEN INSERT (event_id, entries) VALUES (s.id, s.n)`,
      entries: [
        ["e2", 7],
        ["e2", 8],
        ["e1", 8],
        ["n1", 6],
      ],
      stats: "1 1 0",
    },
    {
      name: "MERGE whose first WHEN that holds counts",
      sql: `MERGE shop.counts t USING (SELECT 1 AS one) s ON TRUE
        WHEN MATCHED AND t.entries > 7 THEN DELETE WHEN MATCHED AND t.entries > 3 THEN UPDATE SET entries = 0`,
      entries: [
        ["e1", 3],
        ["e2", 0],
      ],
      stats: "0 1 1",
    },
    {
      name: "MERGE by other than equality",
      sql: `MERGE shop.counts t USING (SELECT 5 AS n) s ON t.entries < s.n WHEN NOT MATCHED BY SOURCE THEN DELETE`,
      entries: [["e1", 3]],
      stats: "0 0 2",
    },
  ];
  test.each(cases)("$name", async ({ sql, more, entries, stats }) => {
    const it = await sqlRig();
    const { statistics } = await it.job(sql, more);
    const { insertedRowCount, updatedRowCount, deletedRowCount } = statistics?.query?.dmlStats ?? {};
    expect(entriesOf(it)).toEqual(entries);
    expect([insertedRowCount, updatedRowCount, deletedRowCount].join(" ")).toBe(stats);
    const sum = stats.split(" ").reduce((all, one) => all + Number(one), 0);
    expect(statistics?.query).toMatchObject({ numDmlAffectedRows: String(sum), statementType: sql.split(/\s/)[0] });
    const [{ n }] = JSON.parse(JSON.stringify(await it.rows("SELECT COUNT(*) AS n FROM shop.counts")));
    expect(n).toBe(entriesOf(it).length);
  });

  const refused: { name: string; sql: string; message: RegExp }[] = [
    { name: "DELETE without WHERE", sql: "DELETE FROM shop.counts", message: /must have a WHERE clause/ },
    { name: "UPDATE without WHERE", sql: "UPDATE shop.counts SET entries = 1", message: /must have a WHERE clause/ },
    {
      name: "a text for a number",
      sql: "INSERT INTO shop.counts (event_id, entries) VALUES ('a', '1')",
      message: /STRING cannot be assigned to entries, which has type INT64/,
    },
    {
      name: "NULL where none may be",
      sql: "INSERT INTO shop.counts (entries) VALUES (1)",
      message: /Missing required field: event_id/,
    },
    {
      name: "an unknown column",
      sql: "UPDATE shop.counts SET nope = 1 WHERE TRUE",
      message: /Column nope is not present in table counts/,
    },
    {
      name: "two sources for one row",
      sql: "MERGE shop.counts t USING UNNEST([1, 2]) AS s ON t.event_id = 'e1' WHEN MATCHED THEN UPDATE SET entries = s",
      message: /at most one source row/,
    },
    {
      name: "too few values",
      sql: "INSERT INTO shop.counts (event_id, entries) VALUES ('a')",
      message: /wrong column count/,
    },
    {
      name: "INSERT for rows that match",
      sql: "MERGE shop.counts t USING (SELECT 1 AS n) s ON TRUE WHEN MATCHED THEN INSERT ROW",
      message: /INSERT is not allowed in a WHEN MATCHED clause/,
    },
    {
      name: "more partitions than a job may modify",
      sql: `INSERT INTO shop.counts (event_id, business_date)
        SELECT 'a', DATE_ADD(DATE '2010-01-01', INTERVAL n DAY) FROM UNNEST(GENERATE_ARRAY(1, 4001)) AS n`,
      message: /Too many partitions produced by query, allowed 4000/,
    },
  ];
  test.each(refused)("refused: $name", async ({ sql, message }) => {
    const it = await sqlRig();
    const failure = await failureOf(it.rows(sql));
    expect(failure).toMatchObject({ code: 400, message: expect.stringMatching(message) });
    expect(entriesOf(it)).toHaveLength(3);
  });
});

describe("scripts", () => {
  const cases: { name: string; sql: string; entries: unknown; message?: RegExp }[] = [
    {
      name: "a transaction",
      sql: "BEGIN TRANSACTION; DELETE FROM shop.counts WHERE entries > 3; INSERT shop.counts (event_id, entries) SELECT 'n', COUNT(*) FROM shop.counts; COMMIT TRANSACTION;",
      entries: [
        ["e1", 3],
        ["n", 1],
      ],
    },
    {
      name: "a transaction whose last statement fails",
      sql: "BEGIN TRANSACTION; DELETE FROM shop.counts WHERE entries > 3; INSERT shop.counts (event_id, entries) VALUES ('n', 1); SELECT 1 / 0; COMMIT TRANSACTION;",
      entries: [
        ["e1", 3],
        ["e2", 7],
        ["e2", 8],
      ],
      message: /division by zero/,
    },
    {
      name: "a transaction that is left open",
      sql: "BEGIN TRANSACTION; DELETE FROM shop.counts WHERE TRUE;",
      entries: [
        ["e1", 3],
        ["e2", 7],
        ["e2", 8],
      ],
    },
    {
      name: "a transaction rolled back, and one statement more",
      sql: "BEGIN; DELETE FROM shop.counts WHERE TRUE; ROLLBACK; DELETE FROM shop.counts WHERE entries = 7",
      entries: [
        ["e1", 3],
        ["e2", 8],
      ],
    },
    {
      name: "statements without one, the last of which fails",
      sql: "DELETE FROM shop.counts WHERE entries = 7; SELECT 1 / 0;",
      entries: [
        ["e1", 3],
        ["e2", 8],
      ],
      message: /division by zero/,
    },
    {
      name: "COMMIT alone",
      sql: "SELECT 1; COMMIT TRANSACTION;",
      entries: [
        ["e1", 3],
        ["e2", 7],
        ["e2", 8],
      ],
      message: /COMMIT TRANSACTION is not allowed/,
    },
    {
      name: "a table made in a transaction",
      sql: "BEGIN TRANSACTION; CREATE TABLE shop.other (a INT64); COMMIT TRANSACTION;",
      entries: [
        ["e1", 3],
        ["e2", 7],
        ["e2", 8],
      ],
      message: /not supported in a transaction/,
    },
  ];
  test.each(cases)("$name", async ({ sql, entries, message }) => {
    const it = await sqlRig();
    const failure = await failureOf(it.rows(sql));
    expect(failure?.message ?? "").toMatch(message ?? /^$/);
    expect([...entriesOf(it)].sort()).toEqual(entries);
    expect(await it.rows("SELECT COUNT(*) AS n FROM shop.counts")).toEqual([{ n: entriesOf(it).length }]);
  });

  test("rows that came beside a transaction stay when it is taken back", async () => {
    const it = await sqlRig();
    let go: (value?: unknown) => void = () => {};
    it.fake.faults.add("jobs.run", { kind: "late", until: new Promise((resolve) => (go = resolve)) });
    const [job] = await it.client.createQueryJob(
      "BEGIN TRANSACTION; DELETE FROM shop.counts WHERE TRUE; SELECT 1 / 0;",
    );
    const counts = it.table("counts");
    counts.stream([counts.rowOf({ event_id: "n1" })]);
    go();
    expect(await failureOf(job.getQueryResults())).toMatchObject({ message: expect.stringMatching(/division/) });
    expect(entriesOf(it)).toHaveLength(4);
  });

  test("the last query's rows are the script's, and its statistics say that it is one", async () => {
    const it = await sqlRig();
    const { rows, statistics } = await it.job("SELECT 1 AS a; SELECT 2 AS b;");
    expect(rows).toEqual([{ b: 2 }]);
    expect(statistics).toMatchObject({ numChildJobs: "2", query: { statementType: "SCRIPT" } });
  });
});

describe("how many statements of DML one table takes", () => {
  const update = "UPDATE shop.counts SET entries = 1 WHERE TRUE";

  test("25 in 10 s", async () => {
    const it = await sqlRig();
    for (let statement = 1; statement <= 25; statement++) await it.rows(update);
    expect(await failureOf(it.rows(update))).toMatchObject({ code: 403, reason: "rateLimitExceeded" });
    it.clock.advance(10);
    expect(await failureOf(it.rows(update))).toBeUndefined();
  });

  test("2 that run and 20 that wait", async () => {
    const it = await sqlRig({ limits: { dmlPer10s: 100 } });
    let go: (value?: unknown) => void = () => {};
    const until = new Promise((resolve) => (go = resolve));
    it.fake.faults.add("jobs.run", { kind: "late", until }, { times: 22 });
    const jobs = await Promise.all(Array.from({ length: 23 }, () => it.client.createQueryJob(update)));
    go();
    const failures = await Promise.all(jobs.map(([job]) => failureOf(job.getQueryResults())));
    expect(failures.filter(Boolean)).toMatchObject([{ code: 403, reason: "jobRateLimitExceeded" }]);
  });
});
