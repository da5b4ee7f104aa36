import { BigQuery } from "@google-cloud/bigquery";
import { adapt, managedwriter, protos } from "@google-cloud/bigquery-storage";
import { credentials } from "@grpc/grpc-js";
import { OAuth2Client } from "google-auth-library";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { TableStore } from "./bigquery/table-store.ts";
import { FakeBigQueryRest } from "./rest/fake-bigquery-rest.ts";
import { FakeStorageWrite } from "./storage-write/fake-storage-write.ts";

const PROJECT = "kazoe-test";
const STREAM = `projects/${PROJECT}/datasets/shop/tables/counts/streams/_default`;
const FIELDS = [{ name: "event_id", type: "STRING", mode: "REQUIRED" }];

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
});

test("a table made by REST takes rows by the Storage Write API, tells it of new columns, gives the rows back by REST, and by SQL", async () => {
  const store = new TableStore();
  const [rest, write] = [new FakeBigQueryRest({ store }), new FakeStorageWrite({ store })];
  const [{ endpoint }, { host, port }] = [await rest.start(), await write.start()];
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: "test", expiry_date: Date.now() + 86_400_000 });
  const bigquery = new BigQuery({ projectId: PROJECT, apiEndpoint: endpoint, authClient });
  const sslCreds = credentials.createInsecure();
  const writer = new managedwriter.WriterClient({ projectId: PROJECT, apiEndpoint: host, port, sslCreds });
  onTestFinished(async () => {
    writer.close();
    await Promise.all([rest.stop(), write.stop()]);
  });

  const [dataset] = await bigquery.createDataset("shop");
  const [table] = await dataset.createTable("counts", { schema: { fields: FIELDS } });
  const view = protos.google.cloud.bigquery.storage.v1.WriteStreamView.FULL;
  const { tableSchema } = await writer.getWriteStream({ streamId: STREAM, view });
  const connection = await writer.createStreamConnection({ streamId: STREAM });
  const protoDescriptor = adapt.convertStorageSchemaToProto2Descriptor(tableSchema ?? {}, "root");
  const rows = new managedwriter.JSONWriter({ connection, protoDescriptor });
  await rows.appendRows([{ event_id: "e1" }]).getResult();
  await table.setMetadata({ schema: { fields: [...FIELDS, { name: "zone", type: "STRING" }] } });
  const { updatedSchema } = await rows.appendRows([{ event_id: "e2" }]).getResult();
  expect(updatedSchema?.fields?.map(({ name }) => name)).toEqual(["event_id", "zone"]);
  await rows.appendRows([{ event_id: "e3", zone: "till" }]).getResult();

  const [read] = await table.getRows();
  expect(read).toEqual([
    { event_id: "e1", zone: null },
    { event_id: "e2", zone: null },
    { event_id: "e3", zone: "till" },
  ]);

  const events = () => bigquery.query("SELECT STRING_AGG(event_id, ' ' ORDER BY event_id) AS events FROM shop.counts");
  expect((await events())[0]).toEqual([{ events: "e1 e2 e3" }]);
  await rows.appendRows([{ event_id: "e4" }]).getResult();
  await bigquery.query("DELETE FROM shop.counts WHERE zone = 'till'");
  await rows.appendRows([{ event_id: "e5" }]).getResult();
  expect((await events())[0]).toEqual([{ events: "e1 e2 e4 e5" }]);
});
