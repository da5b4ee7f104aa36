/** The bytes in memory of their own: what the MQTT parser hands out is a view that keeps a whole read of up to 64 KiB alive. */
export function ownCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
