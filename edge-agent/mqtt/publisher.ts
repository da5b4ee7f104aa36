import type { MqttClient } from "mqtt";
import type { MqttConfig } from "../../firmware-config/config/device.ts";
import type { BirthMessage, StateMessage } from "../../firmware-config/contract/presence.ts";
import { clientIdOf, type DeviceIdentity, TOPICS, topicOf } from "../../firmware-config/contract/topics.ts";
import { type Clock, isPossible } from "../../firmware-config/kit/clock.ts";
import { AppError, messageOf } from "../../firmware-config/kit/errors.ts";
import type { Log } from "../../firmware-config/kit/log.ts";
import { backOffMs, pause, within } from "../../firmware-config/kit/pause.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { Pump } from "./pump.ts";
import { connectionLost, openSession, unacknowledged } from "./session.ts";

export interface PublisherOptions {
  readonly identity: DeviceIdentity;
  readonly bootId: string;
  readonly mqtt: MqttConfig;
  readonly outbox: Outbox;
  readonly birth: () => BirthMessage;
  readonly clock: Clock;
  readonly log: Log;
  /** A connection that has not acknowledged anything for this long is given up; default 30 s. */
  readonly pubackTimeoutMs?: number;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
/** After such a connection the next wait is short; longer than any wait, or two devices with one identity would not calm down. */
const STEADY_MS = 60_000;
const PUBACK_TIMEOUT_MS = 30_000;
const GOODBYE_MS = 2_000;
const IDLE_MS = 1_000;

/** What a connection says about the device. The will is written before its `online` is sent, and yet is what comes after it. */
const STATES = {
  start: { state: "online", order: 0 },
  will: { state: "offline", order: 1 },
  stop: { state: "offline", order: 2 },
} as const;

/** Brings the outbox to the broker: at least once, taken out only after PUBACK, again after every loss of the connection. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #acknowledged = new WakeUp();
  /** The connections of this boot so far. */
  #connections = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Publishes until `signal` aborts; never throws for the network's sake. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#waitForClock(signal);
    for (let attempt = 0; !signal.aborted; attempt++) {
      if (await this.#connectAndServe(signal)) attempt = 0;
      if (!signal.aborted) await pause(backOffMs(attempt, FIRST_RETRY_MS, LONGEST_RETRY_MS), signal);
    }
  }

  /** Resolves true once the outbox is empty, false when `signal` aborts before. */
  async drained(signal: AbortSignal): Promise<boolean> {
    while (this.#options.outbox.stats().depth > 0 && !signal.aborted) await this.#acknowledged.wait(signal, IDLE_MS);
    return this.#options.outbox.stats().depth === 0;
  }

  /** What is sent with an impossible time is as good as lost, and no certificate is valid then. */
  async #waitForClock(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    if (isPossible(clock.nowMs())) return;
    log.warn({}, "the clock cannot be right; nothing is sent until it is set");
    while (!isPossible(clock.nowMs()) && !signal.aborted) await pause(IDLE_MS, signal);
  }

  /** One connection, to its end; true when it lasted. */
  async #connectAndServe(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    let connectedAtMs = Number.POSITIVE_INFINITY;
    try {
      const client = await this.#connect(signal);
      connectedAtMs = clock.monotonicMs();
      await this.#serve(client, signal);
    } catch (error) {
      if (!signal.aborted) this.#report(error, connectedAtMs < Number.POSITIVE_INFINITY);
    }
    return clock.monotonicMs() - connectedAtMs >= STEADY_MS;
  }

  #connect(signal: AbortSignal): Promise<MqttClient> {
    const { identity, mqtt } = this.#options;
    this.#connections += 1;
    const will = { topic: topicOf(identity, "state"), payload: JSON.stringify(this.#state("will")) };
    return openSession({ mqtt, clientId: clientIdOf(identity), will }, signal);
  }

  async #serve(client: MqttClient, signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const session = AbortSignal.any([signal, ended.signal]);
    client.on("close", () => ended.abort());
    client.on("error", () => ended.abort());
    try {
      await this.#announce(client, session);
      this.#options.log.info({ url: this.#options.mqtt.url }, "connected to the broker");
      await this.#createPump(client).run(session);
      if (!signal.aborted) throw connectionLost(this.#options.mqtt.url);
      await this.#sayGoodbye(client);
    } finally {
      ended.abort();
      await close(client, signal.aborted);
    }
  }

  async #announce(client: MqttClient, session: AbortSignal): Promise<void> {
    const { birth, mqtt, pubackTimeoutMs = PUBACK_TIMEOUT_MS } = this.#options;
    const announced = this.#publishPresence(client, "birth", birth()).then(() =>
      this.#publishPresence(client, "state", this.#state("start")),
    );
    const late = pause(pubackTimeoutMs, session).then(() => {
      throw unacknowledged(mqtt.url);
    });
    await Promise.race([announced, late]);
  }

  #createPump(client: MqttClient): Pump {
    const { identity, mqtt, outbox, clock, pubackTimeoutMs = PUBACK_TIMEOUT_MS } = this.#options;
    const onAcknowledged = () => this.#acknowledged.notify();
    return new Pump({ client, identity, mqtt, outbox, clock, pubackTimeoutMs, onAcknowledged });
  }

  async #sayGoodbye(client: MqttClient): Promise<void> {
    if (client.connected) await within(GOODBYE_MS, this.#publishPresence(client, "state", this.#state("stop")));
  }

  async #publishPresence(
    client: MqttClient,
    kind: "state" | "birth",
    message: StateMessage | BirthMessage,
  ): Promise<void> {
    const { qos, retained: retain } = TOPICS[kind];
    await client.publishAsync(topicOf(this.#options.identity, kind), JSON.stringify(message), { qos, retain });
  }

  #state(reason: keyof typeof STATES): StateMessage {
    const { identity, bootId, outbox, clock } = this.#options;
    const { state, order } = STATES[reason];
    const device = { v: 1, kind: "state", deviceId: identity.device, bootId, bootNumber: outbox.bootNumber } as const;
    const stateSeq = this.#connections * Object.keys(STATES).length + order;
    return { ...device, ts: new Date(clock.nowMs()).toISOString(), state, reason, stateSeq };
  }

  #report(error: unknown, wasConnected: boolean): void {
    const { code, hint } = error instanceof AppError ? error : { code: undefined, hint: undefined };
    const message = wasConnected ? "connection to the broker lost" : "no connection to the broker";
    this.#options.log.warn({ error: messageOf(error), code, hint }, message);
  }
}

/** With a farewell the broker forgets the will; without one it publishes it. */
async function close(client: MqttClient, withFarewell: boolean): Promise<void> {
  if (withFarewell && client.connected) await within(GOODBYE_MS, client.endAsync());
  else await within(GOODBYE_MS, client.endAsync(true));
  client.stream.destroy();
}
