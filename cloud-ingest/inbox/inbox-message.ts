import type { BusMessage } from "../bus/port.ts";

const FORMAT = 1;
const HEADER_BYTES = 11;

/** Format (1 byte), time (float64), length of the topic (uint16), topic in UTF-8, payload. Big-endian. */
export function encodeMessage({ receivedAtMs, topic, payload }: BusMessage): Uint8Array {
  const topicBytes = Buffer.from(topic);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + topicBytes.length + payload.byteLength);
  bytes.writeUInt8(FORMAT, 0);
  bytes.writeDoubleBE(receivedAtMs, 1);
  bytes.writeUInt16BE(topicBytes.length, 9);
  bytes.set(topicBytes, HEADER_BYTES);
  bytes.set(payload, HEADER_BYTES + topicBytes.length);
  return bytes;
}

/** The message as it was; undefined when the bytes are of a later format. */
export function decodeMessage(value: Uint8Array): BusMessage | undefined {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (bytes[0] !== FORMAT || bytes.length < HEADER_BYTES) return undefined;
  const payloadAt = HEADER_BYTES + bytes.readUInt16BE(9);
  return {
    receivedAtMs: bytes.readDoubleBE(1),
    topic: bytes.toString("utf8", HEADER_BYTES, payloadAt),
    payload: bytes.subarray(payloadAt),
  };
}
