import type { AedesOptions, AuthenticateError, Client, PublishPacket } from "aedes";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { BusWriter } from "../bus/port.ts";
import type { DeviceAccess } from "../config.ts";
import type { Troubles } from "../troubles.ts";
import type { Holdings } from "./holdings.ts";
import type { InflowRefusal } from "./inflow.ts";
import { OccasionalLog } from "./occasional-log.ts";
import { ownCopy } from "./own-copy.ts";
import { Permissions } from "./permissions.ts";

export interface GateOptions {
  readonly devices: readonly DeviceAccess[];
  readonly bus: BusWriter;
  readonly clock: Clock;
  readonly log: Log;
  readonly troubles: Troubles;
}

export interface GateParts extends GateOptions {
  readonly holdings: Holdings;
}

/** What was refused, for the log. */
type Refused = InflowRefusal | "connect" | "will" | "subscribe" | "publish" | "too-many-strangers";

/** MQTT 3.1 allowed 23 characters; our names are longer and 3.1 devices may have them. */
export const MAX_CLIENT_ID_LENGTH = 200;
const NOT_AUTHORISED = 5;
/** Our contract knows no other, and MQTT 3.1.1 has no way to tell a client so. */
const MAX_QOS = 1;

/** Decides what aedes lets in, and holds each PUBACK back until the bus has the message safe. */
export class Gate {
  readonly #options: GateParts;
  readonly #permissions: Permissions;
  readonly #refusals: OccasionalLog;
  /** Connecting clients whose will they might not publish. */
  readonly #wrongWills = new WeakSet<Client>();
  /** Devices of which a will waits for the bus. */
  readonly #waitingWills = new Set<string>();
  #refused = 0;
  #shut = false;

  constructor(options: GateParts) {
    this.#options = options;
    this.#permissions = new Permissions(options.devices);
    this.#refusals = new OccasionalLog(options.log, options.clock);
  }

  /** Connections, publishes and subscriptions refused since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** From now on nothing is taken, also not the wills of those that the stopping broker itself disconnects. */
  shut(): void {
    this.#shut = true;
  }

  /**
   * Ends every session with its connection: what the broker would hold for an absent device has no reader, because devices keep their
   * own messages and subscribe anew. Remembers a wrong will and lets `authenticate` refuse it: aedes leaves a connection open that is
   * refused here.
   */
  readonly preConnect: NonNullable<AedesOptions["preConnect"]> = (client, packet, done) => {
    packet.clean = true;
    const { clientId, will } = packet;
    if (will) will.payload = ownCopy(Buffer.from(will.payload));
    if (will && !this.#isWillAllowed(clientId, will)) this.#wrongWills.add(client);
    done(null, true);
  };

  readonly authenticate: NonNullable<AedesOptions["authenticate"]> = (client, username, password, done) => {
    const known = this.#permissions.mayConnect(client.id, username, password);
    if (known && !this.#wrongWills.has(client)) return done(null, true);
    this.refuse(client, known ? "will" : "connect");
    const refusal: AuthenticateError = Object.assign(new Error("not authorised"), { returnCode: NOT_AUTHORISED });
    done(refusal, false);
  };

  readonly authorizeSubscribe: NonNullable<AedesOptions["authorizeSubscribe"]> = (client, subscription, done) => {
    const allowed = client !== null && this.#permissions.maySubscribe(client.id, subscription.topic);
    if (!allowed) this.refuse(client, "subscribe");
    done(null, allowed ? subscription : null);
  };

  /**
   * Runs before PUBACK, and for a will at the moment of its publication; an error ends the connection without PUBACK, or drops the will.
   * What the payload holds never matters.
   */
  readonly authorizePublish: NonNullable<AedesOptions["authorizePublish"]> = (client, packet, done) => {
    if (this.#shut) return done(new Error("the broker stops"));
    if (client !== null && !this.#permissions.mayPublish(client.id, packet.topic)) {
      this.refuse(client, "publish");
      return done(new Error("not authorised"));
    }
    packet.retain = packet.retain && this.#permissions.mayRetain(packet.topic);
    const keeping = client?.closed ? this.#keepWill(client.id, packet) : this.#keep(client?.id ?? "", packet);
    keeping.then(
      () => done(null),
      (error: Error) => done(error),
    );
  };

  /** Counts a refusal and says so, at most once in ten seconds. */
  refuse(client: Client | null, what: Refused): void {
    this.#refused += 1;
    this.#refusals.warn({ client: client?.id?.slice(0, MAX_CLIENT_ID_LENGTH), what }, "refused");
  }

  #isWillAllowed(clientId: string, { topic, qos = 0 }: Will): boolean {
    return qos <= MAX_QOS && this.#permissions.mayPublish(clientId, topic);
  }

  /** One will of a device waits for the bus at most: a device that comes and goes while the bus takes nothing must not pile them up. */
  async #keepWill(device: string, packet: PublishPacket): Promise<void> {
    if (this.#waitingWills.has(device)) throw new Error("a will of the device waits already");
    this.#waitingWills.add(device);
    try {
      await this.#keep(device, packet);
    } finally {
      this.#waitingWills.delete(device);
    }
  }

  async #keep(device: string, { topic, payload }: PublishPacket): Promise<void> {
    const receivedAtMs = this.#options.clock.nowMs();
    const bytes = Buffer.from(payload);
    const over = this.#options.holdings.wait(device, bytes.length);
    try {
      await this.#options.bus.publish({ receivedAtMs, topic, payload: bytes });
      this.#options.troubles.clear("bus-down");
    } catch (error) {
      if (!this.#shut) this.#options.troubles.raise("bus-down", error);
      throw error;
    } finally {
      over();
    }
  }
}

type Will = Pick<PublishPacket, "topic"> & { readonly qos?: number };
