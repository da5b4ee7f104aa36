import { join } from "node:path";
import { Outbox } from "../../edge-agent/outbox/outbox.ts";
import { systemClock } from "../../firmware-config/kit/clock.ts";
import { silentLog } from "../../firmware-config/kit/log.ts";

/** The outbox that an agent left in its data folder, opened to look into it: bounds and clock touch nothing of what is there. */
export function openAuditOutbox(dataDir: string, deviceId: string): Promise<Outbox> {
  return Outbox.open({
    dir: join(dataDir, "outbox"),
    ...{ deviceId, bootId: "boot-audit", maxBytes: 1e12, maxAgeMs: 1e15 },
    ...{ clock: systemClock, isClockSynced: () => false, log: silentLog },
  });
}
