import type { PubSubMessage } from "./resources.ts";

/** Who takes messages, and how much it may hold; the backlog counts what it holds. */
export interface Holder {
  readonly maxMessages: number;
  readonly maxBytes: number;
  heldMessages: number;
  heldBytes: number;
}

/** A message handed out under an id that is good until it expires. */
export interface Lease {
  readonly ackId: string;
  readonly message: PubSubMessage;
  /** How often the message was handed out, this time too. */
  readonly attempt: number;
  readonly expiresAtMs: number;
}

/** Which ids counted and which had expired. */
export interface Outcome {
  readonly good: readonly string[];
  readonly invalid: readonly string[];
}

/** Takes over a message that was handed out too often; false when it cannot, then it is handed out again. */
export type Bury = (message: PubSubMessage, attempts: number) => boolean;

/** A limit of 0 or less is none; one message may go over the limit of bytes, or it could never be delivered. */
export function hasRoom({ maxMessages, maxBytes, heldMessages, heldBytes }: Holder): boolean {
  return (maxMessages <= 0 || heldMessages < maxMessages) && (maxBytes <= 0 || heldBytes < maxBytes);
}
