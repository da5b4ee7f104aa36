import { setTimeout as sleep } from "node:timers/promises";
import { TableStore } from "../../support/google/bigquery/table-store.ts";
import { FakePubSub } from "../../support/google/pubsub/fake-pubsub.ts";
import { FakeBigQueryRest } from "../../support/google/rest/fake-bigquery-rest.ts";
import { FakeStorageWrite } from "../../support/google/storage-write/fake-storage-write.ts";

// The doubles of Google's services in a process of their own, so that their work is not counted as ours.
const answerMs = Number(process.argv[2] ?? 0);
const store = new TableStore();
const pubsub = await new FakePubSub().start();
const rest = await new FakeBigQueryRest({ store }).start();
const writes = new FakeStorageWrite({ store });
if (answerMs > 0) {
  writes.faults.take = (method) => (method === "AppendRows" ? { kind: "late", until: sleep(answerMs) } : undefined);
}
const storage = await writes.start();
process.send?.({
  pubsub: pubsub.endpoint,
  rest: `${rest.host}:${rest.port}`,
  storage: `${storage.host}:${storage.port}`,
});
process.on("disconnect", () => process.exit());
