import { PubSub } from "@google-cloud/pubsub";

export const PROJECT = "kazoe-bench";
export const TOPIC = "traffic";
export const SUBSCRIPTION = "ingest";

const START_MS = Date.parse("2026-11-01T00:00:00Z");
const DEVICES = 100;

/** A valid counts message as a device sends it, its number's own. */
export function countsMessage(number: number) {
  const ts = new Date(START_MS + Math.floor(number / DEVICES) * 60_000).toISOString();
  return {
    ...({ v: 1, kind: "counts", deviceId: `cam-${number % DEVICES}`, bootId: "boot-00000001" } as const),
    ...{ seq: Math.floor(number / DEVICES), ts, monotonicMs: number, clockSynced: true, historical: true },
    ...({ cameraId: "front", targetKind: "line", targetId: "door", windowStart: ts, windowS: 60 } as const),
    ...{ in: number % 7, out: number % 5, visits: 0, stops: 0, passersBy: 0, dwellS: 0 },
    ...{ dwellHistogram: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], occupancyMin: 0, occupancyMean: 0, occupancyMax: 0 },
    ...{ frames: 600, observedS: 60, partial: false },
  };
}

/** Published before the answers to them are waited for: what the client holds of them stays small. */
const AT_ONCE = 50_000;

/** Makes topic and subscription, and puts so many messages there. */
export async function publishAll(endpoint: string, messages: number): Promise<void> {
  const client = new PubSub({ projectId: PROJECT, apiEndpoint: endpoint });
  const [topic] = await client.createTopic(TOPIC);
  await topic.createSubscription(SUBSCRIPTION, { enableMessageOrdering: true, ackDeadlineSeconds: 60 });
  topic.setPublishOptions({ messageOrdering: true, batching: { maxMessages: 1_000, maxMilliseconds: 10 } });
  for (let at = 0; at < messages; at += AT_ONCE) {
    const length = Math.min(AT_ONCE, messages - at);
    await Promise.all(Array.from({ length }, (_, index) => topic.publishMessage(publishedOf(at + index))));
  }
  await client.close();
}

function publishedOf(number: number) {
  const message = countsMessage(number);
  const device = `acme/store-${number % 10}/${message.deviceId}`;
  const attributes = { topic: `kazoe/v1/${device}/counts`, receivedAtMs: String(Date.now()) };
  return { data: Buffer.from(JSON.stringify(message)), attributes, orderingKey: device };
}
