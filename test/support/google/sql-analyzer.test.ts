import { beforeAll, describe, expect, it } from "vitest";
import { hasGoogleSql } from "./googlesql/service.ts";
import { SqlAnalyzer } from "./sql-analyzer.ts";

const COUNTS = [
  { name: "event_id", type: "STRING", mode: "REQUIRED" },
  { name: "day", type: "DATE" },
  { name: "n", type: "INT64" },
  { name: "ts", type: "TIMESTAMP" },
  { name: "tags", type: "STRING", mode: "REPEATED" },
  { name: "zone", type: "RECORD", fields: [{ name: "name", type: "STRING" }] },
];
const TABLES = { "kazoe-test.shop.counts": COUNTS, "shop.daily": COUNTS.slice(0, 3) };

const GOOD = [
  { name: "a name in one pair of backticks", sql: "SELECT event_id FROM `kazoe-test.shop.counts`" },
  {
    name: "a name in three",
    sql: "SELECT c.n FROM `kazoe-test`.`shop`.`counts` AS c JOIN shop.daily USING (event_id)",
  },
  {
    name: "a name without its project",
    sql: "SELECT zone.name, tags[OFFSET(0)] FROM shop.counts, UNNEST(tags) AS tag WITH OFFSET AS i",
  },
  {
    name: "a MERGE",
    sql: `MERGE shop.daily AS t USING (SELECT event_id, day, n FROM shop.counts) AS s ON FALSE
          WHEN NOT MATCHED BY SOURCE AND t.day IN UNNEST(@days) THEN DELETE
          WHEN NOT MATCHED THEN INSERT (event_id, day, n) VALUES (s.event_id, s.day, s.n)`,
  },
  {
    name: "a view",
    sql: `CREATE OR REPLACE VIEW shop.latest AS SELECT * EXCEPT (ts) FROM shop.counts WHERE TRUE
          QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY ts DESC) = 1`,
  },
  {
    name: "zones and quarters",
    sql: "SELECT DATETIME(ts, @zone), TIMESTAMP_BUCKET(ts, INTERVAL 15 MINUTE), DATE(ts, 'Asia/Tokyo') FROM shop.counts",
  },
  {
    name: "sums",
    sql: "SELECT day, SUM(n), SAFE_DIVIDE(SUM(n), COUNTIF(n > 0)), ANY_VALUE(event_id HAVING MAX ts) FROM shop.counts GROUP BY day",
  },
  {
    name: "a table",
    sql: "CREATE TABLE shop.new (day DATE NOT NULL, n INT64) PARTITION BY day CLUSTER BY n OPTIONS (description = 'x')",
  },
  {
    name: "a transaction",
    sql: "BEGIN TRANSACTION; DELETE FROM shop.daily WHERE day = '2026-11-01'; COMMIT TRANSACTION;\n",
  },
  { name: "a limit as a parameter", sql: "SELECT n FROM shop.daily ORDER BY n LIMIT @most" },
  { name: "a text as a date", sql: "INSERT INTO shop.daily (event_id, day) VALUES ('e1', '2026-11-01')" },
];

const BAD = [
  {
    name: "a table that is not there",
    sql: "SELECT 1 FROM shop.nowhere",
    error: "Table not found: shop.nowhere [at 1:15]",
  },
  { name: "a column that is not there", sql: "SELECT m FROM shop.counts", error: "Unrecognized name: m [at 1:8]" },
  {
    name: "a quoted name of DuckDB",
    sql: 'SELECT "n" + 1 FROM shop.counts',
    error: 'Could not cast literal "n"',
  },
  {
    name: "a function of DuckDB",
    sql: "SELECT strftime(ts, '%Y') FROM shop.counts",
    error: "Function not found: strftime",
  },
  {
    name: "arguments in DuckDB's order",
    sql: "SELECT DATE_TRUNC('day', day) FROM shop.counts",
    error: 'Could not cast literal "day" to type DATE',
  },
  { name: "a type of DuckDB", sql: "CREATE TABLE shop.new (name VARCHAR)", error: "Type not found: VARCHAR" },
  {
    name: "a date beside a time",
    sql: "SELECT n FROM shop.counts WHERE day = ts",
    error: "argument types: DATE, TIMESTAMP",
  },
  {
    name: "a column neither grouped nor summed",
    sql: "SELECT day, SUM(n) FROM shop.counts",
    error: "neither grouped nor aggregated",
  },
  { name: "DELETE of everything, unsaid", sql: "DELETE FROM shop.daily", error: "DELETE must have a WHERE clause" },
  {
    name: "ON CONFLICT",
    sql: "INSERT INTO shop.daily (n) VALUES (1) ON CONFLICT DO NOTHING",
    error: "ON CONFLICT is not supported",
  },
  {
    name: "a computed limit",
    sql: "SELECT n FROM shop.daily ORDER BY n LIMIT 1 + 1",
    error: "LIMIT expects an integer literal or parameter",
  },
  { name: "RETURN", sql: "INSERT INTO shop.daily (n) VALUES (1) THEN RETURN n", error: "THEN RETURN is not supported" },
  {
    name: "a wrong type in the second statement",
    sql: "SELECT '日'; INSERT INTO shop.daily (day) VALUES (1)",
    error: "Value has type INT64 which cannot be inserted into column day, which has type DATE [at 1:50]",
  },
];

describe.skipIf(!hasGoogleSql())("SqlAnalyzer", () => {
  let analyzer: SqlAnalyzer;
  beforeAll(async () => {
    analyzer = await SqlAnalyzer.of(TABLES);
  });

  it.each(GOOD)("takes $name", ({ sql }) => {
    analyzer.check(sql);
  });

  it.each(BAD)("refuses $name", ({ sql, error }) => {
    expect(() => analyzer.check(sql)).toThrow(error);
  });

  it("refuses a column of a type that it does not know", async () => {
    await expect(SqlAnalyzer.of({ "shop.t": [{ name: "r", type: "RANGE" }] })).rejects.toThrow("column r has a type");
  });
});
