import { BigQuery, type Query } from "@google-cloud/bigquery";
import { adapt, managedwriter, protos } from "@google-cloud/bigquery-storage";
import { credentials } from "@grpc/grpc-js";
import { OAuth2Client } from "google-auth-library";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { BigQueryEmulator, hasBigQueryEmulator } from "./bigquery-emulator.ts";

const FIELDS = [
  { name: "event_id", type: "STRING", mode: "REQUIRED" },
  { name: "day", type: "DATE" },
  { name: "n", type: "INT64" },
  { name: "received_at", type: "TIMESTAMP" },
];
const DAY = "2026-11-01";
const DAYS_SINCE_1970 = Date.parse(DAY) / 86_400_000;
const [EARLY, LATE] = [new Date(`${DAY}T09:00:00.123Z`), new Date(`${DAY}T10:00:00Z`)];

describe.skipIf(!hasBigQueryEmulator())("the BigQuery emulator", () => {
  let emulator: BigQueryEmulator;
  let bigquery: BigQuery;
  beforeAll(async () => {
    vi.stubEnv("METADATA_SERVER_DETECTION", "none");
    emulator = await BigQueryEmulator.start();
    const authClient = new OAuth2Client();
    authClient.setCredentials({ access_token: "test", expiry_date: Date.now() + 86_400_000 });
    const { projectId, rest: apiEndpoint } = emulator;
    bigquery = new BigQuery({ projectId, apiEndpoint, authClient, autoRetry: false });
    const [dataset] = await bigquery.createDataset("shop");
    await dataset.createTable("counts", {
      ...{ schema: { fields: FIELDS }, timePartitioning: { type: "DAY", field: "day" } },
      ...{ clustering: { fields: ["event_id"] }, labels: { app: "kazoe" } },
    });
  });
  afterAll(() => emulator?.stop());

  /** The rows that a statement gives; throws what it fails with, which `bigquery.query` does not here. */
  async function rowsOf(query: string, params: Query["params"] = {}): Promise<unknown[]> {
    const [job] = await bigquery.createQueryJob({ query, params });
    const [rows] = await job.getQueryResults();
    return rows;
  }

  it("takes rows by the Storage Write API and gives them back to a query", async () => {
    const { writer, rows } = await openWriter(emulator);
    onTestFinished(() => writer.close());
    await rows
      .appendRows([
        { event_id: "e1", day: DAYS_SINCE_1970, n: 1, received_at: EARLY },
        { event_id: "e2", day: DAYS_SINCE_1970, n: 2, received_at: EARLY },
        { event_id: "e1", day: DAYS_SINCE_1970, n: 3, received_at: LATE },
      ])
      .getResult();

    const found = await rowsOf("SELECT event_id, day, n, received_at FROM shop.counts WHERE day = @day ORDER BY n", {
      day: BigQuery.date(DAY),
    });
    const at = (time: Date) => bigquery.timestamp(time);
    expect(found).toEqual([
      { event_id: "e1", day: BigQuery.date(DAY), n: 1, received_at: at(EARLY) },
      { event_id: "e2", day: BigQuery.date(DAY), n: 2, received_at: at(EARLY) },
      { event_id: "e1", day: BigQuery.date(DAY), n: 3, received_at: at(LATE) },
    ]);
  });

  it("sees each event once through a view with QUALIFY", async () => {
    await rowsOf(
      `CREATE OR REPLACE VIEW shop.counts_once AS SELECT * EXCEPT (received_at) FROM shop.counts WHERE TRUE
       QUALIFY ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY received_at DESC) = 1`,
    );
    expect(await rowsOf("SELECT event_id, n FROM shop.counts_once ORDER BY event_id")).toEqual([
      { event_id: "e1", n: 3 },
      { event_id: "e2", n: 2 },
    ]);
  });

  it("replaces the days that are named, and no others, in one MERGE", async () => {
    await rowsOf(
      `CREATE TABLE shop.daily (event_id STRING, day DATE, n INT64);
       INSERT INTO shop.daily (event_id, day, n) VALUES ('old', '2026-11-01', 1), ('kept', '2026-11-02', 2)`,
    );
    const days = [BigQuery.date(DAY)];
    await rowsOf(
      `MERGE shop.daily AS t USING (SELECT event_id, day, n FROM shop.counts_once) AS s ON FALSE
       WHEN NOT MATCHED BY SOURCE AND t.day IN UNNEST(@days) THEN DELETE
       WHEN NOT MATCHED THEN INSERT (event_id, day, n) VALUES (s.event_id, s.day, s.n)`,
      { days },
    );
    expect(await rowsOf("SELECT event_id, n FROM shop.daily ORDER BY event_id")).toEqual([
      { event_id: "e1", n: 3 },
      { event_id: "e2", n: 2 },
      { event_id: "kept", n: 2 },
    ]);
  });

  it("makes a transaction's statements happen together or not at all", async () => {
    await rowsOf("CREATE TABLE shop.sums (n INT64)");
    await rowsOf(
      "BEGIN TRANSACTION; INSERT INTO shop.sums (n) VALUES (1); INSERT INTO shop.sums (n) VALUES (2); COMMIT TRANSACTION",
    );
    const failing = rowsOf(
      "BEGIN TRANSACTION; DELETE FROM shop.sums WHERE TRUE; SELECT ERROR('no'); COMMIT TRANSACTION",
    );
    await expect(failing).rejects.toThrow("no");
    expect(await rowsOf("SELECT n FROM shop.sums ORDER BY n")).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("says what is wrong with a statement", async () => {
    await expect(rowsOf("SELECT n FROM shop.nowhere")).rejects.toThrow("Not found: Table kazoe-test.shop.nowhere");
    await expect(rowsOf("SELEC n FROM shop.counts")).rejects.toThrow('Syntax error: Unexpected identifier "SELEC"');
  });
});

async function openWriter({ projectId, grpcPort: port }: BigQueryEmulator) {
  const sslCreds = credentials.createInsecure();
  const writer = new managedwriter.WriterClient({ projectId, apiEndpoint: "127.0.0.1", port, sslCreds });
  const streamId = `projects/${projectId}/datasets/shop/tables/counts/streams/_default`;
  const view = protos.google.cloud.bigquery.storage.v1.WriteStreamView.FULL;
  const { tableSchema } = await writer.getWriteStream({ streamId, view });
  const connection = await writer.createStreamConnection({ streamId });
  const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(tableSchema ?? {}, "root");
  return { writer, rows: new managedwriter.JSONWriter({ connection, protoDescriptor }) };
}
