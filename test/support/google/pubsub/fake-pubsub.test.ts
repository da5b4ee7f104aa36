import { setMaxListeners } from "node:events";
import { type Message, PubSub, type Subscription, type SubscriptionOptions, v1 } from "@google-cloud/pubsub";
import { credentials } from "@grpc/grpc-js";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { ManualClock } from "../../manual-clock.ts";
import { CODE } from "../grpc/codes.ts";
import { FakePubSub } from "./fake-pubsub.ts";

const PROJECT = "kazoe-test";
const TOPIC = `projects/${PROJECT}/topics/traffic`;
const DEAD = `projects/${PROJECT}/topics/dead`;
const SUBSCRIPTION = `projects/${PROJECT}/subscriptions/ingest`;
const WAIT = { timeout: 20_000, interval: 10 };

beforeAll(() => {
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  setMaxListeners(50);
});

/** The fake, with topic and subscription made through the real client. */
async function setUp(options: Record<string, unknown> = {}) {
  const clock = new ManualClock("2026-11-26T09:00:00Z");
  const fake = new FakePubSub({ clock });
  const { endpoint } = await fake.start();
  const client = new PubSub({ projectId: PROJECT, apiEndpoint: endpoint });
  onTestFinished(async () => {
    await client.close();
    await fake.stop();
  });
  const [topic] = await client.createTopic("traffic");
  await client.createTopic("dead");
  await topic.createSubscription("ingest", options);
  return { clock, fake, client, topic, endpoint };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

/** What a subscriber got, in order; `on` decides what becomes of each message. */
function listen({ client }: Pick<SetUp, "client">, on: (message: Message) => void, options: SubscriptionOptions = {}) {
  const subscription = client.subscription("ingest", { streamingOptions: { maxStreams: 1 }, ...options });
  const got: Message[] = [];
  const errors: unknown[] = [];
  subscription.on("error", (error) => errors.push(error));
  subscription.on("message", (message: Message) => {
    got.push(message);
    on(message);
  });
  onTestFinished(() => closed(subscription));
  return { got, errors, subscription, texts: () => got.map(({ data }) => data.toString()) };
}

async function closed(subscription: Subscription): Promise<void> {
  subscription.removeAllListeners("message");
  await subscription.close();
}

const ack = (message: Message): void => message.ack();
const hold = (): void => {};

async function publish({ topic }: Pick<SetUp, "topic">, texts: readonly string[], orderingKey = ""): Promise<void> {
  topic.setPublishOptions({ messageOrdering: orderingKey !== "" });
  const drafts = texts.map((text) => ({ data: Buffer.from(text), ...(orderingKey && { orderingKey }) }));
  await Promise.all(drafts.map((draft) => topic.publishMessage(draft)));
}

function rawClients({ endpoint }: Pick<SetUp, "endpoint">) {
  const [apiEndpoint = "", port] = endpoint.split(":");
  const options = { projectId: PROJECT, apiEndpoint, port: Number(port), sslCreds: credentials.createInsecure() };
  const publisher = new v1.PublisherClient(options);
  const subscriber = new v1.SubscriberClient(options);
  onTestFinished(async () => {
    await publisher.close();
    await subscriber.close();
  });
  return { publisher, subscriber };
}

describe("what a publisher is told", () => {
  const MB = 1_000_000;
  const text = (length: number) => Buffer.alloc(length, "a");
  const rows = [
    { name: "a message with data", messages: [{ data: text(1) }], code: CODE.ok },
    { name: "a message with attributes alone", messages: [{ attributes: { kind: "x" } }], code: CODE.ok },
    { name: "1,000 messages", messages: Array(1000).fill({ data: text(1) }), code: CODE.ok },
    { name: "1,001 messages", messages: Array(1001).fill({ data: text(1) }), code: CODE.invalidArgument },
    { name: "no message", messages: [], code: CODE.invalidArgument },
    { name: "an empty message", messages: [{ data: text(1) }, {}], code: CODE.invalidArgument },
    { name: "a message over 10 MB", messages: [{ data: text(10 * MB + 1) }], code: CODE.invalidArgument },
    { name: "a request over 10 MB", messages: Array(3).fill({ data: text(4 * MB) }), code: CODE.invalidArgument },
    { name: "a key of 1,024 bytes", messages: [{ data: text(1), orderingKey: "k".repeat(1024) }], code: CODE.ok },
    {
      name: "a key of 1,025 bytes",
      messages: [{ data: text(1), orderingKey: "ä".repeat(513) }],
      code: CODE.invalidArgument,
    },
    {
      name: "an attribute's value over 1,024 bytes",
      messages: [{ attributes: { kind: "v".repeat(1025) } }],
      code: CODE.invalidArgument,
    },
  ];
  test.each(rows)("$name: code $code", async ({ messages, code }) => {
    const it = await setUp();
    const { publisher } = rawClients(it);
    const answer = publisher.publish({ topic: TOPIC, messages }, { retry: null });
    expect(await codeOf(answer)).toBe(code);
    expect(it.fake.published(TOPIC)).toHaveLength(code === CODE.ok ? messages.length : 0);
  });
});

describe("topics and subscriptions", () => {
  const rows: { name: string; call: (it: SetUp) => Promise<unknown>; code: number }[] = [
    { name: "a topic once more", call: ({ client }) => client.createTopic("traffic"), code: CODE.alreadyExists },
    { name: "a topic with a bad name", call: ({ client }) => client.createTopic("1"), code: CODE.invalidArgument },
    { name: "no such topic", call: ({ client }) => client.topic("none").getMetadata(), code: CODE.notFound },
    { name: "a topic", call: ({ client }) => client.topic("traffic").getMetadata(), code: CODE.ok },
    { name: "labels of a topic", call: ({ topic }) => topic.setMetadata({ labels: { a: "b" } }), code: CODE.ok },
    { name: "a topic deleted", call: ({ topic }) => topic.delete(), code: CODE.ok },
    { name: "the list of topics", call: ({ client }) => client.getTopics(), code: CODE.ok },
    {
      name: "a subscription once more",
      call: ({ topic }) => topic.createSubscription("ingest"),
      code: CODE.alreadyExists,
    },
    {
      name: "a subscription of no topic",
      call: ({ client }) => client.topic("none").createSubscription("other"),
      code: CODE.notFound,
    },
    {
      name: "no such subscription",
      call: ({ client }) => client.subscription("none").getMetadata(),
      code: CODE.notFound,
    },
    { name: "a subscription", call: ({ client }) => client.subscription("ingest").getMetadata(), code: CODE.ok },
    { name: "a subscription deleted", call: ({ client }) => client.subscription("ingest").delete(), code: CODE.ok },
    {
      name: "another ack deadline",
      call: ({ client }) => client.subscription("ingest").setMetadata({ ackDeadlineSeconds: 60 }),
      code: CODE.ok,
    },
    {
      name: "order switched on later",
      call: ({ client }) => client.subscription("ingest").setMetadata({ enableMessageOrdering: true }),
      code: CODE.invalidArgument,
    },
    {
      name: "an ack deadline of 5 s",
      call: ({ topic }) => topic.createSubscription("other", { ackDeadlineSeconds: 5 }),
      code: CODE.invalidArgument,
    },
    {
      name: "dead letters after 3 attempts",
      call: ({ topic }) =>
        topic.createSubscription("other", { deadLetterPolicy: { deadLetterTopic: DEAD, maxDeliveryAttempts: 3 } }),
      code: CODE.invalidArgument,
    },
    {
      name: "a filter, which the fake has not",
      call: ({ topic }) => topic.createSubscription("other", { filter: 'attributes.kind = "x"' }),
      code: CODE.unimplemented,
    },
  ];
  test.each(rows)("$name: code $code", async ({ call, code }) => {
    expect(await codeOf(call(await setUp()))).toBe(code);
  });
});

describe("what a subscriber gets", () => {
  const rows: { name: string; options?: Record<string, unknown>; run: (it: SetUp) => Promise<void> }[] = [
    {
      name: "every message once, when each is acknowledged",
      run: async (it) => {
        const { texts } = listen(it, ack);
        await publish(it, numbers(0, 200));
        await vi.waitFor(() => expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0), WAIT);
        expect(texts().sort(byNumber)).toEqual(numbers(0, 200));
      },
    },
    {
      name: "a message again when it is given back",
      run: async (it) => {
        const { got } = listen(it, (message) => (got.length < 3 ? message.nack() : message.ack()));
        await publish(it, ["a"]);
        await vi.waitFor(() => expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0), WAIT);
        expect(got).toHaveLength(3);
      },
    },
    {
      name: "a message again when its lease ran out, and not before",
      run: async (it) => {
        await publish(it, ["a"]);
        const { subscriber } = rawClients(it);
        const pull = async () => (await subscriber.pull({ subscription: SUBSCRIPTION, maxMessages: 10 }))[0];
        expect((await pull()).receivedMessages).toHaveLength(1);
        it.clock.advance(9.9);
        expect((await pull()).receivedMessages).toHaveLength(0);
        it.clock.advance(0.1);
        await vi.waitFor(async () => expect((await pull()).receivedMessages).toHaveLength(1), WAIT);
      },
    },
    {
      name: "a longer lease when it asks for it",
      run: async (it) => {
        await publish(it, ["a"]);
        const { subscriber } = rawClients(it);
        const [{ receivedMessages }] = await subscriber.pull({ subscription: SUBSCRIPTION, maxMessages: 1 });
        const ackIds = receivedMessages?.map(({ ackId }) => ackId ?? "") ?? [];
        await subscriber.modifyAckDeadline({ subscription: SUBSCRIPTION, ackIds, ackDeadlineSeconds: 60 });
        it.clock.advance(59);
        expect(it.fake.leases(SUBSCRIPTION)[0]?.expiresAtMs).toBe(60_000);
      },
    },
    {
      name: "no more than it may hold, until it acknowledges",
      run: async (it) => {
        const { got } = listen(it, hold, { flowControl: { maxMessages: 5, allowExcessMessages: false } });
        await publish(it, numbers(0, 50));
        await vi.waitFor(() => expect(got).toHaveLength(5), WAIT);
        expect(it.fake.leases(SUBSCRIPTION)).toHaveLength(5);
        let done = 0;
        await vi.waitFor(() => {
          while (done < got.length) got[done++]?.ack();
          expect(it.fake.leases(SUBSCRIPTION).length).toBeLessThanOrEqual(5);
          expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0);
        }, WAIT);
        expect(got).toHaveLength(50);
      },
    },
    {
      name: "no more bytes than it may hold, but for the last message",
      run: async (it) => {
        const { got } = listen(it, hold, { flowControl: { maxBytes: 1000, allowExcessMessages: false } });
        await publish(it, Array(9).fill("a".repeat(400)));
        await vi.waitFor(() => expect(got).toHaveLength(3), WAIT);
        expect(it.fake.leases(SUBSCRIPTION)).toHaveLength(3);
        for (const message of got.slice()) message.ack();
        await vi.waitFor(() => expect(got).toHaveLength(6), WAIT);
      },
    },
    {
      name: "a share, where several take from one subscription",
      run: async (it) => {
        const flowControl = { maxMessages: 10, allowExcessMessages: false };
        const shares = [listen(it, hold, { flowControl }), listen(it, hold, { flowControl })];
        await vi.waitFor(() => expect(it.fake.openStreams(SUBSCRIPTION)).toBe(2), WAIT);
        await publish(it, numbers(0, 20));
        await vi.waitFor(() => expect(shares.map(({ got }) => got.length)).toEqual([10, 10]), WAIT);
        for (const { got } of shares) for (const message of got) message.ack();
        await vi.waitFor(() => expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0), WAIT);
      },
    },
    {
      name: "messages of a key in order",
      options: { enableMessageOrdering: true },
      run: async (it) => {
        const { got } = listen(it, ack);
        await Promise.all(["a", "b", "c"].map((key) => publish(it, numbers(0, 60), key)));
        await vi.waitFor(() => expect(got).toHaveLength(180), WAIT);
        for (const key of ["a", "b", "c"]) {
          expect(got.filter((one) => one.orderingKey === key).map(({ data }) => String(data))).toEqual(numbers(0, 60));
        }
      },
    },
    {
      name: "messages of a key on one stream alone, while some of them are out",
      options: { enableMessageOrdering: true },
      run: async (it) => {
        const flowControl = { maxMessages: 2, allowExcessMessages: false };
        const both = [listen(it, hold, { flowControl }), listen(it, hold, { flowControl })];
        await vi.waitFor(() => expect(it.fake.openStreams(SUBSCRIPTION)).toBe(2), WAIT);
        await publish(it, numbers(0, 5), "door");
        expect(it.fake.leases(SUBSCRIPTION)).toHaveLength(2);
        const counts = () => both.map(({ got }) => got.length).sort();
        await vi.waitFor(() => expect(counts()).toEqual([0, 2]), WAIT);
      },
    },
    {
      name: "all from the one given back, in order, within its key",
      options: { enableMessageOrdering: true },
      run: async (it) => {
        await publish(it, numbers(0, 5), "door");
        const { got, texts } = listen(it, (message) => {
          const isFirstOne = texts().filter((text) => text === "1").length === 1;
          if (String(message.data) === "1" && isFirstOne) message.nack();
          else message.ack();
        });
        await vi.waitFor(() => expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0), WAIT);
        expect(texts().slice(texts().lastIndexOf("1"))).toEqual(numbers(1, 5));
        expect(got.length).toBeGreaterThan(5);
      },
    },
    {
      name: "all from the one whose lease ran out, in order, within its key",
      options: { enableMessageOrdering: true },
      run: async (it) => {
        await publish(it, numbers(0, 5), "door");
        const { texts } = listen(it, (message) => {
          if (texts().length > 5 || String(message.data) === "0") message.ack();
        });
        await vi.waitFor(() => expect(texts()).toHaveLength(5), WAIT);
        await vi.waitFor(() => expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(4), WAIT);
        it.fake.expireLeases(SUBSCRIPTION);
        await vi.waitFor(() => expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0), WAIT);
        expect(texts().slice(5)).toEqual(numbers(1, 5));
      },
    },
    {
      name: "nothing more of a message that was handed out too often: one copy is a dead letter",
      options: { deadLetterPolicy: { deadLetterTopic: DEAD, maxDeliveryAttempts: 5 } },
      run: async (it) => {
        const { got } = listen(it, (message) => message.nack());
        await it.topic.publishMessage({ data: Buffer.from("a"), attributes: { kind: "x" } });
        await vi.waitFor(() => expect(it.fake.published(DEAD)).toHaveLength(1), WAIT);
        expect(got.map(({ deliveryAttempt }) => deliveryAttempt)).toEqual([1, 2, 3, 4, 5]);
        expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0);
        expect(it.fake.published(DEAD)[0]?.attributes).toEqual({
          kind: "x",
          CloudPubSubDeadLetterSourceDeliveryCount: "5",
          CloudPubSubDeadLetterSourceSubscription: "ingest",
          CloudPubSubDeadLetterSourceSubscriptionProject: PROJECT,
          CloudPubSubDeadLetterSourceTopicPublishTime: "2026-11-26T09:00:00.000Z",
        });
      },
    },
    {
      name: "a retry only after the back-off",
      options: { retryPolicy: { minimumBackoff: { seconds: 2 }, maximumBackoff: { seconds: 60 } } },
      run: async (it) => {
        const { got } = listen(it, (message) => message.nack());
        await publish(it, ["a"]);
        await vi.waitFor(() => expect(it.fake.leases(SUBSCRIPTION)).toHaveLength(0), WAIT);
        expect(got.length).toBeLessThanOrEqual(1);
        await vi.waitFor(() => expect(got).toHaveLength(1), WAIT);
        await vi.waitFor(() => expect(it.fake.faults.calls("ModifyAckDeadline")).toBeGreaterThan(0), WAIT);
        it.clock.advance(2);
        await vi.waitFor(() => expect(got).toHaveLength(2), WAIT);
      },
    },
    {
      name: "what was retained again after a seek to an earlier time",
      options: { retainAckedMessages: true },
      run: async (it) => {
        const { texts, subscription } = listen(it, ack);
        await publish(it, ["old"]);
        await vi.waitFor(() => expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0), WAIT);
        it.clock.advance(60);
        await publish(it, ["new"]);
        await vi.waitFor(() => expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0), WAIT);
        await subscription.seek(new Date("2026-11-26T09:00:30Z"));
        await vi.waitFor(() => expect(texts()).toEqual(["old", "new", "new"]), WAIT);
      },
    },
    {
      name: "nothing that is older than the time sought",
      run: async (it) => {
        await publish(it, ["old"]);
        it.clock.advance(60);
        await it.client.subscription("ingest").seek(new Date("2026-11-26T09:00:30Z"));
        expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0);
      },
    },
  ];
  test.each(rows)("$name", async ({ options, run }) => run(await setUp(options)));
});

