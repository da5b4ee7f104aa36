import { describe, expect, it } from "vitest";
import { hasGoogleSql } from "./googlesql/service.ts";
import { parseGoogleSql } from "./sql-parser.ts";

const GOOD = [
  {
    name: "QUALIFY",
    sql: "SELECT id FROM d.t WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY id ORDER BY seq) = 1",
  },
  { name: "SELECT * EXCEPT", sql: "SELECT * EXCEPT (seq) FROM `kazoe-test.d.t`" },
  {
    name: "MERGE that replaces the days of its source",
    sql: `MERGE d.t AS t USING (SELECT * FROM d.s) AS s ON FALSE
          WHEN NOT MATCHED BY SOURCE AND t.day IN UNNEST(@days) THEN DELETE
          WHEN NOT MATCHED THEN INSERT (day, n) VALUES (s.day, s.n)`,
  },
  {
    name: "parameters",
    sql: "SELECT id FROM d.t WHERE day IN UNNEST(@days) AND ts < TIMESTAMP_ADD(@from, INTERVAL 1 DAY)",
  },
  {
    name: "STRUCT and ARRAY",
    sql: "SELECT STRUCT<a INT64, b ARRAY<STRING>>(1, ['x']) AS s, ARRAY(SELECT x FROM UNNEST([1, 2]) AS x)",
  },
  {
    name: "CREATE TABLE",
    sql: `CREATE TABLE IF NOT EXISTS d.t (id STRING NOT NULL OPTIONS (description = 'key'), day DATE) PARTITION BY day
          CLUSTER BY id OPTIONS (require_partition_filter = TRUE, labels = [('app', 'kazoe')])`,
  },
  { name: "CREATE VIEW", sql: "CREATE OR REPLACE VIEW d.v OPTIONS (description = 'counts') AS SELECT 1 AS n" },
  {
    name: "a transaction",
    sql: "BEGIN TRANSACTION; DELETE FROM d.t WHERE TRUE; INSERT INTO d.t (id) SELECT 'a'; COMMIT TRANSACTION;",
  },
  { name: "a script", sql: "DECLARE n INT64 DEFAULT 2; IF n > 1 THEN SELECT n; END IF;" },
  {
    name: "time travel and zones",
    sql: "SELECT EXTRACT(HOUR FROM ts AT TIME ZONE @zone) FROM d.t FOR SYSTEM_TIME AS OF @then",
  },
];

const BAD = [
  { name: "a cast of DuckDB", sql: "SELECT n::INT64 FROM d.t", error: 'got ":" [at 1:9]' },
  { name: "a quoted name of DuckDB", sql: 'SELECT id FROM "d"."t"', error: 'Unexpected string literal "d" [at 1:16]' },
  { name: "EXCLUDE of DuckDB", sql: "SELECT * EXCLUDE (seq) FROM d.t", error: "keyword EXCLUDE [at 1:10]" },
  { name: "a filtered aggregate", sql: "SELECT COUNT(*) FILTER (WHERE n > 1) FROM d.t", error: 'got "(" [at 1:24]' },
  { name: "a numbered parameter", sql: "SELECT id FROM d.t WHERE n = $1", error: 'Unexpected "$1" [at 1:30]' },
  { name: "ILIKE", sql: "SELECT id ILIKE 'a%' FROM d.t", error: "Syntax error" },
  {
    name: "UNION of neither kind",
    sql: "SELECT id FROM d.t UNION SELECT id FROM d.s",
    error: "keyword ALL or keyword DISTINCT",
  },
  {
    name: "an ANTI JOIN",
    sql: "SELECT a.id FROM d.t AS a ANTI JOIN d.s AS b ON a.id = b.id",
    error: 'identifier "ANTI"',
  },
  { name: "COPY", sql: "COPY d.t TO 'counts.parquet'", error: "Unexpected keyword COPY [at 1:1]" },
  { name: "an error in the second statement", sql: "SELECT 1; SELECT 2 FROM", error: "Unexpected end of script" },
];

describe.skipIf(!hasGoogleSql())("parseGoogleSql", () => {
  it.each(GOOD)("takes $name", async ({ sql }) => {
    await expect(parseGoogleSql(sql)).resolves.toBeUndefined();
  });

  it.each(BAD)("refuses $name", async ({ sql, error }) => {
    await expect(parseGoogleSql(sql)).rejects.toThrow(error);
  });
});
