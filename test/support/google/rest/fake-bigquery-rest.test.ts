import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { BigQuery, type TableMetadata } from "@google-cloud/bigquery";
import { OAuth2Client } from "google-auth-library";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ManualClock } from "../../manual-clock.ts";
import { TableStore } from "../bigquery/table-store.ts";
import { FakeBigQueryRest } from "./fake-bigquery-rest.ts";

const PROJECT = "kazoe-test";
const COUNTS = `${PROJECT}.shop.counts`;
const FIELDS = [
  { name: "event_id", type: "STRING", mode: "REQUIRED" },
  { name: "business_date", type: "DATE" },
  { name: "ts", type: "TIMESTAMP" },
  { name: "entries", type: "INT64" },
];
const PARTITIONED = { schema: { fields: FIELDS }, timePartitioning: { type: "DAY", field: "business_date" } };
const WAIT = { timeout: 20_000, interval: 10 };

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

/** The fake with a dataset `shop`, and `counts` in it, made through the real client. */
async function setUp({ metadata = PARTITIONED }: { metadata?: TableMetadata } = {}) {
  const clock = new ManualClock("2026-11-26T09:00:00Z");
  const store = new TableStore({ clock });
  const fake = new FakeBigQueryRest({ store });
  const { endpoint } = await fake.start();
  onTestFinished(() => fake.stop());
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: "test", expiry_date: Date.now() + 86_400_000 });
  const client = new BigQuery({ projectId: PROJECT, apiEndpoint: endpoint, authClient, autoRetry: false });
  await client.createDataset("shop", { location: "asia-northeast1" });
  const table = client.dataset("shop").table("counts");
  await table.create(metadata);
  return { clock, store, fake, client, table, dataset: client.dataset("shop"), endpoint };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

/** A file of a test, which goes with it. */
async function fileOf(name: string, content: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "kazoe-test-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, name);
  await writeFile(file, content);
  return file;
}

async function ndjson(rows: readonly object[]): Promise<string> {
  return fileOf("rows.json", rows.map((row) => JSON.stringify(row)).join("\n"));
}

const JSON_LINES = { sourceFormat: "NEWLINE_DELIMITED_JSON" };

function rowsOfDays(count: number, from = "2000-01-01"): { event_id: string; business_date: string }[] {
  return Array.from({ length: count }, (_, index) => ({
    event_id: `e${index}`,
    business_date: new Date(Date.parse(from) + index * 86_400_000).toISOString().slice(0, 10),
  }));
}

/** What the call failed with, or nothing. */
async function failureOf(call: Promise<unknown>): Promise<{ code?: number; reason?: string } | undefined> {
  return call.then(
    () => undefined,
    (error: { code?: number; errors?: readonly { reason?: string }[] }) => ({
      ...(error.code !== undefined && { code: Number(error.code) }),
      ...(error.errors?.[0]?.reason && { reason: error.errors[0].reason }),
    }),
  );
}

