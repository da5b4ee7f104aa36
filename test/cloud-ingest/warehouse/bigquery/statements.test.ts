import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { ALERT_TABLES } from "../../../../cloud-ingest/warehouse/alert-port.ts";
import { BigQueryClient } from "../../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import { planMigration } from "../../../../cloud-ingest/warehouse/bigquery/migration.ts";
import { openBigQueryWarehouse } from "../../../../cloud-ingest/warehouse/bigquery/open.ts";
import { shapeOf } from "../../../../cloud-ingest/warehouse/bigquery/shape.ts";
import { TABLES } from "../../../../cloud-ingest/warehouse/bigquery/tables.ts";
import type { Warehouse } from "../../../../cloud-ingest/warehouse/port.ts";
import { hasGoogleSql } from "../../../support/google/googlesql/service.ts";
import type { Job } from "../../../support/google/rest/jobs.ts";
import { SqlAnalyzer } from "../../../support/google/sql-analyzer.ts";
import { parseGoogleSql } from "../../../support/google/sql-parser.ts";
import { aRun } from "../../../support/job-run.ts";
import { batch, birthMessage, countsRow, presenceRow, quarantineRow, SHIBUYA, stateMessage } from "../rows.ts";
import { configOf } from "./bigquery-place.ts";
import { FakeBigQuery } from "./fake-bigquery.ts";

const NOON = "2026-03-02T03:00:00Z";
const NEW_YORK = { ...SHIBUYA, store: "soho", timeZone: "America/New_York" };
/** A date on which a clock jumps, so that lengths of hours are asked for. */
const JUMP = "2026-03-08";

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

async function setUp() {
  const fake = new FakeBigQuery();
  const config = configOf(await fake.start());
  const client = new BigQueryClient(config);
  await client.client.createDataset(config.dataset, { location: config.location });
  const ddl = (await planMigration(client)).map((step) => step.ddl);
  const warehouse = await openBigQueryWarehouse(config);
  onTestFinished(async () => {
    await warehouse.close();
    await fake.stop();
  });
  return { fake, config, client, warehouse, ddl };
}

/** Asks everything that a warehouse is ever asked. */
async function askAll(warehouse: Warehouse): Promise<void> {
  const soho = countsRow(9, `${JUMP}T12:00:00Z`);
  const data = [countsRow(1, NOON), { ...soho, identity: { ...soho.identity, store: "soho" } }];
  const presence = [presenceRow(stateMessage("online", "boot-00000001", NOON)), presenceRow(birthMessage(NOON))];
  await warehouse.store(batch(5, { data, presence, quarantine: [quarantineRow(2, NOON), quarantineRow(3, NOON)] }));
  const range = { from: "2026-03-01", to: "2026-03-09" };
  for (const store of [SHIBUYA, NEW_YORK]) {
    for (const span of ["hour", "day", "window"] as const) await warehouse.traffic(store, range, span);
  }
  const many = [SHIBUYA, NEW_YORK].map((store) => ({ store, dates: ["2026-03-02", JUMP] }));
  for (const span of ["hour", "day"] as const) await warehouse.trafficOfStores(many, span);
  await warehouse.derivedOfStores("quality_hour", many);
  await warehouse.windowDates(SHIBUYA, range);
  await warehouse.windowsSum(SHIBUYA, range);
  await warehouse.rollUp(await warehouse.staleDates([SHIBUYA, NEW_YORK]));
  await warehouse.devices(SHIBUYA);
  await warehouse.lastSeen();
  await warehouse.recordRun(aRun());
  await warehouse.recordCheckpoint({ runId: "a", step: "b", finishedAt: NOON, details: "{}" });
  await warehouse.checkpoints("a");
  await warehouse.lease?.("job a", "me", 60);
  await warehouse.runs(3);
  const instants = { from: "2026-03-01T00:00:00.000Z", to: "2026-03-09T00:00:00.000Z" };
  for (const table of ALERT_TABLES) await warehouse.alerts(table, instants);
  await warehouse.lastAlerts();
  await warehouse.forgetAlerts(instants.from);
  await warehouse.deviceRecords();
  await warehouse.healthBetween(instants);
  await warehouse.flags(range);
  await warehouse.hourTotals(["2026-03-01", "2026-03-08"], [SHIBUYA]);
  await warehouse.quarantineGroups({ tenant: "acme", store: "shibuya", reason: "x", messageIds: ["a"] }, 10);
  await warehouse.pendingMessages({}, "", 10);
  await warehouse.quarantinedMessage("inbox:2");
  await warehouse.replay([{ messageId: "inbox:2", data: countsRow(2, NOON) }], NOON);
  await warehouse.intakeBetween(NOON, NOON);
  await warehouse.ledger();
  await warehouse.streamLedger(["inbox"]);
  await warehouse.strayMessages(["inbox"]);
  await warehouse.acceptDifference({ stream: "inbox", difference: 1, acceptedAt: NOON, note: "known" });
  await warehouse.acceptedDifferences();
  await warehouse.settle();
  await warehouse.archive("2026-03-05");
}

