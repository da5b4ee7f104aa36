import { join } from "node:path";
import type { CloudConfig } from "../config.ts";
import type { Inbox } from "../inbox/inbox.ts";
import type { Troubles } from "../troubles.ts";
import type { Bus, BusEnds } from "./port.ts";

const MB = 1024 * 1024;

/** The bus that the configuration names. Throws `AppError` when it cannot be opened. */
export async function openBus({ bus, dataDir }: CloudConfig, troubles: Troubles, ends: BusEnds): Promise<Bus> {
  switch (bus.type) {
    case "pubsub": {
      const { openPubSubBus } = await import("../pubsub/open-pubsub-bus.ts");
      return openPubSubBus(bus, { dataDir, ends, troubles });
    }
    case "inbox": {
      const { Inbox } = await import("../inbox/inbox.ts");
      const bounds = { maxBytes: bus.maxMb * MB, keepBytes: bus.keepMb * MB };
      return busOf(await Inbox.open(join(dataDir, "inbox"), { ...bounds, troubles }));
    }
  }
}

/** The inbox is both ends of its bus. */
export function busOf(inbox: Inbox): Required<Pick<Bus, "writer" | "reader">> & Bus {
  return { writer: inbox, reader: inbox, stats: () => inbox.stats(), run: async () => {}, close: () => inbox.close() };
}