describe("datasets and tables", () => {
  test("a table is given back as BigQuery gives it back", async () => {
    const settings = {
      ...PARTITIONED,
      requirePartitionFilter: true,
      clustering: { fields: ["event_id"] },
      labels: { a: "b" },
    };
    const { table } = await setUp({ metadata: settings });
    const [metadata] = await table.getMetadata();
    expect(metadata).toMatchObject({
      ...settings,
      schema: { fields: [...FIELDS.slice(0, 3), { name: "entries", type: "INTEGER" }] },
      etag: expect.any(String),
      type: "TABLE",
      numRows: "0",
      tableReference: { projectId: PROJECT, datasetId: "shop", tableId: "counts" },
    });
  });

  test("a change gives another etag, and one that was made on an older one is refused", async () => {
    const { table } = await setUp();
    const [{ etag }] = await table.getMetadata();
    await table.setMetadata({ description: "first", etag });
    const [after] = await table.getMetadata();
    expect(after.etag).not.toBe(etag);
    const headers = { "if-match": etag };
    const late = table.request({ method: "PATCH", uri: "/", headers, json: { description: "second" } });
    expect(await failureOf(late)).toEqual({ code: 412, reason: "conditionNotMet" });
  });

  test("tables are listed in pages", async () => {
    const { dataset } = await setUp();
    for (const id of ["a", "b", "c"]) await dataset.createTable(id, {});
    const [first, next] = await dataset.getTables({ maxResults: 3, autoPaginate: false });
    const [second, end] = await dataset.getTables({ ...next, autoPaginate: false });
    expect([first, second].map((page) => page.map(({ id }) => id))).toEqual([["a", "b", "c"], ["counts"]]);
    expect(end).toBeNull();
  });

  test("a null takes a label away", async () => {
    const { table, store } = await setUp({ metadata: { ...PARTITIONED, labels: { a: "b", c: "d" } } });
    await table.setMetadata(JSON.parse('{ "labels": { "a": null, "e": "f" } }'));
    expect(store.table({ projectId: PROJECT, datasetId: "shop", tableId: "counts" }).settings.labels).toEqual({
      c: "d",
      e: "f",
    });
  });

  const rows: { name: string; call: (it: SetUp) => Promise<unknown>; failure?: { code: number; reason: string } }[] = [
    {
      name: "a dataset once more",
      call: ({ client }) => client.createDataset("shop"),
      failure: { code: 409, reason: "duplicate" },
    },
    {
      name: "no such dataset",
      call: ({ client }) => client.dataset("none").getMetadata(),
      failure: { code: 404, reason: "notFound" },
    },
    { name: "a dataset", call: ({ dataset }) => dataset.getMetadata() },
    {
      name: "a dataset with tables deleted",
      call: ({ dataset }) => dataset.delete(),
      failure: { code: 400, reason: "resourceInUse" },
    },
    { name: "a dataset deleted with its tables", call: ({ dataset }) => dataset.delete({ force: true }) },
    {
      name: "a table once more",
      call: ({ dataset }) => dataset.createTable("counts", {}),
      failure: { code: 409, reason: "duplicate" },
    },
    {
      name: "no such table",
      call: ({ dataset }) => dataset.table("none").getMetadata(),
      failure: { code: 404, reason: "notFound" },
    },
    { name: "a table deleted", call: ({ table }) => table.delete() },
    {
      name: "a column more",
      call: ({ table }) => table.setMetadata(columns([...FIELDS, { name: "zone", type: "STRING" }])),
    },
    {
      name: "a REQUIRED column made NULLABLE",
      call: ({ table }) => table.setMetadata(columns(FIELDS.map((field) => ({ ...field, mode: "NULLABLE" })))),
    },
    {
      name: "a column taken away",
      call: ({ table }) => table.setMetadata(columns(FIELDS.slice(0, 3))),
      failure: { code: 400, reason: "invalid" },
    },
    {
      name: "a column of another type",
      call: ({ table }) => table.setMetadata(columns([...FIELDS.slice(0, 3), { name: "entries", type: "STRING" }])),
      failure: { code: 400, reason: "invalid" },
    },
    {
      name: "a REQUIRED column more",
      call: ({ table }) => table.setMetadata(columns([...FIELDS, { name: "zone", type: "STRING", mode: "REQUIRED" }])),
      failure: { code: 400, reason: "invalid" },
    },
    {
      name: "another partition column",
      call: ({ table }) => table.setMetadata({ timePartitioning: { type: "DAY", field: "ts" } }),
      failure: { code: 400, reason: "invalid" },
    },
    {
      name: "a partition column that is not there",
      call: ({ dataset }) =>
        dataset.createTable("bad", { ...PARTITIONED, timePartitioning: { type: "DAY", field: "x" } }),
      failure: { code: 400, reason: "invalid" },
    },
  ];
  test.each(rows)("$name: $failure.reason", async ({ call, failure }) => {
    expect(await failureOf(call(await setUp()))).toEqual(failure);
  });
});

function columns(fields: readonly { name: string; type: string; mode?: string }[]): TableMetadata {
  return { schema: { fields: [...fields] } };
}

