import type { Query } from "@google-cloud/bigquery";
import { beforeAll, expect, test, vi } from "vitest";
import { failureOf, sqlRig } from "./sql-rig.ts";

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

const rows: { name: string; sql: string; message: RegExp; code?: number; more?: Omit<Query, "query"> }[] = [
  { name: "a cast by ::", sql: "SELECT '1'::INT64", message: /Illegal input character ":" at \[1:11\]/ },
  { name: "a text for a name", sql: 'SELECT "entries" + 1 FROM shop.counts', message: /operator \+ .* STRING, INT64/ },
  {
    name: "a text for a number",
    sql: "SELECT * FROM shop.counts WHERE entries = '3'",
    message: /operator = .* INT64, STRING/,
  },
  { name: "a text added", sql: "SELECT 1 + '1'", message: /operator \+ for argument types: INT64, STRING/ },
  {
    name: "a date and a point in time",
    sql: "SELECT * FROM shop.counts WHERE ts > business_date",
    message: /TIMESTAMP, DATE/,
  },
  {
    name: "a text that is no date",
    sql: "SELECT * FROM shop.counts WHERE business_date = 'x'",
    message: /Could not cast literal "x" to type DATE/,
  },
  {
    name: "a list of texts for dates",
    sql: "SELECT * FROM shop.counts WHERE business_date IN UNNEST(@a)",
    more: { params: { a: ["2026-11-26"] } },
    message: /IN UNNEST for argument types: DATE, ARRAY<STRING>/,
  },
  { name: "a division by zero", sql: "SELECT 1 / 0", message: /division by zero: 1/ },
  { name: "a text that is no number", sql: "SELECT CAST('x' AS INT64)", message: /Bad int64 value: x/ },
  { name: "a number too large", sql: "SELECT 9223372036854775807 + 1", message: /Overflow/i },
  { name: "an element that is not there", sql: "SELECT [1][OFFSET(1)]", message: /out of bounds/ },
  { name: "two rows for a value", sql: "SELECT (SELECT entries FROM shop.counts)", message: /more than one row/i },
  {
    name: "a keyword as name",
    sql: "SELECT 1 AS order",
    message: /Unexpected keyword ORDER|Expected end of input but got keyword/,
  },
  { name: "an unknown column", sql: "SELECT nope FROM shop.counts", message: /Unrecognized name: nope at \[1:8\]/ },
  {
    name: "an unknown table",
    sql: "SELECT * FROM shop.nope",
    code: 404,
    message: /Not found: Table kazoe-test:shop.nope/,
  },
  {
    name: "an unknown dataset",
    sql: "SELECT * FROM nope.nope",
    code: 404,
    message: /Not found: Dataset kazoe-test:nope/,
  },
  {
    name: "a table without a dataset",
    sql: "SELECT * FROM counts",
    message: /"counts" must be qualified with a dataset/,
  },
  { name: "an unknown parameter", sql: "SELECT @nope", message: /Query parameter 'nope' not found/ },
  {
    name: "an ambiguous column",
    sql: "SELECT entries FROM shop.counts a, shop.counts b",
    message: /entries is ambiguous/,
  },
  { name: "a column twice", sql: "SELECT 1 AS a, 2 AS a", message: /Duplicate column names .* a/ },
  {
    name: "a column that is not grouped",
    sql: "SELECT ts, COUNT(*) FROM shop.counts GROUP BY entries",
    message: /GROUP BY/,
  },
  { name: "an aggregate in WHERE", sql: "SELECT 1 FROM shop.counts WHERE COUNT(*) > 1", message: /aggregate/i },
  {
    name: "an alias in WHERE",
    sql: "SELECT entries AS n FROM shop.counts WHERE n > 1",
    message: /Unrecognized name: n/,
  },
  {
    name: "QUALIFY without a window",
    sql: "SELECT entries FROM shop.counts QUALIFY entries > 1",
    message: /QUALIFY clause requires/,
  },
  { name: "a window function without OVER", sql: "SELECT ROW_NUMBER() FROM shop.counts", message: /OVER clause/ },
  { name: "an unclosed text", sql: "SELECT 'a", message: /Unclosed string literal at \[1:8\]/ },
  { name: "an unclosed bracket", sql: "SELECT (1", message: /Expected "\)" but got end of script/ },
  { name: "nothing of SQL", sql: "HELLO", message: /Syntax error: Unexpected identifier "HELLO" at \[1:1\]/ },
  {
    name: "a wrong condition",
    sql: "SELECT 1 FROM shop.counts WHERE entries",
    message: /should return type BOOL, but returns INT64/,
  },
  { name: "a wrong date part", sql: "SELECT DATE_ADD(DATE '2026-01-01', INTERVAL 1 HOUR)", message: /HOUR date part/ },
  { name: "an unknown type", sql: "SELECT CAST(1 AS VARCHAR)", message: /Type not found: VARCHAR/ },
  { name: "an unknown function", sql: "SELECT list_sum([1])", message: /does not know the function LIST_SUM/ },
  { name: "a function of the subset's edge", sql: "SELECT APPROX_QUANTILES(1, 2)", message: /APPROX_QUANTILES/ },
  { name: "SAFE.", sql: "SELECT SAFE.PARSE_JSON('x')", message: /does not know SAFE\./ },
  { name: "DECLARE", sql: "DECLARE x INT64 DEFAULT 1", message: /does not know DECLARE/ },
  { name: "RECURSIVE", sql: "WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a", message: /WITH RECURSIVE/ },
  { name: "INTERSECT", sql: "SELECT 1 INTERSECT DISTINCT SELECT 1", message: /INTERSECT/ },
  { name: "TABLESAMPLE", sql: "SELECT * FROM shop.counts TABLESAMPLE SYSTEM (1 PERCENT)", message: /TABLESAMPLE/ },
  {
    name: "CREATE TABLE AS SELECT",
    sql: "CREATE TABLE shop.a (n INT64) AS SELECT 1 AS n",
    message: /CREATE TABLE AS SELECT/,
  },
  {
    name: "another view of INFORMATION_SCHEMA",
    sql: "SELECT * FROM shop.INFORMATION_SCHEMA.COLUMNS",
    message: /INFORMATION_SCHEMA.COLUMNS/,
  },
  { name: "NULL in an array that is answered", sql: "SELECT [1, NULL]", message: /Array cannot have a null element/ },
  {
    name: "groups by JSON",
    sql: "SELECT COUNT(*) FROM UNNEST([JSON '1']) AS j GROUP BY j",
    message: /Grouping by expressions of type JSON/,
  },
  { name: "a number too large for FLOAT64", sql: "SELECT 1e400", message: /Could not cast literal "1e400"/ },
  {
    name: "a number that runs into a name",
    sql: "SELECT 1_000",
    message: /Missing whitespace between literal and alias at \[1:9\]/,
  },
  { name: "a range twice", sql: "SELECT 1 FROM shop.counts, shop.counts", message: /Duplicate table alias counts/ },
  {
    name: "an order that DISTINCT hides",
    sql: "SELECT DISTINCT event_id FROM shop.counts ORDER BY entries",
    message: /not visible after SELECT DISTINCT/,
  },
  { name: "a negative length", sql: "SELECT SUBSTR('abc', 1, -1)", message: /cannot be negative/ },
  { name: "NOT IN with a query", sql: "SELECT 1 NOT IN (SELECT 'x')", message: /operator IN/ },
];

test.each(rows)("$name", async ({ sql, message, code = 400, more }) => {
  const it = await sqlRig();
  const failure = await failureOf(it.rows(sql, more));
  expect(failure?.message).toMatch(message);
  expect(failure).toMatchObject({ code, reason: code === 404 ? "notFound" : "invalidQuery" });
});
