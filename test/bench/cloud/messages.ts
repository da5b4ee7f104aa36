import { PubSub } from "@google-cloud/pubsub";

export const PROJECT = "kazoe-bench";
export const TOPIC = "traffic";
export const TOPIC_NAME = `projects/${PROJECT}/topics/${TOPIC}`;
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

/** Makes topic and subscription. */
export async function makeTopic(endpoint: string): Promise<void> {
  const client = new PubSub({ projectId: PROJECT, apiEndpoint: endpoint });
  const [topic] = await client.createTopic(TOPIC);
  await topic.createSubscription(SUBSCRIPTION, { enableMessageOrdering: true, ackDeadlineSeconds: 60 });
  await client.close();
}

/** The message of that number as the broker publishes it. */
export function publishedOf(number: number) {
  const message = countsMessage(number);
  const device = `acme/store-${number % 10}/${message.deviceId}`;
  const attributes = { topic: `kazoe/v1/${device}/counts`, receivedAtMs: String(Date.now()) };
  return { data: Buffer.from(JSON.stringify(message)), attributes, orderingKey: device };
}