describe("load jobs", () => {
  test("rows of JSON lines", async () => {
    const { store, table } = await setUp();
    const file = await ndjson([
      { event_id: "e1", business_date: "2026-11-26", ts: "2026-11-26 09:00:00 UTC", entries: "7" },
    ]);
    const [job] = await table.load(file, JSON_LINES);
    expect(job.statistics?.load?.outputRows).toBe("1");
    expect(store.rows(COUNTS)).toEqual([
      { event_id: "e1", business_date: "2026-11-26", ts: "2026-11-26T09:00:00.000000Z", entries: 7 },
    ]);
    const [read] = await table.getRows();
    expect(read).toMatchObject([{ event_id: "e1", entries: 7, business_date: { value: "2026-11-26" } }]);
  });

  test("rows of Parquet", async () => {
    const { store, table } = await setUp();
    const file = await fileOf("rows.parquet", "");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const row =
      "'e1' AS event_id, DATE '2026-11-26' AS business_date, TIMESTAMPTZ '2026-11-26 18:00:00.5+09' AS ts, 7 AS entries";
    await connection.run(`COPY (SELECT ${row}) TO '${file}' (FORMAT parquet)`);
    connection.closeSync();
    await table.load(file, { sourceFormat: "PARQUET" });
    expect(store.rows(COUNTS)).toEqual([
      { event_id: "e1", business_date: "2026-11-26", ts: "2026-11-26T09:00:00.500000Z", entries: 7 },
    ]);
  });

  test("a job id is used once, also when its job failed", async () => {
    const { store, fake, table } = await setUp();
    const bad = await ndjson([{ business_date: "2026-11-26" }]);
    const good = await ndjson([{ event_id: "e1" }]);
    const load = (file: string, jobId: string) => table.load(file, { ...JSON_LINES, jobId });
    expect(await failureOf(load(bad, "j1"))).toMatchObject({ reason: "invalid" });
    expect(await failureOf(load(good, "j1"))).toEqual({ code: 409, reason: "duplicate" });
    expect(await failureOf(load(good, "j2"))).toBeUndefined();
    expect(await failureOf(load(good, "j2"))).toEqual({ code: 409, reason: "duplicate" });
    expect(store.rows(COUNTS)).toHaveLength(1);
    expect(fake.jobs().map(({ reference }) => reference.jobId)).toEqual(["j1", "j2"]);
  });

  test("a partition replaced, the others kept", async () => {
    const { store, table, dataset } = await setUp();
    await table.load(await ndjson(rowsOfDays(3, "2026-11-24")), JSON_LINES);
    const replace = { ...JSON_LINES, writeDisposition: "WRITE_TRUNCATE" };
    const day = dataset.table("counts$20261125");
    await day.load(await ndjson([{ event_id: "new", business_date: "2026-11-25" }]), replace);
    expect(store.rows(COUNTS).map((row) => row.event_id)).toEqual(["e0", "e2", "new"]);
    const other = day.load(await ndjson([{ event_id: "bad", business_date: "2026-11-26" }]), replace);
    expect(await failureOf(other)).toMatchObject({ reason: "invalid" });
  });

  test("a file sent in two pieces", async () => {
    const { store, fake, endpoint } = await setUp();
    const jobs = `${endpoint}/upload/bigquery/v2/projects/${PROJECT}/jobs?uploadType=resumable`;
    const destinationTable = { projectId: PROJECT, datasetId: "shop", tableId: "counts" };
    const body = JSON.stringify({ configuration: { load: { ...JSON_LINES, destinationTable } } });
    const location = (await fetch(jobs, { method: "POST", body })).headers.get("location") ?? "";
    const send = (text: string, range: string) =>
      fetch(location, { method: "PUT", body: text, headers: { "content-range": range }, redirect: "manual" });
    expect((await send('{"event_id":', "bytes 0-11/17")).status).toBe(308);
    expect((await send('"e1"}', "bytes 12-16/17")).status).toBe(200);
    await fake.jobs()[0]?.done;
    expect(store.rows(COUNTS)).toHaveLength(1);
  });

  const cases: { name: string; run: (it: SetUp) => Promise<unknown>; reason?: string; code?: number }[] = [
    { name: "4,000 partitions", run: async ({ table }) => table.load(await ndjson(rowsOfDays(4000)), JSON_LINES) },
    {
      name: "4,001 partitions",
      run: async ({ table }) => table.load(await ndjson(rowsOfDays(4001)), JSON_LINES),
      reason: "invalid",
    },
    {
      name: "10,000 partitions in a table, and one more",
      run: async ({ table }) => {
        for (const from of ["2000-01-01", "2010-12-14", "2021-11-26"]) {
          await table.load(await ndjson(rowsOfDays(from === "2021-11-26" ? 2000 : 4000, from)), JSON_LINES);
        }
        return table.load(await ndjson([{ event_id: "e1", business_date: "1999-12-31" }]), JSON_LINES);
      },
      reason: "quotaExceeded",
    },
    {
      name: "an unknown column",
      run: async ({ table }) => table.load(await ndjson([{ event_id: "e1", sex: "f" }]), JSON_LINES),
      reason: "invalid",
    },
    {
      name: "no such table and no wish to make it",
      run: async ({ dataset }) =>
        dataset.table("none").load(await ndjson([]), { ...JSON_LINES, createDisposition: "CREATE_NEVER" }),
      reason: "notFound",
    },
    {
      name: "a format that the fake does not read",
      run: async ({ table }) => table.load(await fileOf("rows.csv", "a"), { sourceFormat: "CSV" }),
      reason: "notImplemented",
    },
  ];
  test.each(cases)("$name: $reason", async ({ run, reason }) => {
    const failure = await failureOf(run(await setUp()));
    expect(failure?.reason).toBe(reason);
  });

  test("1,500 jobs a day on a plain table, and again the day after", async () => {
    const { store, clock, table } = await setUp({ metadata: { schema: { fields: FIELDS } } });
    const plain = store.table({ projectId: PROJECT, datasetId: "shop", tableId: "counts" });
    for (let job = 1; job <= 1500; job++) plain.write([]);
    const file = await ndjson([{ event_id: "e1" }]);
    expect(await failureOf(table.load(file, JSON_LINES))).toMatchObject({ reason: "quotaExceeded" });
    clock.advance(86_400);
    expect(await failureOf(table.load(file, JSON_LINES))).toBeUndefined();
  });

  test("30,000 partitions a day on a partitioned table", async () => {
    const { store } = await setUp();
    const table = store.table({ projectId: PROJECT, datasetId: "shop", tableId: "counts" });
    const rows = rowsOfDays(3000).map((row) => table.rowOf(row));
    for (let job = 1; job <= 10; job++) table.write(rows, { replace: true });
    expect(() => table.write(rows.slice(0, 1))).toThrow(/30000/);
  });

  test("rows of a partition that has expired are gone at once", async () => {
    const timePartitioning = { ...PARTITIONED.timePartitioning, expirationMs: String(400 * 86_400_000) };
    const { store, table } = await setUp({ metadata: { ...PARTITIONED, timePartitioning } });
    await table.load(await ndjson([...rowsOfDays(1, "2020-01-01"), ...rowsOfDays(1, "2026-01-01")]), JSON_LINES);
    expect(store.rows(COUNTS).map((row) => row.business_date)).toEqual(["2026-01-01"]);
  });
});

