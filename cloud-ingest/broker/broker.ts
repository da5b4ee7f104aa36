import type { Server, Socket } from "node:net";
import { Aedes } from "aedes";
import type { BrokerConfig } from "../config.ts";
import { Gate, type GateOptions, MAX_CLIENT_ID_LENGTH } from "./gate.ts";
import { addressOf, type BrokerAddress, listen } from "./listener.ts";

export interface BrokerOptions extends GateOptions {
  readonly config: BrokerConfig;
}

export interface BrokerStats {
  /** Connections now. */
  readonly connections: number;
  /** Connections, publishes and subscriptions refused since the start. */
  readonly refused: number;
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * The MQTT broker. It sends PUBACK for a message only after the inbox has it on the disk: `authorizePublish` is the one hook of
 * aedes that runs before the acknowledgement and waits. Only who the sender is can make it refuse; what a payload holds is
 * judged later, by ingest.
 */
export class Broker {
  readonly #config: BrokerConfig;
  readonly #gate: Gate;
  readonly #connections = new Set<Socket>();
  #aedes: Aedes | undefined;
  #server: Server | undefined;

  constructor(options: BrokerOptions) {
    this.#config = options.config;
    this.#gate = new Gate(options);
  }

  get stats(): BrokerStats {
    return { connections: this.#connections.size, refused: this.#gate.refused };
  }

  /** Begins to listen and returns where. Throws `AppError` when the port is taken or the configuration unsafe. */
  async start(): Promise<BrokerAddress> {
    const { preConnect, authenticate, authorizeSubscribe, authorizePublish } = this.#gate;
    // aedes: the one broker of the Node world that is kept up; from 1.2.0 on, which fixes forged client ids.
    const aedes = await Aedes.createBroker({
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxClientsIdLength: MAX_CLIENT_ID_LENGTH,
      ...{ preConnect, authenticate, authorizeSubscribe, authorizePublish },
    });
    this.#aedes = aedes;
    this.#server = await listen(this.#config, (socket) => this.#accept(aedes, socket));
    return addressOf(this.#server, this.#config);
  }

  /** Takes no more connections and ends those there are; what was acknowledged is in the inbox. */
  async stop(): Promise<void> {
    this.#gate.shut();
    this.#aedes?.close();
    const closed = new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
    for (const socket of this.#connections) socket.destroy();
    await closed;
  }

  #accept(aedes: Aedes, socket: Socket): void {
    this.#connections.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#connections.delete(socket));
    aedes.handle(socket);
  }
}
