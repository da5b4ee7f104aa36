import { onTestFinished, vi } from "vitest";
import { askOnline, type OnlineQuestion } from "../../../cloud-ingest/online/ask-online.ts";
import type { Role } from "../../../cloud-ingest/roles.ts";
import { BigQueryClient } from "../../../cloud-ingest/warehouse/bigquery/big-query-client.ts";
import { openBigQueryWarehouse } from "../../../cloud-ingest/warehouse/bigquery/open.ts";
import { type Clock, systemClock } from "../../../firmware-config/kit/clock.ts";
import { FakePubSub } from "../../support/google/pubsub/fake-pubsub.ts";
import { PubSubPlace } from "../pubsub/pubsub-place.ts";
import { configOf } from "../warehouse/bigquery/bigquery-place.ts";
import { FakeBigQuery } from "../warehouse/bigquery/fake-bigquery.ts";

type Config = OnlineQuestion["config"];

/** Google's doubles with a topic, subscriptions and an empty dataset, until the test ends. */
export async function onlineRig() {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  const [bigquery, pubsub] = [new FakeBigQuery(), new FakePubSub()];
  const [endpoints, { endpoint }] = await Promise.all([bigquery.start(), pubsub.start()]);
  onTestFinished(async () => {
    await Promise.all([bigquery.stop(), pubsub.stop()]);
  });
  const place = await PubSubPlace.make(endpoint);
  const bus = place.options();
  const warehouse = configOf(endpoints);
  const { client } = new BigQueryClient(warehouse);
  await client.createDataset(warehouse.dataset, { location: warehouse.location });
  /** Makes tables and views as a start does. */
  const migrate = async () => (await openBigQueryWarehouse(warehouse)).close();
  const ask = (config: Partial<Config> = {}, over: Over = {}) => sorted({ bus, warehouse, ...config }, over);
  return { bigquery, pubsub, bus, warehouse, dataset: client.dataset(warehouse.dataset), migrate, ask };
}

interface Over {
  readonly clock?: Clock;
  readonly roles?: readonly Role[];
}

/** What was found, by its verdict. */
async function sorted(config: Config, { clock = systemClock, roles }: Over) {
  const { findings, plan } = await askOnline({ config, clock, ...(roles && { roles: new Set(roles) }) });
  const of = (wanted: string) => findings.filter(({ verdict }) => verdict === wanted).map(({ text }) => text);
  const hints = findings.flatMap(({ hint }) => hint ?? []);
  return { good: of("good"), notes: of("note"), wrong: of("wrong"), hints, plan };
}
