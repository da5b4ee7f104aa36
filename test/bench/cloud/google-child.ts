import { TableStore } from "../../support/google/bigquery/table-store.ts";
import { FakePubSub } from "../../support/google/pubsub/fake-pubsub.ts";
import { FakeBigQueryRest } from "../../support/google/rest/fake-bigquery-rest.ts";
import { FakeStorageWrite } from "../../support/google/storage-write/fake-storage-write.ts";

// The doubles of Google's services in a process of their own, so that their work is not counted as ours.
const store = new TableStore();
const pubsub = await new FakePubSub().start();
const rest = await new FakeBigQueryRest({ store }).start();
const storage = await new FakeStorageWrite({ store }).start();
process.send?.({
  pubsub: pubsub.endpoint,
  rest: `${rest.host}:${rest.port}`,
  storage: `${storage.host}:${storage.port}`,
});
process.on("disconnect", () => process.exit());
