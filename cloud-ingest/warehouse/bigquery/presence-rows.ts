import type { DeviceIdentity } from "../../../firmware-config/contract/topics.ts";
import { isToCome } from "../../../firmware-config/kit/clock.ts";
import type { IngestBatch } from "../port.ts";
import { deviceKey } from "../presence.ts";

/** Which batch of which process a row came with. */
export interface BatchPlace {
  readonly worker: string;
  readonly number: number;
}

/**
 * What a batch says of devices: each state and birth message, and of data when the last was received. A time of receipt after
 * `nowMs` was stamped by our clock while it was ahead: it counts as now.
 */
export function presenceRows(
  { data, presence }: Pick<IngestBatch, "data" | "presence">,
  place: BatchPlace,
  nowMs = Number.POSITIVE_INFINITY,
): readonly object[] {
  const heardAt = (receivedAt: string) =>
    isToCome(receivedAt, nowMs) ? new Date(nowMs).toISOString() : new Date(receivedAt).toISOString();
  const last = new Map<string, DeviceIdentity & { readonly receivedAt: string; readonly kind: "data" }>();
  for (const { identity, receivedAt } of data) {
    const key = deviceKey(identity);
    const at = heardAt(receivedAt);
    const before = last.get(key);
    if (!before || before.receivedAt < at) last.set(key, { ...identity, receivedAt: at, kind: "data" });
  }
  const said = presence.map(({ identity, receivedAt, message }) => {
    return { ...identity, receivedAt: heardAt(receivedAt), kind: message.kind, message: JSON.stringify(message) };
  });
  return [...last.values(), ...said].map((row) => ({ ...row, ...place }));
}
