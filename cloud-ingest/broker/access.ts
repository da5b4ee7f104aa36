import { createHash, timingSafeEqual } from "node:crypto";
import { type DeviceIdentity, parseTopic, topicPrefixOf } from "../../firmware-config/contract/topics.ts";
import type { DeviceAccess } from "../config.ts";

/** What a device may subscribe to, below its own prefix. */
const SUBSCRIBABLE = ["shadow/#", "shadow/desired", "command"];
const RETAINED = new Set<string | undefined>(["state", "birth"]);
const NOBODY = Buffer.alloc(32);

/** Who may connect, and what they may do; everything else is denied. */
export class Access {
  readonly #devices: ReadonlyMap<string, { readonly identity: DeviceIdentity; readonly tokenSha256: Buffer }>;

  constructor(devices: readonly DeviceAccess[]) {
    this.#devices = new Map(
      devices.map(({ tenant, store, device, tokenSha256 }) => [
        `${tenant}/${store}/${device}`,
        { identity: { tenant, store, device }, tokenSha256: Buffer.from(tokenSha256, "hex") },
      ]),
    );
  }

  /** True when client id and user name are those of one known device and the token is its own; takes as long for any other. */
  mayConnect(clientId: string, username: string | undefined, token: Uint8Array | undefined): boolean {
    const given = createHash("sha256")
      .update(token ?? "")
      .digest();
    const device = this.#devices.get(clientId);
    const equal = timingSafeEqual(given, device?.tokenSha256 ?? NOBODY);
    return equal && device !== undefined && username === clientId;
  }

  /** True for a topic of the device's own. */
  mayPublish(clientId: string, topic: string): boolean {
    const device = this.#devices.get(clientId);
    return device !== undefined && parseTopic(topic) !== undefined && topic.startsWith(topicPrefixOf(device.identity));
  }

  /** True for the device's own desired configuration and commands. */
  maySubscribe(clientId: string, topic: string): boolean {
    const device = this.#devices.get(clientId);
    return device !== undefined && SUBSCRIBABLE.some((name) => topic === topicPrefixOf(device.identity) + name);
  }

  /** True for the kinds whose last message is kept for later readers. */
  mayRetain(topic: string): boolean {
    return RETAINED.has(parseTopic(topic)?.kind);
  }
}