describe("exactly-once delivery", () => {
  const options = { enableExactlyOnceDelivery: true };

  test("an acknowledgement that counts is confirmed", async () => {
    const it = await setUp(options);
    const { got } = listen(it, hold);
    await publish(it, ["a"]);
    await vi.waitFor(() => expect(got).toHaveLength(1), WAIT);
    expect(await got[0]?.ackWithResponse()).toBe("SUCCESS");
    expect(it.fake.unacked(SUBSCRIPTION)).toHaveLength(0);
  });

  test("an acknowledgement that comes too late is refused, and the message comes again", async () => {
    const it = await setUp(options);
    const { got } = listen(it, hold);
    await publish(it, ["a"]);
    await vi.waitFor(() => expect(got).toHaveLength(1), WAIT);
    it.fake.expireLeases(SUBSCRIPTION);
    await expect(got[0]?.ackWithResponse()).rejects.toMatchObject({ errorCode: "INVALID" });
    await vi.waitFor(() => expect(got).toHaveLength(2), WAIT);
    expect(await got[1]?.ackWithResponse()).toBe("SUCCESS");
  });

  test("a stream confirms ids and names those that are invalid", async () => {
    const it = await setUp(options);
    await publish(it, ["a"]);
    const { subscriber } = rawClients(it);
    const stream = subscriber.streamingPull();
    const confirmed: unknown[] = [];
    stream.on("error", () => {});
    stream.on("data", (answer) => {
      const [first] = answer.receivedMessages;
      if (first) stream.write({ ackIds: [first.ackId, "never-given"] });
      if (answer.acknowledgeConfirmation) confirmed.push(answer.acknowledgeConfirmation);
    });
    stream.write({ subscription: SUBSCRIPTION, streamAckDeadlineSeconds: 10 });
    await vi.waitFor(() => expect(confirmed).toHaveLength(1), WAIT);
    expect(confirmed[0]).toMatchObject({ ackIds: [expect.any(String)], invalidAckIds: ["never-given"] });
    stream.end();
    await vi.waitFor(() => expect(it.fake.openStreams(SUBSCRIPTION)).toBe(0), WAIT);
  });

  test("without it an acknowledgement that comes too late is accepted, and the message comes again", async () => {
    const it = await setUp();
    const { got } = listen(it, hold);
    await publish(it, ["a"]);
    await vi.waitFor(() => expect(got).toHaveLength(1), WAIT);
    it.fake.expireLeases(SUBSCRIPTION);
    expect(await got[0]?.ackWithResponse()).toBe("SUCCESS");
    await vi.waitFor(() => expect(got).toHaveLength(2), WAIT);
  });
});

