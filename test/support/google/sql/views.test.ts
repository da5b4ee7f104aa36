import { beforeAll, describe, expect, test, vi } from "vitest";
import { failureOf, type SqlRig, sqlRig } from "./sql-rig.ts";

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

const LATEST = `SELECT * EXCEPT (place) FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY business_date, event_id ORDER BY ts DESC) AS place FROM shop.counts) WHERE place = 1`;
const LATEST_OF_ALL = LATEST.replace("business_date, ", "");
const DAY = "business_date = '2026-11-26'";

/** A view `v` of that text. */
async function viewed({ client }: SqlRig, query: string) {
  const [table] = await client.dataset("shop").createTable("v", { view: { query, useLegacySql: false } });
  return table;
}

describe("views", () => {
  test("made by SQL, then replaced, then dropped", async () => {
    const it = await sqlRig();
    const first = await it.job("CREATE VIEW shop.v AS SELECT event_id FROM shop.counts WHERE entries = 3;");
    expect(first.statistics?.query).toMatchObject({
      statementType: "CREATE_VIEW",
      ddlOperationPerformed: "CREATE",
      ddlTargetTable: { tableId: "v" },
    });
    expect(await it.rows("SELECT * FROM shop.v")).toEqual([{ event_id: "e1" }]);
    const again = await it.job(
      "CREATE OR REPLACE VIEW shop.v OPTIONS(description='all') AS\n  SELECT COUNT(*) AS n FROM shop.counts",
    );
    expect(again.statistics?.query).toMatchObject({ ddlOperationPerformed: "REPLACE" });
    const [metadata] = await it.client.dataset("shop").table("v").getMetadata();
    expect(metadata).toMatchObject({
      type: "VIEW",
      description: "all",
      view: { query: "SELECT COUNT(*) AS n FROM shop.counts", useLegacySql: false },
      schema: { fields: [{ name: "n", type: "INTEGER", mode: "NULLABLE" }] },
    });
    expect(await it.rows("SELECT n FROM shop.v")).toEqual([{ n: 3 }]);
    await it.rows("DROP VIEW shop.v");
    expect(await failureOf(it.rows("SELECT n FROM shop.v"))).toMatchObject({ code: 404 });
    expect(await failureOf(it.rows("DROP VIEW IF EXISTS shop.v"))).toBeUndefined();
  });

  test("made and changed by REST", async () => {
    const it = await sqlRig();
    const view = await viewed(it, LATEST);
    expect(await it.rows("SELECT entries FROM shop.v ORDER BY 1")).toEqual([{ entries: 3 }, { entries: 8 }]);
    await view.setMetadata({ view: { query: "SELECT event_id AS id FROM shop.counts", useLegacySql: false } });
    const [metadata] = await view.getMetadata();
    expect(metadata.schema.fields).toMatchObject([{ name: "id" }]);
    expect(await it.rows("SELECT COUNT(id) AS n FROM shop.v")).toEqual([{ n: 3 }]);
  });

  const wrong: { name: string; query: string; failure: object }[] = [
    { name: "no such table", query: "SELECT 1 FROM shop.nope", failure: { code: 404 } },
    { name: "no such column", query: "SELECT nope FROM shop.counts", failure: { code: 400, reason: "invalidQuery" } },
    {
      name: "a table without its dataset",
      query: "SELECT 1 FROM counts",
      failure: { code: 400, reason: "invalidQuery" },
    },
    { name: "no query", query: "DELETE FROM shop.counts WHERE TRUE", failure: { code: 400, reason: "invalidQuery" } },
  ];
  test.each(wrong)("not made: $name", async ({ query, failure }) => {
    expect(await failureOf(viewed(await sqlRig(), query))).toMatchObject(failure);
  });

  test("not changed by DML", async () => {
    const it = await sqlRig();
    await viewed(it, LATEST);
    expect(await failureOf(it.rows("DELETE FROM shop.v WHERE TRUE"))).toMatchObject({ code: 400 });
  });
});

