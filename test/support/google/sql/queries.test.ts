import { BigQuery, type Query } from "@google-cloud/bigquery";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { sqlRig } from "./sql-rig.ts";

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

const HOME = { defaultDataset: { projectId: "kazoe-test", datasetId: "shop" } };

describe("queries", () => {
  const cases: { name: string; query: string; more?: Omit<Query, "query">; rows: unknown }[] = [
    { name: "no table", query: "SELECT 1 AS one, 'x' text", rows: [{ one: 1, text: "x" }] },
    {
      name: "a table in backticks",
      query: "SELECT event_id FROM `kazoe-test.shop.counts` WHERE entries > 3 ORDER BY entries",
      rows: [{ event_id: "e2" }, { event_id: "e2" }],
    },
    { name: "a project with a dash", query: "SELECT COUNT(*) n FROM kazoe-test.shop.counts", rows: [{ n: 3 }] },
    { name: "parts in backticks", query: "SELECT COUNT(*) n FROM `kazoe-test`.`shop`.`counts`", rows: [{ n: 3 }] },
    { name: "a default dataset", query: "SELECT COUNT(*) AS n FROM counts", more: HOME, rows: [{ n: 3 }] },
    {
      name: "all types",
      query: `SELECT TRUE AS b, 1.5 AS f, DATE '2026-01-02' AS d, DATETIME '2026-01-02 03:04:05.5' AS dt,
        TIMESTAMP '2026-01-02 03:04:05+09' AS ts, JSON '{"a": [1]}' AS j, b'ab' AS bytes, TIME '01:02:03' AS t,
        [1, 2] AS a, STRUCT(1 AS x, 'y' AS y) AS s, [STRUCT(1 AS x)] AS l, NUMERIC '1.50' AS n`,
      rows: [
        {
          b: true,
          f: 1.5,
          d: "2026-01-02",
          dt: "2026-01-02T03:04:05.500",
          ts: "2026-01-01T18:04:05.000Z",
          j: '{"a":[1]}',
          bytes: "YWI=",
          t: "01:02:03",
          a: [1, 2],
          s: { x: 1, y: "y" },
          l: [{ x: 1 }],
          n: expect.anything(),
        },
      ],
    },
    { name: "columns without a name", query: "SELECT 1, 2 AS two, 3", rows: [{ f0_: 1, two: 2, f1_: 3 }] },
    {
      name: "EXCEPT and REPLACE",
      query: "SELECT * EXCEPT (ts, business_date) REPLACE (entries + 1 AS entries) FROM shop.counts WHERE entries = 3",
      rows: [{ event_id: "e1", entries: 4 }],
    },
    {
      name: "a name by WITH",
      query: "WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a, b",
      rows: [{ x: 1, y: 2 }],
    },
    {
      name: "groups, by an alias",
      query: `SELECT DATE_TRUNC(business_date, MONTH) AS month, SUM(entries) AS n, AVG(entries) AS mean FROM shop.counts
        GROUP BY month HAVING n > 1 ORDER BY month`,
      rows: [{ month: "2026-11-01", n: 18, mean: 6 }],
    },
    {
      name: "groups, by a number",
      query: "SELECT event_id, MAX(entries) AS most FROM shop.counts GROUP BY 1 ORDER BY 2 DESC",
      rows: [
        { event_id: "e2", most: 8 },
        { event_id: "e1", most: 3 },
      ],
    },
    {
      name: "the last of each",
      query: `SELECT event_id, entries FROM shop.counts WHERE TRUE
        QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY ts DESC) = 1 ORDER BY event_id`,
      rows: [
        { event_id: "e1", entries: 3 },
        { event_id: "e2", entries: 8 },
      ],
    },
    {
      name: "the last of each, as one row",
      query: `SELECT last.entries FROM (SELECT ARRAY_AGG(c ORDER BY ts DESC LIMIT 1)[OFFSET(0)] AS last FROM shop.counts AS c
        GROUP BY event_id) ORDER BY 1`,
      rows: [{ entries: 3 }, { entries: 8 }],
    },
    {
      name: "windows",
      query: `SELECT entries, RANK() OVER (ORDER BY entries DESC) AS place,
        SUM(entries) OVER (ORDER BY ts ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS sum FROM shop.counts ORDER BY ts`,
      rows: [
        { entries: 3, place: 3, sum: 3 },
        { entries: 7, place: 2, sum: 10 },
        { entries: 8, place: 1, sum: 18 },
      ],
    },
    {
      name: "joins",
      query: `SELECT s.id, c.entries FROM UNNEST(['e1', 'e3']) AS id_ JOIN (SELECT 'e1' AS id UNION ALL SELECT 'e3') AS s ON s.id = id_
        LEFT JOIN shop.counts AS c ON c.event_id = s.id ORDER BY s.id`,
      rows: [
        { id: "e1", entries: 3 },
        { id: "e3", entries: null },
      ],
    },
    {
      name: "a join by USING",
      query: "SELECT * FROM (SELECT 1 AS id, 2 AS a) JOIN (SELECT 1 AS id, 3 AS b) USING (id)",
      rows: [{ id: 1, a: 2, b: 3 }],
    },
    {
      name: "EXISTS, in a correlated query",
      query: `SELECT DISTINCT event_id FROM shop.counts AS c
        WHERE EXISTS (SELECT 1 FROM shop.counts AS d WHERE d.event_id = c.event_id AND d.entries > c.entries)`,
      rows: [{ event_id: "e2" }],
    },
    {
      name: "a query for a value, for a list and for an array",
      query: `SELECT (SELECT MAX(entries) FROM shop.counts) AS most, 3 IN (SELECT entries FROM shop.counts) AS has,
        ARRAY(SELECT entries FROM shop.counts ORDER BY 1 DESC) AS every`,
      rows: [{ most: 8, has: true, every: [8, 7, 3] }],
    },
    {
      name: "a union, ordered and cut",
      query: "SELECT 2 AS n UNION ALL SELECT 1 UNION ALL SELECT 3 ORDER BY n DESC LIMIT 2 OFFSET 1",
      rows: [{ n: 2 }, { n: 1 }],
    },
    {
      name: "NULL is less than all else",
      query: "SELECT n FROM UNNEST([2, NULL, 1]) AS n ORDER BY n",
      rows: [{ n: null }, { n: 1 }, { n: 2 }],
    },
    {
      name: "elements with their place",
      query: "SELECT x, o FROM UNNEST(['a', 'b']) AS x WITH OFFSET AS o ORDER BY o DESC",
      rows: [
        { x: "b", o: 1 },
        { x: "a", o: 0 },
      ],
    },
    {
      name: "elements of a column",
      query: "SELECT id, x FROM (SELECT 1 AS id, [10, 20] AS list), UNNEST(list) AS x ORDER BY x",
      rows: [
        { id: 1, x: 10 },
        { id: 1, x: 20 },
      ],
    },
    {
      name: "elements of a column that may have none",
      query:
        "SELECT id, x FROM (SELECT 1 AS id, [10] AS list UNION ALL SELECT 2, []) LEFT JOIN UNNEST(list) AS x ORDER BY id",
      rows: [
        { id: 1, x: 10 },
        { id: 2, x: null },
      ],
    },
    {
      name: "no array",
      query: "SELECT CAST(NULL AS ARRAY<INT64>) AS a, STRUCT([1] AS b) AS s",
      rows: [{ a: [], s: { b: [1] } }],
    },
    {
      name: "scalars as parameters",
      query: "SELECT @s AS s, @i + 1 AS i, @f AS f, @b AS b, @d AS d, @ts AS ts, @dt AS dt, @none IS NULL AS none",
      more: {
        params: {
          s: "it's",
          i: 1,
          f: 1.5,
          b: true,
          d: BigQuery.date("2026-01-02"),
          ts: BigQuery.timestamp("2026-01-02T03:04:05.123456Z"),
          dt: BigQuery.datetime("2026-01-02T03:04:05"),
          none: null,
        },
        types: { none: "STRING" },
      },
      rows: [
        {
          s: "it's",
          i: 2,
          f: 1.5,
          b: true,
          d: "2026-01-02",
          ts: "2026-01-02T03:04:05.123456000Z",
          dt: "2026-01-02T03:04:05",
          none: true,
        },
      ],
    },
    {
      name: "structs as a parameter",
      query: "SELECT s.id, s.day FROM UNNEST(@spans) AS s WHERE s.id IN UNNEST(@ids) ORDER BY s.id",
      more: {
        params: { spans: [1, 2, 3].map((id) => ({ id, day: BigQuery.date(`2026-01-0${id}`) })), ids: [1, 3] },
      },
      rows: [
        { id: 1, day: "2026-01-01" },
        { id: 3, day: "2026-01-03" },
      ],
    },
    {
      name: "pairs as a parameter, and a struct with a list",
      query:
        "SELECT (1, 'a') IN UNNEST(@pairs) AS yes, (1, 'b') IN UNNEST(@pairs) AS none, 2.0 IN UNNEST([1, 2]) AS two, @s AS s",
      more: { params: { pairs: [{ n: 1, s: "a" }], s: { a: 1, list: [1, 2] } } },
      rows: [{ yes: true, none: false, two: true, s: { a: 1, list: [1, 2] } }],
    },
    {
      name: "an empty list as a parameter",
      query: "SELECT COUNT(*) AS n FROM UNNEST(@spans)",
      more: { params: { spans: [] }, types: { spans: [{ id: "INT64" }] } },
      rows: [{ n: 0 }],
    },
    {
      name: "a column compared with a text, and a text as parameter",
      query: "SELECT COUNT(*) AS n FROM shop.counts WHERE business_date = '2026-11-26' AND ts < @until",
      more: { params: { until: "2026-11-26 09:30:00" } },
      rows: [{ n: 1 }],
    },
    {
      name: "positional parameters",
      query: "SELECT ? AS a, ? AS b",
      more: { params: [1, "x"] },
      rows: [{ a: 1, b: "x" }],
    },
    {
      name: "texts that look like SQL",
      query: `SELECT 'FROM x -- ; \\' @p' AS a, "it's" AS b, '''tri'ple''' AS c, r'\\n' AS d -- ; 'end`,
      rows: [{ a: "FROM x -- ; ' @p", b: "it's", c: "tri'ple", d: "\\n" }],
    },
    {
      name: "partitions of a table",
      query:
        "SELECT partition_id, total_rows, total_logical_bytes FROM shop.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'counts' ORDER BY 1",
      rows: [
        { partition_id: "20261125", total_rows: 1, total_logical_bytes: 28 },
        { partition_id: "20261126", total_rows: 2, total_logical_bytes: 56 },
      ],
    },
  ];
  test.each(cases)("$name", async ({ query, more, rows }) => {
    const it = await sqlRig();
    expect(await it.rows(query, more)).toEqual(rows);
  });

  test("rows are seen as soon as they came", async () => {
    const it = await sqlRig();
    const count = "SELECT COUNT(*) AS n FROM shop.counts";
    const counts = it.table("counts");
    expect(await it.rows(count)).toEqual([{ n: 3 }]);
    counts.stream([counts.rowOf({ event_id: "e9" })]);
    expect(await it.rows(count)).toEqual([{ n: 4 }]);
    counts.write([], { replace: true, partition: "20261126" });
    expect(await it.rows(count)).toEqual([{ n: 2 }]);
    await it.rows("ALTER TABLE shop.counts ADD COLUMN zone STRING");
    counts.stream([counts.rowOf({ event_id: "e10", zone: "till" })]);
    expect(await it.rows("SELECT event_id, zone FROM shop.counts ORDER BY ts NULLS LAST, zone")).toEqual([
      { event_id: "e1", zone: null },
      { event_id: "e9", zone: null },
      { event_id: "e10", zone: "till" },
    ]);
  });
});
