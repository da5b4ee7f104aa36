import { createHash, timingSafeEqual } from "node:crypto";
import { clientIdOf, parseTopic, TOPICS, type Topic } from "../../firmware-config/contract/topics.ts";
import type { DeviceAccess } from "../config.ts";

const NOBODY = Buffer.alloc(32);
/** Of the part behind the device's prefix; the longest that we know has 15 bytes. */
const MAX_KIND_LENGTH = 64;
/**
 * What a published topic must not hold: wildcards (MQTT 3.1.1, 3.3.2.1), control characters (1.5.3), and the mark that decoding leaves in
 * the place of bytes that are no UTF-8.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come.
const NO_TOPIC_TEXT = /[+#\u0000-\u001f\u007f-\u009f\ufffd]/;

/** Who may connect, and what they may do; everything else is denied. */
export class Permissions {
  /** Hash of the token by client id. */
  readonly #tokens: ReadonlyMap<string, Buffer>;

  constructor(devices: readonly DeviceAccess[]) {
    this.#tokens = new Map(devices.map((device) => [clientIdOf(device), Buffer.from(device.tokenSha256, "hex")]));
  }

  /** True when client id and user name are those of one known device and the token is its own; takes as long for any other. */
  mayConnect(clientId: string, username: string | undefined, token: Uint8Array | undefined): boolean {
    const given = createHash("sha256")
      .update(token ?? "")
      .digest();
    const own = this.#tokens.get(clientId);
    const equal = timingSafeEqual(given, own ?? NOBODY);
    return equal && own !== undefined && username === clientId;
  }

  /** True below the device's own prefix, but for what the cloud says there; an unknown kind is for ingest to quarantine. */
  mayPublish(clientId: string, topic: string): boolean {
    const own = this.#ownTopic(clientId, topic);
    if (own === undefined) return false;
    return own.kind === undefined ? isKindText(kindTextOf(clientId, topic)) : TOPICS[own.kind].from === "device";
  }

  /** True for what the cloud says to the device. */
  maySubscribe(clientId: string, filter: string): boolean {
    const kind = this.#ownTopic(clientId, filter)?.kind;
    return kind !== undefined && TOPICS[kind].from === "cloud";
  }

  /** True for the kinds whose last message is kept for later readers. */
  mayRetain(topic: string): boolean {
    const kind = parseTopic(topic)?.kind;
    return kind !== undefined && TOPICS[kind].retained;
  }

  #ownTopic(clientId: string, text: string): Topic | undefined {
    const topic = parseTopic(text);
    return topic && this.#tokens.has(clientId) && clientIdOf(topic) === clientId ? topic : undefined;
  }
}

const kindTextOf = (clientId: string, topic: string) => topic.slice(topic.indexOf(clientId) + clientId.length + 1);

const isKindText = (text: string) => text.length <= MAX_KIND_LENGTH && !NO_TOPIC_TEXT.test(text);
