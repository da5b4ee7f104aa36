import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { BigQueryClient } from "../../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import { planMigration } from "../../../../cloud-ingest/warehouse/bigquery/migration.ts";
import { openBigQueryWarehouse } from "../../../../cloud-ingest/warehouse/bigquery/open.ts";
import { TABLES } from "../../../../cloud-ingest/warehouse/bigquery/tables.ts";
import { exitCodeOf } from "../../../../firmware-config/kit/errors.ts";
import { batch, countsRow, SHIBUYA } from "../rows.ts";
import { configOf } from "./bigquery-place.ts";
import { FakeBigQuery } from "./fake-bigquery.ts";

const NOON = "2026-03-02T03:00:00Z";
const RANGE = { from: "2026-03-02", to: "2026-03-02" };

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

async function setUp(over: object = {}) {
  const fake = new FakeBigQuery();
  const config = { ...configOf(await fake.start()), ...over };
  const client = new BigQueryClient(config);
  const dataset = client.client.dataset(config.dataset);
  onTestFinished(() => fake.stop());
  const open = async () => {
    const warehouse = await openBigQueryWarehouse(config);
    onTestFinished(() => warehouse.close());
    return warehouse;
  };
  const make = () => client.client.createDataset(config.dataset, { location: config.location });
  return { fake, config, client, dataset, open, make };
}

/** Of a table, as the API says it. */
async function metadataOf({ dataset }: Awaited<ReturnType<typeof setUp>>, name: string) {
  const [metadata] = await dataset.table(name).getMetadata();
  return metadata;
}

describe("an empty dataset", () => {
  it("gets every table and view, cut, clustered, guarded and described, and then lacks nothing", async () => {
    const place = await setUp({ keepDays: 400, labels: { team: "shops" } });
    await place.make();
    await place.open();
    expect(await metadataOf(place, "counts")).toMatchObject({
      timePartitioning: { type: "DAY", field: "date", expirationMs: String(400 * 86_400_000) },
      requirePartitionFilter: true,
      clustering: { fields: ["tenant", "store", "device_id"] },
      labels: { team: "shops", made_by: "kazoe" },
      description: expect.stringContaining("one line or zone"),
    });
    const { schema } = await metadataOf(place, "counts");
    const described = schema.fields.filter((field: { description?: string }) => field.description);
    expect(described.length).toBeGreaterThan(schema.fields.length / 2);
    const hourly = await metadataOf(place, "traffic_hourly");
    expect(hourly.timePartitioning).toEqual({ type: "MONTH", field: "business_date" });
    expect((await metadataOf(place, "v_counts")).view.query).toContain("QUALIFY");
    expect(await planMigration(new BigQueryClient({ ...place.config }))).toEqual([]);
  });

  it("is made once by workers that start at the same time", async () => {
    const place = await setUp();
    await place.make();
    const warehouses = await Promise.all([1, 2, 3, 4].map(() => place.open()));
    await Promise.all(warehouses.map((one, index) => one.store({ ...EMPTY, data: [countsRow(index, NOON)] })));
    expect(await warehouses[0]?.traffic(SHIBUYA, RANGE, "window")).toHaveLength(4);
  });
});

const EMPTY = { data: [], presence: [], quarantine: [] };

describe("a dataset of an older version", () => {
  it("gets the columns that are new, keeps its rows, and loses no field", async () => {
    const place = await setUp();
    await place.make();
    await (await place.open()).store(batch(1, { data: [countsRow(1, NOON)] }));
    const { schema } = await metadataOf(place, "counts");
    const fields = schema.fields.filter(({ name }: { name: string }) => name !== "passers_by" && name !== "stops");
    const rows = place.fake.store.rows(`kazoe-test.${place.config.dataset}.counts`);
    expect(rows).toHaveLength(1);
    await place.dataset.table("v_counts").delete();
    await place.dataset.table("counts").delete();
    await place.dataset.createTable("counts", {
      schema: { fields },
      timePartitioning: { type: "DAY", field: "date" },
      requirePartitionFilter: true,
    });
    const steps = (await planMigration(place.client)).map(({ name, ddl }) => `${name}: ${ddl.slice(0, 40)}`);
    expect(steps.join("\n")).toContain("counts: ALTER TABLE `counts`\n  ADD COLUMN");
    const warehouse = await place.open();
    await warehouse.store(batch(2, { data: [countsRow(2, NOON, { passersBy: 5, stops: 3 })] }));
    expect(await warehouse.traffic(SHIBUYA, RANGE, "window")).toMatchObject([{ passersBy: 5, stops: 3 }]);
  });

  it("keeps columns and labels that are somebody else's", async () => {
    const place = await setUp();
    await place.make();
    await place.open();
    const { schema } = await metadataOf(place, "job_run");
    await place.dataset.table("job_run").setMetadata({
      schema: { fields: [...schema.fields, { name: "theirs", type: "STRING" }] },
      labels: { made_by: "kazoe", theirs: "yes" },
    });
    expect(await planMigration(place.client)).toEqual([]);
  });

  it("keeps a table that only begins like one of a decade", async () => {
    const place = await setUp();
    await place.make();
    const schema = { fields: [{ name: "mine", type: "STRING" }] };
    for (const name of ["counts_2026", "counts_1990s_old"]) await place.dataset.createTable(name, { schema });
    await place.open();
    expect((await metadataOf(place, "v_counts")).view.query).not.toContain("counts_");
    expect((await metadataOf(place, "counts_2026")).schema).toEqual(schema);
  });

  it("is left alone by a start when a command is to change it, and the start says what is missing", async () => {
    const place = await setUp({ migrate: "by-command" });
    await place.make();
    const refused = await place.open().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "WAREHOUSE_REFUSED", message: expect.stringContaining("v_counts") });
    expect(refused).toMatchObject({ hint: expect.stringContaining("kazoe warehouse migrate") });
    expect(exitCodeOf(refused)).toBe(2);
    expect(await planMigration(place.client)).toHaveLength(TABLES.length + 6);
  });
});

describe("a dataset that does not fit", () => {
  it("is refused when it is not there, with the command that makes it", async () => {
    const place = await setUp();
    const refused = await place.open().catch((error: unknown) => error);
    expect(refused).toMatchObject({ message: expect.stringContaining(`no dataset ${place.config.dataset}`) });
    expect(refused).toMatchObject({ hint: expect.stringContaining("bq --location=US mk -d") });
    expect(exitCodeOf(refused)).toBe(2);
  });

  it("is refused with all that differs at once, and nothing of it is changed", async () => {
    const place = await setUp();
    await place.make();
    await place.dataset.createTable("counts", { schema: { fields: [{ name: "tenant", type: "INT64" }] } });
    await place.dataset.createTable("device", { schema: { fields: [{ name: "online", type: "STRING" }] } });
    const refused = await place.open().catch((error: unknown) => error);
    for (const said of [
      "counts: column tenant is INT64 instead of STRING",
      "counts: it is partitioned not at all instead of by DAY of date",
      "device: column online is STRING instead of BOOL",
    ])
      expect(refused).toMatchObject({ code: "WAREHOUSE_REFUSED", message: expect.stringContaining(said) });
    const [tables] = await place.dataset.getTables();
    expect(tables.map(({ id }) => id)).toEqual(["counts", "device"]);
  });
});
