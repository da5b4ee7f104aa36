/** A message as it is kept: what the publisher gave, and its number and time. */
export interface PubSubMessage {
  readonly messageId: string;
  readonly publishTimeMs: number;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

/** A message as a publisher gives it. */
export interface Draft {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

export interface Duration {
  readonly seconds: number;
  readonly nanos: number;
}

/** google.pubsub.v1.Topic, the fields that the fake acts on. */
export interface TopicSettings {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** google.pubsub.v1.Subscription, the fields that the fake acts on; others are echoed. */
export interface SubscriptionSettings {
  readonly name: string;
  readonly topic: string;
  readonly ackDeadlineSeconds: number;
  readonly retainAckedMessages: boolean;
  readonly enableMessageOrdering: boolean;
  readonly enableExactlyOnceDelivery: boolean;
  readonly filter: string;
  readonly deadLetterPolicy: { readonly deadLetterTopic: string; readonly maxDeliveryAttempts: number } | null;
  readonly retryPolicy: { readonly minimumBackoff: Duration | null; readonly maximumBackoff: Duration | null } | null;
}

export function durationMs(duration: Duration | null | undefined, otherwise: number): number {
  return duration ? duration.seconds * 1000 + duration.nanos / 1e6 : otherwise;
}
