import { BigQuery } from "@google-cloud/bigquery";
import { OAuth2Client } from "google-auth-library";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ManualClock } from "../../manual-clock.ts";
import { TableStore } from "../bigquery/table-store.ts";
import { FakeBigQueryRest } from "../rest/fake-bigquery-rest.ts";

const fake = new FakeBigQueryRest({ store: new TableStore({ clock: new ManualClock("2026-11-26T09:00:00Z") }) });
let client: BigQuery;

beforeAll(async () => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  const { endpoint } = await fake.start();
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: "test", expiry_date: Date.now() + 86_400_000 });
  client = new BigQuery({ projectId: "kazoe-test", apiEndpoint: endpoint, authClient, autoRetry: false });
});

afterAll(() => fake.stop());

const N = "UNNEST([1, 2, 3, NULL]) AS n";

/** What stands behind SELECT, and TO_JSON_STRING of what it gives. */
const rows: readonly (readonly [string, string])[] = [
  [`COUNT(*) FROM ${N}`, "4"],
  [`COUNT(n) FROM ${N}`, "3"],
  ["COUNT(DISTINCT n) FROM UNNEST([1, 1, 2]) AS n", "2"],
  [`COUNTIF(n > 1) FROM ${N}`, "2"],
  [`SUM(n) FROM ${N}`, "6"],
  ["SUM(n) FROM UNNEST([1.5, 2]) AS n", "3.5"],
  [`SUM(n) FROM ${N} WHERE n > 9`, "null"],
  [`MIN(n) FROM ${N}`, "1"],
  [`MAX(n) FROM ${N}`, "3"],
  [`AVG(n) FROM ${N}`, "2"],
  ["ANY_VALUE(n) FROM UNNEST([5, 5]) AS n", "5"],
  [`ARRAY_AGG(n IGNORE NULLS ORDER BY n DESC LIMIT 2) FROM ${N}`, "[3,2]"],
  ["STRING_AGG(s, '-' ORDER BY s) FROM UNNEST(['b', 'a']) AS s", '"a-b"'],
  ["LOGICAL_OR(n > 2) FROM UNNEST([1, 3]) AS n", "true"],
  ["IF(1 < 2, 'y', 'n')", '"y"'],
  ["IF(NULL, 1, 2)", "2"],
  ["IFNULL(NULL, 2)", "2"],
  ["COALESCE(NULL, NULL, 1.5)", "1.5"],
  ["NULLIF(1, 1)", "null"],
  ["GREATEST(1, 3, 2)", "3"],
  ["LEAST(1, NULL)", "null"],
  ["CASE WHEN 1 > 2 THEN 'a' ELSE 'b' END", '"b"'],
  ["CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", '"b"'],
  ["CAST('12' AS INT64)", "12"],
  ["CAST('0xff' AS INT64)", "255"],
  ["CAST(2.5 AS INT64)", "3"],
  ["CAST(2.0 AS STRING)", '"2"'],
  ["CAST(TRUE AS STRING)", '"true"'],
  ["CAST('2026-1-2' AS DATE)", '"2026-01-02"'],
  ["CAST(DATE '2026-01-02' AS TIMESTAMP)", '"2026-01-02T00:00:00Z"'],
  ["CAST(TIMESTAMP '2026-01-02 03:04:05.120+00' AS STRING)", '"2026-01-02 03:04:05.120+00"'],
  ["CAST('2026-01-02 03:04:05+09:00' AS TIMESTAMP)", '"2026-01-01T18:04:05Z"'],
  ["CAST(TIMESTAMP '2026-01-02 03:04:05Z' AS DATETIME)", '"2026-01-02T03:04:05"'],
  ["CAST('true' AS BOOL)", "true"],
  ["SAFE_CAST('x' AS INT64)", "null"],
  ["SAFE_CAST('x' AS TIMESTAMP)", "null"],
  ["SAFE_CAST('12.5' AS INT64)", "null"],
  ["SAFE_DIVIDE(1, 0)", "null"],
  ["7 / 2", "3.5"],
  ["4 / 2", "2"],
  ["DIV(7, 2)", "3"],
  ["MOD(7, 2)", "1"],
  ["2147483647 + 1", "2147483648"],
  ["-2 * 3 + 10 - 1", "3"],
  ["ROUND(2.567, 1)", "2.6"],
  ["ABS(-3)", "3"],
  ["CONCAT('a', 'b') || 'c'", '"abc"'],
  ["CONCAT('a', NULL)", "null"],
  ["STRPOS('hello', 'l')", "3"],
  ["SUBSTR('hello', 2, 3)", '"ell"'],
  ["SUBSTR('hello', -3)", '"llo"'],
  ["SUBSTR('hello', 0, 2)", '"he"'],
  ["LENGTH('日本')", "2"],
  ["LOWER('ÀB')", '"àb"'],
  ["STARTS_WITH('hello', 'he')", "true"],
  ["'a%b' LIKE 'a\\\\%_'", "true"],
  ["TO_HEX(SHA256('a'))", '"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"'],
  ["DATE(TIMESTAMP '2026-01-01 20:00:00Z', 'Asia/Tokyo')", '"2026-01-02"'],
  ["DATE(TIMESTAMP '2026-01-01 20:00:00Z')", '"2026-01-01"'],
  ["DATE(2026, 1, 2)", '"2026-01-02"'],
  ["DATETIME(TIMESTAMP '2026-07-01 00:00:00Z', 'America/New_York')", '"2026-06-30T20:00:00"'],
  ["TIMESTAMP(DATETIME '2026-07-01 00:00:00', 'Asia/Tokyo')", '"2026-06-30T15:00:00Z"'],
  ["DATE_ADD(DATE '2026-01-31', INTERVAL 1 MONTH)", '"2026-02-28"'],
  ["DATE_SUB(DATE '2026-01-01', INTERVAL 1 DAY)", '"2025-12-31"'],
  ["DATE_DIFF(DATE '2026-01-10', DATE '2026-01-01', DAY)", "9"],
  ["DATE_DIFF(DATE '2026-01-04', DATE '2026-01-03', WEEK)", "1"],
  ["DATE_TRUNC(DATE '2026-01-10', WEEK)", '"2026-01-04"'],
  ["DATE_TRUNC(DATE '2026-01-10', WEEK(MONDAY))", '"2026-01-05"'],
  ["DATETIME_TRUNC(DATETIME '2026-01-10 11:22:33', HOUR)", '"2026-01-10T11:00:00"'],
  ["DATETIME_ADD(DATETIME '2026-01-10 11:22:33', INTERVAL 90 MINUTE)", '"2026-01-10T12:52:33"'],
  ["DATETIME_DIFF(DATETIME '2026-01-10 11:00:00', DATETIME '2026-01-10 10:59:00', HOUR)", "1"],
  ["TIMESTAMP_TRUNC(TIMESTAMP '2026-01-10 20:00:00Z', DAY, 'Asia/Tokyo')", '"2026-01-10T15:00:00Z"'],
  ["TIMESTAMP_ADD(TIMESTAMP '2026-01-10 20:00:00Z', INTERVAL 1 HOUR)", '"2026-01-10T21:00:00Z"'],
  ["TIMESTAMP_SUB(TIMESTAMP '2026-01-10 20:00:00Z', INTERVAL 1 DAY)", '"2026-01-09T20:00:00Z"'],
  ["TIMESTAMP_DIFF(TIMESTAMP '2026-01-10 11:00:00Z', TIMESTAMP '2026-01-10 10:59:00Z', HOUR)", "0"],
  ["EXTRACT(HOUR FROM TIMESTAMP '2026-01-10 20:00:00Z' AT TIME ZONE 'Asia/Tokyo')", "5"],
  ["EXTRACT(DAYOFWEEK FROM DATE '2026-01-04')", "1"],
  ["EXTRACT(ISOWEEK FROM DATE '2026-01-04')", "1"],
  ["EXTRACT(DATE FROM DATETIME '2026-01-04 05:00:00')", '"2026-01-04"'],
  ["UNIX_MILLIS(TIMESTAMP '1970-01-01 00:00:01.5Z')", "1500"],
  ["UNIX_MILLIS(TIMESTAMP '1969-12-31 23:59:59.9995Z')", "-1"],
  ["TIMESTAMP_MILLIS(1500)", '"1970-01-01T00:00:01.5Z"'],
  ["FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%S', TIMESTAMP '2026-01-02 03:04:05Z')", '"2026-01-02T03:04:05"'],
  ["FORMAT_TIMESTAMP('%F %T', TIMESTAMP '2026-01-02 03:04:05Z', 'Asia/Tokyo')", '"2026-01-02 12:04:05"'],
  ["FORMAT_DATETIME('%H:%M:%E3S', DATETIME '2026-01-02 03:04:05.678')", '"03:04:05.678"'],
  ["FORMAT_DATE('%Y%m%d', DATE '2026-01-02')", '"20260102"'],
  ["CURRENT_TIMESTAMP()", '"2026-11-26T09:00:00Z"'],
  ["CURRENT_DATE('Pacific/Kiritimati')", '"2026-11-26"'],
  [`PARSE_JSON('{"b": [1, 2]}')`, '{"b":[1,2]}'],
  [`JSON_VALUE('{"a": {"b": "x"}}', '$.a.b')`, '"x"'],
  [`JSON_VALUE(JSON '{"a": {"b": 1}}', '$.a')`, "null"],
  ["STRUCT(1 AS a, 'x\"' AS b, [TRUE] AS c, CAST(NULL AS STRING) AS d)", '{"a":1,"b":"x\\"","c":[true],"d":null}'],
  ["STRUCT(1 AS a).a", "1"],
  ["ARRAY<FLOAT64>[1, 2.5]", "[1,2.5]"],
  ["ARRAY_LENGTH([1, 2])", "2"],
  ["[5, 6][OFFSET(1)]", "6"],
  ["[5, 6][SAFE_OFFSET(2)]", "null"],
  ["[5, 6][ORDINAL(1)]", "5"],
  ["ARRAY(SELECT n * 2 FROM UNNEST([1, 2]) AS n)", "[2,4]"],
  ["ARRAY(SELECT AS STRUCT n, 'x' AS s FROM UNNEST([1]) AS n)", '[{"n":1,"s":"x"}]'],
  ["GENERATE_DATE_ARRAY(DATE '2026-01-01', DATE '2026-01-02')", '["2026-01-01","2026-01-02"]'],
  ["1 IN (1, NULL)", "true"],
  ["2 NOT IN (1, 3)", "true"],
  ["3 BETWEEN 1 AND 3", "true"],
  ["NULL IS NULL AND NOT FALSE", "true"],
  ["1 IS DISTINCT FROM NULL", "true"],
];

test.each(rows)("%s is %s", async (expression, json) => {
  const [select, ...from] = expression.split(" FROM UNNEST(");
  const isAggregate = from.length === 1 && !select?.includes("SELECT");
  const query = isAggregate
    ? `SELECT TO_JSON_STRING(${select}) AS json FROM UNNEST(${from[0]}`
    : `SELECT TO_JSON_STRING(${expression}) AS json`;
  const [found] = await client.query(query);
  expect(found).toEqual([{ json }]);
});
