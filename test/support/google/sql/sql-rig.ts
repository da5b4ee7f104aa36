import { BigQuery, type Query } from "@google-cloud/bigquery";
import { OAuth2Client } from "google-auth-library";
import { onTestFinished } from "vitest";
import { ManualClock } from "../../manual-clock.ts";
import type { Table } from "../bigquery/table.ts";
import { TableStore } from "../bigquery/table-store.ts";
import { FakeBigQueryRest } from "../rest/fake-bigquery-rest.ts";
import type { SqlLimits } from "./run/sql-engine.ts";

export const PROJECT = "kazoe-test";

/** What a call failed with. */
export interface Failure {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

export const COUNTS_FIELDS = [
  { name: "event_id", type: "STRING", mode: "REQUIRED" },
  { name: "business_date", type: "DATE" },
  { name: "ts", type: "TIMESTAMP" },
  { name: "entries", type: "INT64" },
];

export const COUNTS_ROWS = [
  { event_id: "e1", business_date: "2026-11-25", ts: "2026-11-25T09:00:00Z", entries: 3 },
  { event_id: "e2", business_date: "2026-11-26", ts: "2026-11-26T09:00:00.123456Z", entries: 7 },
  { event_id: "e2", business_date: "2026-11-26", ts: "2026-11-26T10:00:00Z", entries: 8 },
];

export type SqlRig = Awaited<ReturnType<typeof sqlRig>>;

/** The fake with a dataset `shop`, and `counts` in it with three rows, behind the real client. */
export async function sqlRig({ limits, isStrict = false }: { limits?: SqlLimits; isStrict?: boolean } = {}) {
  const clock = new ManualClock("2026-11-26T09:00:00Z");
  const store = new TableStore({ clock });
  const fake = new FakeBigQueryRest({ store, ...(limits && { limits }) });
  const { endpoint } = await fake.start();
  onTestFinished(() => fake.stop());
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: "test", expiry_date: Date.now() + 86_400_000 });
  const client = new BigQuery({ projectId: PROJECT, apiEndpoint: endpoint, authClient, autoRetry: false });
  store.createDataset({ datasetReference: { projectId: PROJECT, datasetId: "shop" }, location: "asia-northeast1" });
  const table = (tableId: string): Table => store.table({ projectId: PROJECT, datasetId: "shop", tableId });
  store.createTable(
    { projectId: PROJECT, datasetId: "shop", tableId: "counts" },
    {
      schema: { fields: COUNTS_FIELDS },
      timePartitioning: { type: "DAY", field: "business_date" },
      requirePartitionFilter: isStrict,
    },
  );
  table("counts").stream(COUNTS_ROWS.map((row) => table("counts").rowOf(row)));
  const job = async (query: string, more: Omit<Query, "query"> = {}) => {
    const [started] = await client.createQueryJob({ query, ...more });
    const [rows] = await started.getQueryResults();
    return { rows: rows.map(plain), statistics: (await started.getMetadata())[0].statistics };
  };
  const rows = async (query: string, more: Omit<Query, "query"> = {}) => (await job(query, more)).rows;
  return { clock, store, fake, client, table, job, rows };
}

/** What the call failed with, or nothing. */
export async function failureOf(call: Promise<unknown>): Promise<Failure | undefined> {
  return call.then(
    () => undefined,
    (error: { code?: number; message?: string; errors?: readonly { reason?: string }[] }) => ({
      code: Number(error.code),
      reason: error.errors?.[0]?.reason ?? "",
      message: error.message ?? "",
    }),
  );
}

/** The client's own classes of dates and times as their text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (Buffer.isBuffer(value)) return value.toString("base64");
  if ("value" in value && typeof value.value === "string") return value.value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
