import { join } from "node:path";
import type { CloudConfig } from "../config.ts";
import type { Troubles } from "../troubles.ts";
import type { Bus } from "./port.ts";

const MB = 1024 * 1024;

/** The bus that the configuration names. Throws `AppError` when it cannot be opened. */
export async function openBus({ bus, dataDir }: CloudConfig, troubles: Troubles): Promise<Bus> {
  switch (bus.type) {
    case "inbox": {
      const { Inbox } = await import("../inbox/inbox.ts");
      return Inbox.open(join(dataDir, "inbox"), { maxBytes: bus.maxMb * MB, keepBytes: bus.keepMb * MB, troubles });
    }
  }
}
