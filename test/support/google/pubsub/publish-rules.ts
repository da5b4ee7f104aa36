import { CODE } from "../grpc/codes.ts";
import { RpcError } from "../grpc/rpc-error.ts";
import type { Draft } from "./resources.ts";

const MAX_BYTES = 10_000_000;
const MAX_MESSAGES = 1000;
const MAX_KEY_BYTES = 1024;
const MAX_ATTRIBUTES = 100;
const MAX_ATTRIBUTE_KEY_BYTES = 256;
const MAX_ATTRIBUTE_VALUE_BYTES = 1024;

/** Throws INVALID_ARGUMENT for a request that the real service refuses: one bad message refuses all. */
export function checkPublish(messages: readonly Draft[]): void {
  if (messages.length === 0) refuse("a request needs at least one message");
  if (messages.length > MAX_MESSAGES) refuse(`${messages.length} messages are more than ${MAX_MESSAGES} in a request`);
  for (const message of messages) checkMessage(message);
  const bytes = messages.reduce((sum, message) => sum + sizeOf(message), 0);
  if (bytes > MAX_BYTES) refuse(`a request of ${bytes} bytes is larger than ${MAX_BYTES}`);
}

/** What counts against the limits of size: data, attributes and key. */
export function sizeOf({ data, attributes, orderingKey }: Draft): number {
  const texts = [...Object.entries(attributes).flat(), orderingKey];
  return data.length + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function checkMessage(message: Draft): void {
  const attributes = Object.entries(message.attributes);
  if (message.data.length === 0 && attributes.length === 0) refuse("a message needs data or an attribute");
  if (sizeOf(message) > MAX_BYTES) refuse(`a message of ${sizeOf(message)} bytes is larger than ${MAX_BYTES}`);
  if (Buffer.byteLength(message.orderingKey) > MAX_KEY_BYTES) {
    refuse(`an ordering key is longer than ${MAX_KEY_BYTES} bytes`);
  }
  if (attributes.length > MAX_ATTRIBUTES) refuse(`more than ${MAX_ATTRIBUTES} attributes`);
  for (const [key, value] of attributes) checkAttribute(key, value);
}

function checkAttribute(key: string, value: string): void {
  const keyBytes = Buffer.byteLength(key);
  if (keyBytes === 0 || keyBytes > MAX_ATTRIBUTE_KEY_BYTES) refuse("an attribute's key has 1 to 256 bytes");
  if (key.startsWith("goog")) refuse("an attribute's key may not start with goog");
  if (Buffer.byteLength(value) > MAX_ATTRIBUTE_VALUE_BYTES) refuse("an attribute's value has at most 1024 bytes");
}

function refuse(why: string): never {
  throw new RpcError(CODE.invalidArgument, why);
}
