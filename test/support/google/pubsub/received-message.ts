import type { Lease } from "./lease.ts";

/** google.pubsub.v1.ReceivedMessage. */
export interface ReceivedMessage {
  readonly ackId: string;
  readonly deliveryAttempt: number;
  readonly message: {
    readonly messageId: string;
    readonly data: Uint8Array;
    readonly attributes: Readonly<Record<string, string>>;
    readonly orderingKey: string;
    readonly publishTime: { readonly seconds: number; readonly nanos: number };
  };
}

/** A lease as it is sent; attempts are counted only where there is a dead-letter policy. */
export function receivedMessage({ ackId, attempt, message }: Lease, hasAttempts: boolean): ReceivedMessage {
  const { publishTimeMs, ...rest } = message;
  const seconds = Math.floor(publishTimeMs / 1000);
  const publishTime = { seconds, nanos: Math.round((publishTimeMs - seconds * 1000) * 1e6) };
  return { ackId, deliveryAttempt: hasAttempts ? attempt : 0, message: { ...rest, publishTime } };
}