describe("queries", () => {
  const strict = { ...PARTITIONED, requirePartitionFilter: true };
  const counts = (it: SetUp) => it.store.table({ projectId: PROJECT, datasetId: "shop", tableId: "counts" });
  const insertDays =
    "INSERT INTO shop.counts (event_id, business_date) SELECT CAST(n AS STRING), DATE_ADD(DATE '2000-01-01', INTERVAL n DAY) FROM UNNEST(GENERATE_ARRAY(1, @last)) AS n";

  test("many rows come in pages", async () => {
    const { client, fake } = await setUp();
    const [got] = await client.query("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 25000)) AS n");
    expect(got).toHaveLength(25_000);
    expect(fake.faults.calls("jobs.getQueryResults")).toBeGreaterThanOrEqual(2);
  });

  test("a job that runs still is waited for", async () => {
    let finish: (value?: unknown) => void = () => {};
    const { client, fake } = await setUp();
    fake.faults.add("jobs.run", { kind: "late", until: new Promise((resolve) => (finish = resolve)) });
    const [job] = await client.createQueryJob("SELECT 1");
    expect((await job.getMetadata())[0].status.state).toBe("RUNNING");
    finish();
    expect((await job.getQueryResults())[0]).toHaveLength(1);
    await vi.waitFor(async () => expect((await job.getMetadata())[0].status.state).toBe("DONE"), WAIT);
  });

  test("a dry run tells the bytes and runs nothing", async () => {
    const it = await setUp();
    counts(it).bytesEstimate = 12_345;
    const query = `DELETE FROM \`${COUNTS}\` WHERE TRUE`;
    counts(it).stream([counts(it).rowOf({ event_id: "e1" })]);
    const [job] = await it.client.createQueryJob({ query, dryRun: true });
    expect(job.metadata.statistics).toMatchObject({
      totalBytesProcessed: "12345",
      query: { statementType: "DELETE", referencedTables: [{ tableId: "counts" }] },
    });
    expect(it.fake.jobs()).toHaveLength(0);
    expect(it.store.rows(COUNTS)).toHaveLength(1);
  });

  test("a failed job is told by its results, and its id stays used", async () => {
    const { client } = await setUp();
    const query = "SELECT ERROR('no')";
    const [job] = await client.createQueryJob({ query, jobId: "q1" });
    expect(await failureOf(job.getQueryResults())).toEqual({ code: 400, reason: "invalidQuery" });
    expect(await failureOf(client.createQueryJob({ query, jobId: "q1" }))).toMatchObject({ code: 409 });
  });

  test("rows that a statement writes are written, under the limit of partitions", async () => {
    const { client, store } = await setUp();
    const [job] = await client.createQueryJob({ query: insertDays, params: { last: 4000 } });
    const [, , results] = await job.getQueryResults();
    expect(results).toMatchObject({ numDmlAffectedRows: "4000" });
    expect(await failureOf(client.query({ query: insertDays, params: { last: 4001 } }))).toMatchObject({ code: 400 });
    expect(store.rows(COUNTS)).toHaveLength(4000);
  });

  test("a query's rows may go into a table", async () => {
    const { client, store, dataset } = await setUp();
    const destination = dataset.table("daily");
    const query = "SELECT DATE '2026-11-26' AS day, 7 AS entries";
    const [job] = await client.createQueryJob({ query, destination });
    await job.getQueryResults();
    expect(store.rows(`${PROJECT}.shop.daily`)).toEqual([{ day: "2026-11-26", entries: 7 }]);
  });

  test("jobs outside of US and EU are found by their location only", async () => {
    const { client } = await setUp();
    const [job] = await client.createQueryJob("SELECT * FROM shop.counts");
    const id = job.id ?? "";
    expect(await failureOf(client.job(id).getMetadata())).toMatchObject({ code: 404 });
    expect(await failureOf(client.job(id, { location: "asia-northeast1" }).getMetadata())).toBeUndefined();
  });

  const bounds: { name: string; query: string; params?: unknown; refused?: true }[] = [
    { name: "no bound", query: "SELECT * FROM shop.counts", refused: true },
    { name: "a bound on another column", query: "SELECT * FROM shop.counts WHERE entries > 1", refused: true },
    { name: "a literal date", query: "SELECT * FROM shop.counts WHERE business_date = '2026-11-26'" },
    { name: "a typed literal", query: "SELECT * FROM shop.counts c WHERE c.business_date >= DATE '2026-11-26'" },
    {
      name: "BETWEEN parameters",
      query: "SELECT * FROM `kazoe-test.shop.counts` WHERE business_date BETWEEN @a AND @b",
      params: { a: "2026-11-01", b: "2026-11-26" },
    },
    { name: "a list", query: "SELECT * FROM shop.counts WHERE business_date IN ('2026-11-26')" },
    {
      name: "a list as parameter",
      query: "SELECT * FROM shop.counts WHERE business_date IN UNNEST(@a)",
      params: { a: [BigQuery.date("2026-11-26")] },
    },
    { name: "a bound in a comment", query: "SELECT * FROM shop.counts -- business_date = '2026-11-26'", refused: true },
    { name: "a bound in a text", query: `SELECT "business_date = '2026-11-26'" FROM shop.counts`, refused: true },
    { name: "another column", query: "SELECT * FROM shop.counts WHERE business_date = DATE(ts)", refused: true },
    {
      name: "a sub-query for a bound",
      query: "SELECT * FROM shop.counts WHERE business_date = (SELECT DATE '2026-11-26')",
      refused: true,
    },
    {
      name: "a MERGE without one",
      query: "MERGE shop.counts t USING (SELECT 'e1' AS id) s ON t.event_id = s.id WHEN MATCHED THEN DELETE",
      refused: true,
    },
    { name: "an INSERT, which reads nothing of it", query: "INSERT INTO shop.counts (event_id) VALUES ('e1')" },
  ];
  test.each(bounds)("a table that wants its partitions bounded: $name", async ({ query, params, refused }) => {
    const { client } = await setUp({ metadata: strict });
    const failure = await failureOf(client.query({ query, ...(params !== undefined && { params: Object(params) }) }));
    expect(failure).toEqual(refused && { code: 400, reason: "invalidQuery" });
  });

  const billed: { name: string; bytes: number; limit: string; refused?: true }[] = [
    { name: "1 byte, which is less than is billed for any table", bytes: 1, limit: "1", refused: true },
    { name: "10 MB for a small table", bytes: 1, limit: String(10 * 1024 * 1024) },
    { name: "less than the table has", bytes: 50_000_000, limit: "49999999", refused: true },
    { name: "what the table has", bytes: 50_000_000, limit: "50000000" },
  ];
  test.each(billed)("maximumBytesBilled of $name", async ({ bytes, limit, refused }) => {
    const it = await setUp();
    counts(it).bytesEstimate = bytes;
    const failure = await failureOf(it.client.query({ query: "SELECT * FROM shop.counts", maximumBytesBilled: limit }));
    expect(failure).toEqual(refused && { code: 400, reason: "bytesBilledLimitExceeded" });
  });
});

