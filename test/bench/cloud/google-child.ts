import { setTimeout as sleep } from "node:timers/promises";
import { TableStore } from "../../support/google/bigquery/table-store.ts";
import { FakePubSub } from "../../support/google/pubsub/fake-pubsub.ts";
import { FakeBigQueryRest } from "../../support/google/rest/fake-bigquery-rest.ts";
import { FakeStorageWrite } from "../../support/google/storage-write/fake-storage-write.ts";
import { publishedOf, TOPIC_NAME } from "./messages.ts";

// The doubles of Google's services in a process of their own, so that their work is not counted as ours.
const PORTION = 10_000;
const answerMs = Number(process.argv[2] ?? 0);
const store = new TableStore();
const hub = new FakePubSub();
const pubsub = await hub.start();
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
/** Puts so many messages into the topic from within: a million by RPC take longer than all the rest. */
process.on("message", (messages: number) => {
  for (let at = 0; at < messages; at += PORTION) {
    const length = Math.min(PORTION, messages - at);
    hub.publish(
      TOPIC_NAME,
      Array.from({ length }, (_, index) => publishedOf(at + index)),
    );
  }
  process.send?.("published");
});
process.on("disconnect", () => process.exit());