describe("planned faults", () => {
  const rows: { name: string; run: (it: SetUp) => Promise<void> }[] = [
    {
      name: "a call that fails once is made again by the client",
      run: async (it) => {
        it.fake.faults.add("Publish", { kind: "fail", code: CODE.unavailable });
        await publish(it, ["a"]);
        expect(it.fake.published(TOPIC)).toHaveLength(1);
        expect(it.fake.faults.calls("Publish")).toBe(2);
      },
    },
    {
      name: "a lost answer makes the client publish twice",
      run: async (it) => {
        it.fake.faults.add("Publish", { kind: "lose", code: CODE.unavailable });
        await publish(it, ["a"]);
        expect(it.fake.published(TOPIC)).toHaveLength(2);
      },
    },
    {
      name: "a request that arrives twice is done twice",
      run: async (it) => {
        it.fake.faults.add("Publish", { kind: "twice" });
        await publish(it, ["a"]);
        expect(it.fake.published(TOPIC)).toHaveLength(2);
      },
    },
    {
      name: "a call that hangs is not done, and ends by the caller's own deadline",
      run: async (it) => {
        it.fake.faults.add("Publish", { kind: "hang" });
        const { publisher } = rawClients(it);
        const answer = publisher.publish({ topic: TOPIC, messages: [{ data: "YQ==" }] }, { timeout: 50, retry: null });
        expect(await codeOf(answer)).toBe(4);
        expect(it.fake.published(TOPIC)).toHaveLength(0);
      },
    },
    {
      name: "a late answer comes when the test says so, and only after the first calls that it lets pass",
      run: async (it) => {
        const { promise, resolve } = gate();
        it.fake.faults.add("Publish", { kind: "late", until: promise }, { after: 1 });
        await publish(it, ["a"]);
        const second = publish(it, ["b"]);
        await vi.waitFor(() => expect(it.fake.faults.calls("Publish")).toBe(2), WAIT);
        expect(it.fake.published(TOPIC)).toHaveLength(1);
        resolve();
        await second;
        expect(it.fake.published(TOPIC)).toHaveLength(2);
      },
    },
    {
      name: "a stream that was closed is opened again by the client",
      run: async (it) => {
        const { got } = listen(it, ack);
        await vi.waitFor(() => expect(it.fake.openStreams(SUBSCRIPTION)).toBe(1), WAIT);
        it.fake.closeStreams(SUBSCRIPTION);
        await publish(it, ["a"]);
        await vi.waitFor(() => expect(got).toHaveLength(1), WAIT);
      },
    },
    {
      name: "a stream that closes instead of delivering keeps the message until its lease runs out",
      run: async (it) => {
        it.fake.faults.add("Deliver", { kind: "close" });
        const { got } = listen(it, ack);
        await publish(it, ["a"]);
        await vi.waitFor(() => expect(it.fake.faults.calls("StreamingPull")).toBe(2), WAIT);
        expect(got).toHaveLength(0);
        it.fake.expireLeases(SUBSCRIPTION);
        await vi.waitFor(() => expect(got).toHaveLength(1), WAIT);
      },
    },
    {
      name: "a delivery may come twice",
      run: async (it) => {
        it.fake.faults.add("Deliver", { kind: "twice" });
        const { got } = listen(it, ack);
        await publish(it, ["a"]);
        await vi.waitFor(() => expect(got).toHaveLength(2), WAIT);
      },
    },
    {
      name: "a stream that the service refuses for good is an error of the subscription",
      run: async (it) => {
        it.fake.faults.add("StreamingPull", { kind: "fail", code: 7 });
        const { errors } = listen(it, ack);
        await vi.waitFor(() => expect(errors).toMatchObject([{ code: 7 }]), WAIT);
      },
    },
    {
      name: "the service may stop and come back on its port with all that it had",
      run: async (it) => {
        const { got } = listen(it, ack);
        await vi.waitFor(() => expect(it.fake.openStreams(SUBSCRIPTION)).toBe(1), WAIT);
        await it.fake.stop();
        await it.fake.start(Number(it.endpoint.split(":")[1]));
        await publish(it, ["a"]);
        await vi.waitFor(() => expect(got).toHaveLength(1), WAIT);
      },
    },
  ];
  test.each(rows)("$name", async ({ run }) => run(await setUp()));
});

function gate() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}

/** The gRPC code that the call ended with, 0 when it went well. */
async function codeOf(answer: Promise<unknown>): Promise<number> {
  return answer.then(
    () => CODE.ok,
    (error: { code: number }) => error.code,
  );
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

function byNumber(a: string, b: string): number {
  return Number(a) - Number(b);
}
