import { PubSub } from "@google-cloud/pubsub";
import { expect, it, onTestFinished, vi } from "vitest";
import { SubscriptionFeed } from "../../../cloud-ingest/pubsub/subscription-feed.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { fakePlace, messageOf, read, textOf } from "./pubsub-rig.ts";

const WAIT = { timeout: 60_000, interval: 20 };
const LIMIT = { maxMessages: 100, maxBytes: 1e6 };

/** A place whose topic and subscription somebody else can take away. */
async function stage() {
  const { fake, place } = await fakePlace();
  const client = new PubSub({ projectId: place.project, apiEndpoint: place.endpoint });
  onTestFinished(() => client.close());
  return { fake, place, client, topic: client.topic("traffic") };
}

it("a topic that is gone is said with what to do, and nothing that waits in the inbox is lost once it is back", async () => {
  const { fake, place, client, topic } = await stage();
  const { ends, troubles } = await place.open({ through: "inbox" });
  await topic.delete();
  await ends.writer.publish(messageOf("cam-01", "one"));
  await vi.waitFor(() => expect(troubles.list()).toMatchObject([{ code: "forward-down" }]), WAIT);
  expect(troubles.list()[0]?.text).toContain("subscriptions anew");
  await client.subscription("ingest").delete();
  await topic.create();
  await topic.createSubscription("ingest", { enableMessageOrdering: true });
  expect((await read(ends.reader, 1)).map(textOf)).toEqual(["one"]);
  await vi.waitFor(() => expect(troubles.list()).toEqual([]), WAIT);
  expect(fake.published(place.topic)).toHaveLength(1);
});

it("a subscription that is gone is said, and read again as soon as it is back", async () => {
  const { fake, place, client, topic } = await stage();
  const { ends, troubles } = await place.open();
  const reading = read(ends.reader, 1);
  await vi.waitFor(() => expect(fake.openStreams(place.subscription)).toBe(1), WAIT);
  await client.subscription("ingest").delete();
  await vi.waitFor(() => expect(troubles.list()).toMatchObject([{ code: "bus-unreadable", subject: "ingest" }]), WAIT);
  await topic.createSubscription("ingest", { enableMessageOrdering: true });
  await ends.writer.publish(messageOf("cam-01", "one"));
  expect((await reading).map(textOf)).toEqual(["one"]);
  expect(troubles.list()).toEqual([]);
});

it("a subscription whose topic was deleted and made again is said, though what waited still comes", async () => {
  const { place, client, topic } = await stage();
  const troubles = new Troubles({ log: silentLog, clock: systemClock });
  const seen: string[] = [];
  const feed = new SubscriptionFeed({
    ...{ client, troubles, subscription: "ingest", topicLookMs: 20 },
    onMessage: (message) => {
      seen.push(message.data.toString());
      message.ack();
    },
    onEnd: () => {},
  });
  await place.publish("before");
  const stop = new AbortController();
  const running = feed.run(LIMIT, stop.signal);
  onTestFinished(() => running);
  onTestFinished(() => stop.abort());
  await vi.waitFor(() => expect(seen).toEqual(["before"]), WAIT);
  expect(troubles.list()).toEqual([]);
  await place.publish("waits");
  await topic.delete();
  await topic.create();
  await vi.waitFor(() => expect(troubles.list()).toMatchObject([{ code: "bus-unreadable", subject: "ingest" }]), WAIT);
  expect(troubles.list()[0]?.text).toContain("make it anew");
  await vi.waitFor(() => expect(seen).toEqual(["before", "waits"]), WAIT);
  expect(troubles.list()).toHaveLength(1);
  await client.subscription("ingest").delete();
  await topic.createSubscription("ingest");
  await vi.waitFor(() => expect(troubles.list()).toEqual([]), WAIT);
});
