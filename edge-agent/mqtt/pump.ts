import type { MqttClient } from "mqtt";
import type { MqttConfig } from "../../firmware-config/config/device.ts";
import { type DeviceIdentity, TOPICS, topicOf } from "../../firmware-config/contract/topics.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { WakeUp } from "../../firmware-config/kit/wake-up.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { Lanes, type Outgoing } from "./lanes.ts";
import { unacknowledged } from "./session.ts";

export interface PumpOptions {
  readonly client: MqttClient;
  readonly identity: DeviceIdentity;
  readonly mqtt: MqttConfig;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly pubackTimeoutMs: number;
  /** Called when a message has left the outbox. */
  readonly onAcknowledged: () => void;
}

const THROTTLE_MS = 50;
const IDLE_MS = 1_000;

/** Moves messages from the outbox over one connection, each once, so many at a time. */
export class Pump {
  readonly #options: PumpOptions;
  readonly #lanes: Lanes;
  readonly #settled = new WakeUp();
  #inFlight = 0;
  #progressAtMs = 0;
  #failure: unknown;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#lanes = new Lanes(options.outbox, options.mqtt.replayPerS, options.clock.monotonicMs());
  }

  /** Runs until `session` aborts; throws when a message fails, or the broker has acknowledged nothing for too long. */
  async run(session: AbortSignal): Promise<void> {
    const { mqtt } = this.#options;
    while (!session.aborted) {
      this.#expectProgress();
      if (this.#inFlight < mqtt.inFlight) await this.#sendNext(session);
      else await this.#settled.wait(session, IDLE_MS);
    }
  }

  #expectProgress(): void {
    const { clock, pubackTimeoutMs, mqtt } = this.#options;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#inFlight === 0) this.#progressAtMs = clock.monotonicMs();
    if (clock.monotonicMs() - this.#progressAtMs > pubackTimeoutMs) throw unacknowledged(mqtt.url);
  }

  async #sendNext(session: AbortSignal): Promise<void> {
    const { clock, outbox } = this.#options;
    const next = await this.#lanes.next(clock.monotonicMs());
    if (!next) return outbox.arrivals.wait(session, this.#lanes.throttled ? THROTTLE_MS : IDLE_MS);
    this.#inFlight += 1;
    this.#send(next).then(
      () => this.#settle(),
      (error: unknown) => {
        this.#failure = error;
        this.#settle();
      },
    );
  }

  async #send(outgoing: Outgoing): Promise<void> {
    const { client, identity, outbox, onAcknowledged } = this.#options;
    const message = await outbox.toSend(outgoing);
    const payload = JSON.stringify({ ...message, historical: outgoing.historical });
    await client.publishAsync(topicOf(identity, message.kind), payload, { qos: TOPICS[message.kind].qos });
    await outbox.acknowledge([outgoing.id]);
    onAcknowledged();
  }

  /** One message was acknowledged, or failed with its connection. */
  #settle(): void {
    this.#inFlight -= 1;
    this.#progressAtMs = this.#options.clock.monotonicMs();
    this.#settled.notify();
  }
}