describe("a bound on the partition column", () => {
  const cases: { name: string; query: string; view?: string; refused?: true }[] = [
    { name: "on the table", query: `SELECT * FROM shop.counts WHERE ${DAY}` },
    {
      name: "with more conditions",
      query: `SELECT * FROM shop.counts WHERE entries > 1 AND (${DAY} AND ts IS NOT NULL)`,
    },
    { name: "in each part of an OR", query: `SELECT * FROM shop.counts WHERE ${DAY} OR business_date = '2026-11-25'` },
    { name: "in one part of an OR", query: `SELECT * FROM shop.counts WHERE ${DAY} OR entries = 1`, refused: true },
    { name: "negated", query: `SELECT * FROM shop.counts WHERE NOT (${DAY})`, refused: true },
    { name: "other than", query: "SELECT * FROM shop.counts WHERE business_date != '2026-11-26'", refused: true },
    { name: "in the select list", query: `SELECT ${DAY} FROM shop.counts`, refused: true },
    { name: "in HAVING", query: `SELECT business_date FROM shop.counts GROUP BY 1 HAVING ${DAY}`, refused: true },
    { name: "the literal first", query: "SELECT * FROM shop.counts WHERE '2026-11-01' <= business_date" },
    {
      name: "a function of it",
      query: "SELECT * FROM shop.counts WHERE DATE_ADD(business_date, INTERVAL 1 DAY) = '2026-11-26'",
      refused: true,
    },
    { name: "not literal", query: "SELECT * FROM shop.counts WHERE business_date = CURRENT_DATE()", refused: true },
    {
      name: "on one of two looks",
      query: `SELECT 1 AS n FROM shop.counts a, shop.counts b WHERE a.${DAY}`,
      refused: true,
    },
    { name: "on both looks", query: `SELECT 1 FROM shop.counts a JOIN shop.counts b ON b.${DAY} WHERE a.${DAY}` },
    {
      name: "in ON, for the side whose rows all stay",
      query: `SELECT 1 FROM shop.counts a LEFT JOIN (SELECT 1 AS n) b ON a.${DAY}`,
      refused: true,
    },
    { name: "in ON, for the other side", query: `SELECT 1 FROM (SELECT 1 AS n) b LEFT JOIN shop.counts a ON a.${DAY}` },
    {
      name: "on a query within",
      query: `SELECT * FROM (SELECT business_date AS d, entries FROM shop.counts) WHERE d > '2026-11-01'`,
    },
    {
      name: "on a changed column of a query within",
      query: `SELECT * FROM (SELECT DATE_TRUNC(business_date, MONTH) AS d FROM shop.counts) WHERE d > '2026-11-01'`,
      refused: true,
    },
    {
      name: "over a group by it",
      query: `WITH d AS (SELECT business_date AS d, COUNT(*) AS n FROM shop.counts GROUP BY d) SELECT * FROM d WHERE d = '2026-11-26'`,
    },
    { name: "over a limit", query: `SELECT * FROM (SELECT * FROM shop.counts LIMIT 2) WHERE ${DAY}`, refused: true },
    {
      name: "over a union",
      query: `SELECT * FROM (SELECT business_date FROM shop.counts UNION ALL SELECT business_date FROM shop.counts) WHERE ${DAY}`,
    },
    { name: "inside EXISTS", query: `SELECT EXISTS (SELECT 1 FROM shop.counts WHERE ${DAY}) AS x` },
    {
      name: "of the query around, inside EXISTS",
      query: `SELECT 1 FROM shop.counts c WHERE NOT EXISTS (SELECT 1 FROM UNNEST([1]) AS n WHERE c.${DAY})`,
      refused: true,
    },
    {
      name: "of the query around, inside a join",
      query: `SELECT 1 FROM shop.counts c WHERE EXISTS (SELECT 1 FROM UNNEST([1]) AS n JOIN UNNEST([1]) AS m ON c.${DAY})`,
      refused: true,
    },
    { name: "not inside EXISTS", query: "SELECT EXISTS (SELECT 1 FROM shop.counts) AS x", refused: true },
    { name: "over a view that has it in its windows", view: LATEST, query: `SELECT * FROM shop.v WHERE ${DAY}` },
    {
      name: "over a view that has it not in its windows",
      view: LATEST_OF_ALL,
      query: `SELECT * FROM shop.v WHERE ${DAY}`,
      refused: true,
    },
    { name: "none over a view", view: LATEST, query: "SELECT * FROM shop.v", refused: true },
    { name: "in the view", view: `SELECT * FROM shop.counts WHERE ${DAY}`, query: "SELECT * FROM shop.v" },
    { name: "DELETE", query: `DELETE FROM shop.counts WHERE ${DAY} AND entries = 1` },
    { name: "DELETE without", query: "DELETE FROM shop.counts WHERE entries = 1", refused: true },
    { name: "UPDATE", query: `UPDATE shop.counts SET entries = 1 WHERE ${DAY}` },
    {
      name: "MERGE, in ON",
      query: `MERGE shop.counts t USING (SELECT 'e1' AS id) s ON t.event_id = s.id AND t.${DAY} WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (event_id) VALUES (id)`,
    },
    {
      name: "MERGE, in WHEN MATCHED",
      query: `MERGE shop.counts t USING (SELECT 'e1' AS id) s ON t.event_id = s.id WHEN MATCHED AND t.${DAY} THEN DELETE`,
    },
    {
      name: "MERGE, in one WHEN of two",
      query: `MERGE shop.counts t USING (SELECT 'e1' AS id) s ON t.event_id = s.id WHEN MATCHED AND t.${DAY} THEN DELETE WHEN NOT MATCHED THEN INSERT (event_id) VALUES (id)`,
      refused: true,
    },
    {
      name: "MERGE, in ON, for rows that match nothing",
      query: `MERGE shop.counts t USING (SELECT 'e1' AS id) s ON t.event_id = s.id AND t.${DAY} WHEN NOT MATCHED BY SOURCE THEN DELETE`,
      refused: true,
    },
    {
      name: "MERGE ON FALSE",
      query: `MERGE shop.counts t USING (SELECT 'n' AS id) s ON FALSE WHEN NOT MATCHED BY SOURCE AND t.${DAY} THEN DELETE WHEN NOT MATCHED THEN INSERT (event_id) VALUES (id)`,
    },
    {
      name: "MERGE ON FALSE that only inserts",
      query:
        "MERGE shop.counts t USING (SELECT 'n' AS id) s ON FALSE WHEN NOT MATCHED THEN INSERT (event_id) VALUES (id)",
    },
  ];
  test.each(cases)("$name: $refused", async ({ query, view, refused }) => {
    const it = await sqlRig({ isStrict: true });
    if (view !== undefined) await viewed(it, view);
    const failure = await failureOf(it.rows(query));
    expect(failure?.message ?? "").toMatch(
      refused ? /Cannot query over table 'kazoe-test.shop.counts' without a filter/ : /^$/,
    );
  });
});
