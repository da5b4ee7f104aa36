import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { isInSpan, local, spansParameter, zoneSpans } from "../../../cloud-ingest/warehouse/duckdb/local-time.ts";
import { Session } from "../../../cloud-ingest/warehouse/duckdb/session.ts";
import { textOf } from "../../../cloud-ingest/warehouse/row.ts";
import { ZONE_NAMES, zoneOf } from "../../../cloud-ingest/zone/rules.ts";

const ALL = { fromMs: Date.UTC(2015, 0, 1), untilMs: Date.UTC(2031, 0, 1) };

test("SQL and TypeScript agree to the second around every jump of every zone from 2015 to 2030", async () => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const session = new Session(connection);
  let jumps = 0;
  for (const name of ZONE_NAMES) {
    const zone = zoneOf(name);
    const spans = zone.spans(ALL);
    jumps += spans.length - 1;
    const instants = spans.flatMap(({ fromMs, untilMs }) => [fromMs, fromMs + 1000, untilMs - 1000]);
    const rows = await session.rows(
      `SELECT strftime(${local("utc")}, '%Y-%m-%dT%H:%M:%S') AS text
       FROM (SELECT unnest(from_json_strict($1, '["TIMESTAMP"]')) AS utc) JOIN ${zoneSpans(2)} ON ${isInSpan("utc")}
       ORDER BY utc`,
      [JSON.stringify(instants.map((epochMs) => new Date(epochMs).toISOString())), spansParameter(spans)],
    );
    expect(rows.map((row) => textOf(row, "text"))).toEqual(instants.map((epochMs) => zone.local(epochMs)));
  }
  connection.closeSync();
  instance.closeSync();
  expect(ZONE_NAMES.length).toBeGreaterThan(500);
  expect(jumps).toBeGreaterThan(5000);
});
