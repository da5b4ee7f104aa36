import type { MqttClient } from "mqtt";
import type { MqttConfig } from "../../firmware-config/config/device.ts";
import type { BirthMessage, StateMessage } from "../../firmware-config/contract/presence.ts";
import { type DeviceIdentity, topicOf } from "../../firmware-config/contract/topics.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { backOffMs, pause } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { Lanes, type Outgoing } from "./lanes.ts";
import { openSession } from "./session.ts";

export interface PublisherOptions {
  readonly identity: DeviceIdentity;
  readonly bootId: string;
  readonly mqtt: MqttConfig;
  readonly outbox: Outbox;
  readonly birth: () => BirthMessage;
  readonly clock: Clock;
  readonly log: Log;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
const THROTTLE_MS = 50;
const IDLE_MS = 1_000;
/** A connection that has not acknowledged anything for this long is given up. */
const PUBACK_TIMEOUT_MS = 30_000;
const GOODBYE_MS = 2_000;
const NEVER = new AbortController().signal;

/** Brings the outbox to the broker: at least once, taken out only after PUBACK, again after every loss of the connection. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #acknowledged = new WakeUp();
  #online = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  get online(): boolean {
    return this.#online;
  }

  /** Publishes until `signal` aborts; never throws for the network's sake. */
  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const client = await this.#connect();
        attempt = 0;
        await this.#serve(client, signal);
      } catch (error) {
        this.#report(error);
      }
      if (!signal.aborted) await pause(backOffMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
    }
  }

  /** Resolves true once the outbox is empty, false when `signal` aborts before. */
  async drained(signal: AbortSignal): Promise<boolean> {
    while (this.#options.outbox.stats().depth > 0 && !signal.aborted) await this.#acknowledged.wait(signal, IDLE_MS);
    return this.#options.outbox.stats().depth === 0;
  }

  #connect(): Promise<MqttClient> {
    const { identity, mqtt } = this.#options;
    const will = { topic: topicOf(identity, "state"), payload: JSON.stringify(this.#state("offline", "will")) };
    return openSession({ mqtt, clientId: `${identity.tenant}/${identity.store}/${identity.device}`, will });
  }

  async #serve(client: MqttClient, signal: AbortSignal): Promise<void> {
    const session = new AbortController();
    const stop = () => session.abort();
    client.on("close", stop);
    client.on("error", stop);
    signal.addEventListener("abort", stop);
    try {
      await this.#announce(client);
      this.#online = true;
      this.#options.log.info({ url: this.#options.mqtt.url }, "connected to the broker");
      await this.#pump(client, session.signal);
      if (client.connected) await this.#sayGoodbye(client);
    } finally {
      this.#online = false;
      signal.removeEventListener("abort", stop);
      await Promise.race([client.endAsync(!client.connected), pause(GOODBYE_MS, NEVER)]);
    }
  }

  async #sayGoodbye(client: MqttClient): Promise<void> {
    const goodbye = this.#publishRetained(client, "state", this.#state("offline", "stop"));
    await Promise.race([goodbye.catch(() => {}), pause(GOODBYE_MS, NEVER)]);
  }

  async #announce(client: MqttClient): Promise<void> {
    await this.#publishRetained(client, "birth", this.#options.birth());
    await this.#publishRetained(client, "state", this.#state("online", "start"));
  }

  async #pump(client: MqttClient, session: AbortSignal): Promise<void> {
    const { outbox, mqtt, clock } = this.#options;
    const lanes = new Lanes(outbox, mqtt.replayPerS, clock.monotonicMs());
    let inFlight = 0;
    let acknowledgedAtMs = clock.monotonicMs();
    const settled = new WakeUp();
    const done = () => {
      inFlight -= 1;
      acknowledgedAtMs = clock.monotonicMs();
      settled.notify();
    };
    while (!session.aborted) {
      if (inFlight > 0 && clock.monotonicMs() - acknowledgedAtMs > PUBACK_TIMEOUT_MS) return;
      if (inFlight >= mqtt.inFlight) {
        await settled.wait(session, IDLE_MS);
        continue;
      }
      const next = await lanes.next(clock.monotonicMs());
      if (!next) {
        await outbox.arrivals.wait(session, lanes.throttled ? THROTTLE_MS : IDLE_MS);
        continue;
      }
      if (inFlight === 0) acknowledgedAtMs = clock.monotonicMs();
      inFlight += 1;
      this.#send(client, next).then(done, done);
    }
  }

  async #send(client: MqttClient, outgoing: Outgoing): Promise<void> {
    const { id, historical } = outgoing;
    const message = await this.#options.outbox.toSend(outgoing);
    const payload = JSON.stringify({ ...message, historical });
    await client.publishAsync(topicOf(this.#options.identity, message.kind), payload, { qos: 1 });
    await this.#options.outbox.acknowledge([id]);
    this.#acknowledged.notify();
  }

  async #publishRetained(
    client: MqttClient,
    kind: "state" | "birth",
    message: StateMessage | BirthMessage,
  ): Promise<void> {
    await client.publishAsync(topicOf(this.#options.identity, kind), JSON.stringify(message), { qos: 1, retain: true });
  }

  #state(state: "online" | "offline", reason: StateMessage["reason"]): StateMessage {
    const { identity, bootId, clock } = this.#options;
    return {
      v: 1,
      kind: "state",
      deviceId: identity.device,
      bootId,
      ts: new Date(clock.nowMs()).toISOString(),
      state,
      reason,
    };
  }

  #report(error: unknown): void {
    const { code, hint } = error instanceof AppError ? error : { code: undefined, hint: undefined };
    this.#options.log.warn({ error: messageOf(error), code, hint }, "no connection to the broker");
  }
}