describe("planned faults", () => {
  const rows: { name: string; run: (it: SetUp) => Promise<void> }[] = [
    {
      name: "a call refused",
      run: async ({ fake, table }) => {
        fake.faults.add("tables.get", { kind: "fail", code: 403 });
        expect(await failureOf(table.getMetadata())).toEqual({ code: 403, reason: "accessDenied" });
        expect(await failureOf(table.getMetadata())).toBeUndefined();
      },
    },
    {
      name: "a job whose answer was lost is there, and its id is used",
      run: async ({ fake, store, table }) => {
        fake.faults.add("jobs.insert", { kind: "lose", code: 503 });
        const file = await ndjson([{ event_id: "e1" }]);
        const load = () => table.load(file, { ...JSON_LINES, jobId: "j1" });
        expect(await failureOf(load())).toMatchObject({ code: 503 });
        expect(await failureOf(load())).toMatchObject({ code: 409 });
        await fake.jobs()[0]?.done;
        expect(store.rows(COUNTS)).toHaveLength(1);
      },
    },
    {
      name: "a connection cut",
      run: async ({ fake, table }) => {
        fake.faults.add("tables.get", { kind: "close" });
        await expect(table.getMetadata()).rejects.toThrow(/socket hang up|ECONNRESET/);
      },
    },
    {
      name: "a call that hangs while others are answered, until the service stops",
      run: async ({ fake, table, dataset }) => {
        fake.faults.add("tables.get", { kind: "hang" });
        const call = failureOf(table.getMetadata());
        await vi.waitFor(() => expect(fake.faults.calls("tables.get")).toBe(1), WAIT);
        expect(await failureOf(dataset.getMetadata())).toBeUndefined();
        await fake.stop();
        expect(await call).toBeDefined();
      },
    },
    {
      name: "a late answer",
      run: async ({ fake, table }) => {
        let open: (value?: unknown) => void = () => {};
        fake.faults.add("tables.get", { kind: "late", until: new Promise((resolve) => (open = resolve)) });
        const call = failureOf(table.getMetadata());
        await vi.waitFor(() => expect(fake.faults.calls("tables.get")).toBeGreaterThan(0), WAIT);
        open();
        expect(await call).toBeUndefined();
      },
    },
    {
      name: "a request that arrives twice is answered the second time",
      run: async ({ fake, dataset }) => {
        fake.faults.add("tables.insert", { kind: "twice" });
        expect(await failureOf(dataset.createTable("new", {}))).toMatchObject({ code: 409 });
      },
    },
  ];
  test.each(rows)("$name", async ({ run }) => run(await setUp()));
});
