import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { Broker } from "../../../cloud-ingest/broker/broker.ts";
import type { BrokerConfig, DeviceAccess } from "../../../cloud-ingest/config.ts";
import { Inbox } from "../../../cloud-ingest/inbox/inbox.ts";
import { Troubles } from "../../../cloud-ingest/troubles.ts";
import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { silentLog } from "../../../firmware-config/kit/log.ts";
import { silentTroubles } from "../../support/troubles.ts";
import { nextBatch } from "../bus/next-batch.ts";

export const TOKEN = "correct horse battery staple";
export const NAME = "acme/shibuya/cam-1";
export const PREFIX = `kazoe/v1/${NAME}/`;
export const CONFIG: BrokerConfig = { host: "127.0.0.1", port: 0, allowPlaintext: false };

const device = (name: string, token: string): DeviceAccess => {
  const [tenant = "", store = "", id = ""] = name.split("/");
  return { tenant, store, device: id, tokenSha256: createHash("sha256").update(token).digest("hex") };
};

export const DEVICES: readonly DeviceAccess[] = [
  device(NAME, TOKEN),
  device("acme/shibuya/cam-2", "another token"),
  device("bravo/shibuya/cam-1", "a third token"),
];

/** A real broker over a real inbox in a folder of its own. */
export class BrokerRig {
  readonly lines: string[] = [];
  readonly inbox: Inbox;
  readonly broker: Broker;
  readonly #dir: string;
  readonly #clients: MqttClient[] = [];
  #port = 0;

  private constructor(dir: string, inbox: Inbox, config: BrokerConfig) {
    this.#dir = dir;
    this.inbox = inbox;
    const note = (_: object, message: string) => this.lines.push(message);
    const log = { ...silentLog, warn: note, error: note };
    this.broker = new Broker({
      config,
      devices: DEVICES,
      bus: inbox,
      clock: systemClock,
      log,
      troubles: new Troubles({ log, clock: systemClock }),
    });
  }

  static async start(over: Partial<BrokerConfig> = {}, maxBytes = 1e9): Promise<BrokerRig> {
    const dir = await mkdtemp(join(tmpdir(), "kazoe-broker-"));
    const inbox = await Inbox.open(join(dir, "inbox"), { maxBytes, troubles: silentTroubles });
    const rig = new BrokerRig(dir, inbox, { ...CONFIG, ...over });
    try {
      rig.#port = (await rig.broker.start()).port;
    } catch (error) {
      await rig.stop();
      throw error;
    }
    return rig;
  }

  get port(): number {
    return this.#port;
  }

  /** A connected client; a broken connection is not made anew. */
  async connect(options: IClientOptions = {}): Promise<MqttClient> {
    const identity = { clientId: NAME, username: NAME, password: TOKEN };
    const settings = { ...identity, reconnectPeriod: 0, connectTimeout: 3000, keepalive: 60, ...options };
    const client = await connectAsync(`${options.ca ? "mqtts" : "mqtt"}://localhost:${this.#port}`, settings);
    client.on("error", () => {});
    this.#clients.push(client);
    return client;
  }

  /** What the inbox holds, as `topic payload`. */
  async held(): Promise<readonly string[]> {
    const entries = await nextBatch(this.inbox);
    return entries.map(({ message }) => `${message.topic} ${Buffer.from(message.payload)}`);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.end(true);
    await this.broker.stop();
    await this.inbox.close();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
