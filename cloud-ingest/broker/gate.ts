import type { AedesOptions, AuthenticateError, Client } from "aedes";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import type { BusWriter } from "../bus/port.ts";
import type { DeviceAccess } from "../config.ts";
import type { Troubles } from "../troubles.ts";
import { OccasionalLog } from "./occasional-log.ts";
import { Permissions } from "./permissions.ts";

export interface GateOptions {
  readonly devices: readonly DeviceAccess[];
  readonly bus: BusWriter;
  readonly clock: Clock;
  readonly log: Log;
  readonly troubles: Troubles;
}

/** MQTT 3.1 allowed 23 characters; our names are longer and 3.1 devices may have them. */
export const MAX_CLIENT_ID_LENGTH = 200;
const NOT_AUTHORISED = 5;

/** Decides what aedes lets in, and holds each PUBACK back until the bus has the message safe. */
export class Gate {
  readonly #options: GateOptions;
  readonly #permissions: Permissions;
  readonly #refusals: OccasionalLog;
  /** Connecting clients whose will is for a topic that is not theirs. */
  readonly #foreignWills = new WeakSet<Client>();
  #refused = 0;
  #shut = false;

  constructor(options: GateOptions) {
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

  /** Remembers a foreign will and lets `authenticate` refuse it: aedes leaves a connection open that is refused here. */
  readonly preConnect: NonNullable<AedesOptions["preConnect"]> = (client, { clientId, will }, done) => {
    if (will !== undefined && !this.#permissions.mayPublish(clientId, will.topic)) this.#foreignWills.add(client);
    done(null, true);
  };

  readonly authenticate: NonNullable<AedesOptions["authenticate"]> = (client, username, password, done) => {
    const known = this.#permissions.mayConnect(client.id, username, password);
    if (known && !this.#foreignWills.has(client)) return done(null, true);
    this.#refuse(client, "connect");
    const refusal: AuthenticateError = Object.assign(new Error("not authorised"), { returnCode: NOT_AUTHORISED });
    done(refusal, false);
  };

  readonly authorizeSubscribe: NonNullable<AedesOptions["authorizeSubscribe"]> = (client, subscription, done) => {
    const allowed = client !== null && this.#permissions.maySubscribe(client.id, subscription.topic);
    if (!allowed) this.#refuse(client, "subscribe");
    done(null, allowed ? subscription : null);
  };

  /** Runs before PUBACK, and for wills; an error ends the connection without PUBACK. What the payload holds never matters. */
  readonly authorizePublish: NonNullable<AedesOptions["authorizePublish"]> = (client, packet, done) => {
    if (this.#shut) return done(new Error("the broker stops"));
    if (client !== null && !this.#permissions.mayPublish(client.id, packet.topic)) {
      this.#refuse(client, "publish");
      return done(new Error("not authorised"));
    }
    packet.retain = packet.retain && this.#permissions.mayRetain(packet.topic);
    this.#keep(packet.topic, packet.payload).then(
      () => done(null),
      (error: Error) => done(error),
    );
  };

  async #keep(topic: string, payload: string | Buffer): Promise<void> {
    const receivedAtMs = this.#options.clock.nowMs();
    try {
      await this.#options.bus.publish({ receivedAtMs, topic, payload: Buffer.from(payload) });
      this.#options.troubles.clear("bus-down");
    } catch (error) {
      if (!this.#shut) this.#options.troubles.raise("bus-down", error);
      throw error;
    }
  }

  #refuse(client: Client | null, what: string): void {
    this.#refused += 1;
    this.#refusals.warn({ client: client?.id.slice(0, MAX_CLIENT_ID_LENGTH), what }, "refused");
  }
}
