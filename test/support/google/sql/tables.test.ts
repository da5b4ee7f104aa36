import { beforeAll, describe, expect, test, vi } from "vitest";
import { failureOf, sqlRig } from "./sql-rig.ts";

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

const CREATE = `CREATE TABLE IF NOT EXISTS shop.visits (
  id STRING NOT NULL OPTIONS(description = 'of the event'),
  day DATE, ts TIMESTAMP, n INT64, x FLOAT64, ok BOOL, raw JSON,
  tags ARRAY<STRING>, place STRUCT<zone STRING, doors ARRAY<INT64>>,
) PARTITION BY day CLUSTER BY id, n
OPTIONS (partition_expiration_days = 400, require_partition_filter = TRUE, labels = [('app', 'kazoe')], description = "visits")`;

describe("tables by SQL", () => {
  test("made", async () => {
    const it = await sqlRig();
    const { statistics } = await it.job(CREATE);
    expect(statistics?.query).toMatchObject({ statementType: "CREATE_TABLE", ddlOperationPerformed: "CREATE" });
    const [metadata] = await it.client.dataset("shop").table("visits").getMetadata();
    expect(metadata).toMatchObject({
      type: "TABLE",
      description: "visits",
      labels: { app: "kazoe" },
      requirePartitionFilter: true,
      timePartitioning: { type: "DAY", field: "day", expirationMs: String(400 * 86_400_000) },
      clustering: { fields: ["id", "n"] },
    });
    expect(metadata.schema.fields).toMatchObject([
      { name: "id", type: "STRING", mode: "REQUIRED", description: "of the event" },
      { name: "day", type: "DATE" },
      { name: "ts", type: "TIMESTAMP" },
      { name: "n", type: "INTEGER" },
      { name: "x", type: "FLOAT" },
      { name: "ok", type: "BOOLEAN" },
      { name: "raw", type: "JSON" },
      { name: "tags", type: "STRING", mode: "REPEATED" },
      {
        name: "place",
        type: "RECORD",
        fields: [
          { name: "zone", type: "STRING" },
          { name: "doors", type: "INTEGER", mode: "REPEATED" },
        ],
      },
    ]);
    expect((await it.job(CREATE)).statistics?.query).toMatchObject({ ddlOperationPerformed: "SKIP" });
    expect(await failureOf(it.rows(CREATE.replace("IF NOT EXISTS", "")))).toMatchObject({
      code: 409,
      reason: "duplicate",
    });
  });

  test("rows of all types go in and come back, by SQL and by tabledata.list", async () => {
    const it = await sqlRig();
    await it.rows(CREATE);
    await it.rows(`INSERT INTO shop.visits VALUES ('a', '2026-11-26', '2026-11-26 01:02:03.5+00', 9007199254740993, 1.5, TRUE,
      JSON '{"a":1}', ['x', 'y'], STRUCT('till', [1, 2]))`);
    const row = {
      id: "a",
      day: "2026-11-26",
      ts: "2026-11-26T01:02:03.500Z",
      x: 1.5,
      ok: true,
      raw: '{"a":1}',
      tags: ["x", "y"],
      place: { zone: "till", doors: [1, 2] },
    };
    const query = "SELECT * EXCEPT (n) FROM shop.visits WHERE day = '2026-11-26'";
    expect(await it.rows(query)).toEqual([row]);
    expect(
      await it.rows("SELECT place.zone, n - 9007199254740992 AS n FROM shop.visits WHERE day = '2026-11-26'"),
    ).toEqual([{ zone: "till", n: 1 }]);
    expect(it.store.rows("kazoe-test.shop.visits")).toMatchObject([{ n: 9007199254740993n, tags: ["x", "y"] }]);
    const [read] = await it.client.dataset("shop").table("visits").getRows({ wrapIntegers: true });
    expect(read).toMatchObject([{ place: { zone: "till" } }]);
  });

  const alters: { name: string; sql: string; metadata?: object; message?: RegExp }[] = [
    {
      name: "a column more",
      sql: "ALTER TABLE shop.visits ADD COLUMN zone STRING OPTIONS(description='z'), ADD COLUMN IF NOT EXISTS n INT64",
      metadata: { schema: { fields: expect.arrayContaining([{ name: "zone", type: "STRING", description: "z" }]) } },
    },
    {
      name: "a column that is there",
      sql: "ALTER TABLE shop.visits ADD COLUMN n INT64",
      message: /Column already exists: n/,
    },
    {
      name: "a REQUIRED column",
      sql: "ALTER TABLE shop.visits ADD COLUMN m INT64 NOT NULL",
      message: /cannot add required field m/,
    },
    {
      name: "options",
      sql: "ALTER TABLE shop.visits SET OPTIONS (require_partition_filter = false, labels = [('a', 'b')], partition_expiration_days = NULL)",
      metadata: { requirePartitionFilter: false, labels: { a: "b" }, timePartitioning: { type: "DAY", field: "day" } },
    },
    {
      name: "a column's description",
      sql: "ALTER TABLE shop.visits ALTER COLUMN n SET OPTIONS (description = 'how many')",
      metadata: {
        schema: { fields: expect.arrayContaining([{ name: "n", type: "INTEGER", description: "how many" }]) },
      },
    },
    {
      name: "NULL allowed",
      sql: "ALTER TABLE shop.visits ALTER COLUMN id DROP NOT NULL",
      metadata: {
        schema: { fields: expect.arrayContaining([expect.objectContaining({ name: "id", mode: "NULLABLE" })]) },
      },
    },
    {
      name: "another type",
      sql: "ALTER TABLE shop.visits ALTER COLUMN n SET DATA TYPE FLOAT64",
      message: /ALTER COLUMN SET DATA/,
    },
    {
      name: "an option that is none here",
      sql: "ALTER TABLE shop.visits SET OPTIONS (kms_key_name = 'x')",
      message: /kms_key_name/,
    },
    { name: "no such table", sql: "ALTER TABLE shop.nope ADD COLUMN n INT64", message: /Not found/ },
  ];
  test.each(alters)("changed: $name", async ({ sql, metadata, message }) => {
    const it = await sqlRig();
    await it.rows(CREATE);
    const failure = await failureOf(it.rows(sql));
    expect(failure?.message ?? "").toMatch(message ?? /^$/);
    const [found] = await it.client.dataset("shop").table("visits").getMetadata();
    expect(found).toMatchObject(metadata ?? {});
  });

  const partitions: { name: string; by: string; spec?: object; message?: RegExp }[] = [
    { name: "days of a time", by: "DATE(ts)", spec: { type: "DAY", field: "ts" } },
    { name: "hours", by: "TIMESTAMP_TRUNC(ts, HOUR)", spec: { type: "HOUR", field: "ts" } },
    { name: "months", by: "DATE_TRUNC(day, MONTH)", spec: { type: "MONTH", field: "day" } },
    { name: "a time itself", by: "ts", message: /PARTITION BY expression must be/ },
    { name: "a range", by: "RANGE_BUCKET(n, GENERATE_ARRAY(0, 10, 1))", message: /PARTITION BY RANGE_BUCKET/ },
  ];
  test.each(partitions)("partitions by $name", async ({ by, spec, message }) => {
    const it = await sqlRig();
    const failure = await failureOf(
      it.rows(`CREATE TABLE shop.parts (day DATE, ts TIMESTAMP, n INT64) PARTITION BY ${by}`),
    );
    expect(failure?.message ?? "").toMatch(message ?? /^$/);
    if (spec) expect(it.table("parts").settings.timePartitioning).toEqual(spec);
  });

  test("dropped", async () => {
    const it = await sqlRig();
    expect(await failureOf(it.rows("DROP VIEW shop.counts"))).toMatchObject({ code: 400 });
    await it.rows("DROP TABLE shop.counts");
    expect(await failureOf(it.rows("DROP TABLE shop.counts"))).toMatchObject({ code: 404 });
    expect(await failureOf(it.rows("DROP TABLE IF EXISTS shop.counts"))).toBeUndefined();
  });
});