describe("statements", () => {
  it.skipIf(!hasGoogleSql())(
    "are GoogleSQL, with names and types that are there",
    async () => {
      const { fake, config, warehouse, ddl } = await setUp();
      await askAll(warehouse);
      const shapes = TABLES.map((table) => [table.name, shapeOf(table, config).schema.fields] as const);
      const views = shapes.map(([name, fields]) => [`v_${name}`, fields] as const);
      const analyzer = await SqlAnalyzer.of(
        Object.fromEntries([...shapes, ...views].map(([name, fields]) => [`shop.${name}`, fields])),
      );
      const statements = new Set(queriesOf(fake.rest.jobs()).map(statementOf));
      expect(statements.size).toBeGreaterThan(30);
      const refused = [...statements].flatMap((sql) => {
        try {
          analyzer.check(sql);
          return [];
        } catch (error) {
          return [`${String(error)}\n${sql}`];
        }
      });
      expect(refused).toEqual([]);
      for (const statement of ddl) await parseGoogleSql(statement);
      expect(ddl).toHaveLength(TABLES.length + 6);
    },
    240_000,
  );

  it("name their partitions by constants, and are billed under a limit", async () => {
    const { fake, warehouse } = await setUp();
    await askAll(warehouse);
    const queries = queriesOf(fake.rest.jobs());
    expect(queries.length).toBeGreaterThan(30);
    for (const query of queries) {
      expect(Number(query.maximumBytesBilled)).toBeGreaterThan(0);
      const partitioned = /\b(?:v_)?(?:counts|events|health|quarantine|traffic_hourly|traffic_daily)\b/.test(
        query.query,
      );
      if (partitioned) expect(query.query).toMatch(/BETWEEN DATE '\d{4}-\d{2}-\d{2}' AND DATE '\d{4}-\d{2}-\d{2}'/);
    }
  });
});

interface QueryText {
  readonly query: string;
  readonly maximumBytesBilled: string;
  readonly queryParameters?: readonly Parameter[];
}

/** What the query jobs among them were asked. */
function queriesOf(jobs: readonly Job[]): readonly QueryText[] {
  return jobs.flatMap(({ configuration }) => {
    const { query }: { readonly query?: QueryText } = JSON.parse(JSON.stringify(configuration));
    return query ? [query] : [];
  });
}

interface Parameter {
  readonly name: string;
  readonly parameterType: ParameterType;
}

interface ParameterType {
  readonly type: string;
  readonly arrayType?: ParameterType;
  readonly structTypes?: readonly { readonly name: string; readonly type: ParameterType }[];
}

/** The analyzer knows no default dataset. */
const TABLE_NAME = new RegExp(`\\b(FROM|JOIN|MERGE) ((?:v_)?(?:${TABLES.map(({ name }) => name).join("|")}))\\b`, "g");

/** The statement with constants of the parameters' types in their places: the analyzer knows no fields of a parameter. */
function statementOf({ query, queryParameters = [] }: QueryText): string {
  return queryParameters.reduce(
    (sql, { name, parameterType }) => sql.replace(new RegExp(`@${name}\\b`, "g"), constantOf(parameterType)),
    query.replace(TABLE_NAME, "$1 shop.$2"),
  );
}

const constantOf = (type: ParameterType) =>
  type.arrayType ? `${typeText(type)}[]` : `CAST(NULL AS ${typeText(type)})`;

function typeText({ type, arrayType, structTypes }: ParameterType): string {
  if (arrayType) return `ARRAY<${typeText(arrayType)}>`;
  if (structTypes) return `STRUCT<${structTypes.map((one) => `\`${one.name}\` ${typeText(one.type)}`).join(", ")}>`;
  return type;
}
