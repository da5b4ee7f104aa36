import type { Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Aedes } from "aedes";
import type { BrokerConfig } from "../config.ts";
import { Gate, type GateOptions, MAX_CLIENT_ID_LENGTH } from "./gate.ts";
import { Holdings } from "./holdings.ts";
import { Inflow } from "./inflow.ts";
import { addressOf, BROKER_LIMITS, type BrokerAddress, type BrokerLimits, listen } from "./listener.ts";
import { Pending } from "./pending.ts";
import { SessionStore } from "./session-store.ts";
import { grantAtMostQos1 } from "./subscribe-qos.ts";

export interface BrokerOptions extends GateOptions {
  readonly config: BrokerConfig;
  /** Fewer connections where the process may not have so many files open. */
  readonly limits?: BrokerLimits;
}

export interface BrokerStats {
  /** Connections now. */
  readonly connections: number;
  /** Connections, packets, publishes and subscriptions refused since the start. */
  readonly refused: number;
  /** Bytes held of messages that wait for the bus, of unfinished packets and of retained messages. */
  readonly heldBytes: number;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** A device that does not take its answers for so long has a dead network or is none. */
const DRAIN_TIMEOUT_MS = 15_000;
const DEADLINE_CHECK_MS = 5_000;

/**
 * The MQTT broker. It sends PUBACK for a message only after the inbox has it on the disk: `authorizePublish` is the one hook of
 * aedes that runs before the acknowledgement and waits. Only who the sender is can make it refuse; what a payload holds is
 * judged later, by ingest.
 */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #gate: Gate;
  readonly #holdings = new Holdings();
  readonly #store = new SessionStore();
  readonly #limits: BrokerLimits;
  readonly #pending: Pending;
  readonly #connections = new Map<Socket, Inflow>();
  #deadlines: NodeJS.Timeout | undefined;
  #aedes: Aedes | undefined;
  #server: Server | undefined;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#limits = options.limits ?? BROKER_LIMITS;
    this.#pending = new Pending(this.#limits.strangers);
    this.#gate = new Gate({ ...options, holdings: this.#holdings });
  }

  get stats(): BrokerStats {
    const heldBytes = this.#holdings.bytes + this.#store.retained.bytes;
    return { connections: this.#connections.size, refused: this.#gate.refused, heldBytes };
  }

  /** Begins to listen and returns where. Throws `AppError` when the port is taken or the configuration unsafe. */
  async start(): Promise<BrokerAddress> {
    const { preConnect, authenticate, authorizeSubscribe, authorizePublish } = this.#gate;
    // aedes: the one broker of the Node world that is kept up; from 1.2.0 on, which fixes forged client ids.
    const aedes = await Aedes.createBroker({
      connectTimeout: CONNECT_TIMEOUT_MS,
      drainTimeout: DRAIN_TIMEOUT_MS,
      persistence: this.#store,
      maxClientsIdLength: MAX_CLIENT_ID_LENGTH,
      ...{ preConnect, authenticate, authorizeSubscribe, authorizePublish },
    });
    this.#aedes = aedes;
    aedes.on("clientReady", ({ conn }) => this.#pending.delete(conn));
    this.#server = await listen(this.#options.config, this.#limits.connections, (socket) =>
      this.#accept(aedes, socket),
    );
    this.#deadlines = setInterval(() => this.#checkDeadlines(), DEADLINE_CHECK_MS);
    return addressOf(this.#server, this.#options.config);
  }

  /** Takes no more connections and ends those there are; what was acknowledged is in the inbox. */
  async stop(): Promise<void> {
    this.#gate.shut();
    clearInterval(this.#deadlines);
    this.#aedes?.close();
    const closed = new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
    for (const socket of this.#connections.keys()) socket.destroy();
    await closed;
  }

  #accept(aedes: Aedes, socket: Socket): void {
    const { clock } = this.#options;
    const tooMany = this.#pending.add(socket);
    if (tooMany) this.#refuseStranger(tooMany);
    const inflow = new Inflow({
      ...{ socket, clock, holdings: this.#holdings },
      device: () => client.id ?? undefined,
      onRefusal: (why) => this.#gate.refuse(client, why),
    });
    this.#connections.set(socket, inflow);
    socket.on("error", () => {});
    socket.on("close", () => this.#forget(socket));
    inflow.attach();
    const client = aedes.handle(socket);
    grantAtMostQos1(client);
  }

  #refuseStranger(connection: Duplex): void {
    this.#gate.refuse(null, "too-many-strangers");
    this.#pending.delete(connection);
    connection.destroy();
  }

  #forget(socket: Socket): void {
    this.#connections.delete(socket);
    this.#pending.delete(socket);
  }

  #checkDeadlines(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const inflow of this.#connections.values()) inflow.checkDeadline(nowMs);
  }
}
