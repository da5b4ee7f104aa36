import type { Clock } from "../../../../firmware-config/kit/clock.ts";
import { Faults } from "../faults.ts";
import { CODE } from "../grpc/codes.ts";
import { type Address, GrpcServer } from "../grpc/grpc-server.ts";
import { loadProtos, serviceDefinition } from "../grpc/protos.ts";
import { Hub } from "./hub.ts";
import { iamDefinition, iamService } from "./iam-service.ts";
import type { Lease } from "./lease.ts";
import { publisherService } from "./publisher-service.ts";
import type { Draft, PubSubMessage } from "./resources.ts";
import { subscriberService } from "./subscriber-service.ts";

const PROTOS = "@google-cloud/pubsub/build/protos/protos.json";
/** How soon after its time a lease expires, or a message that waited for its retry goes out. */
const TICK_MS = 20;

/**
 * Pub/Sub on this machine, in memory. Deadlines follow `clock`, so that a test turns it instead of waiting ten seconds. Names of
 * topics and subscriptions are full ones, `projects/P/topics/T`.
 */
export class FakePubSub {
  /** By RPC name; `StreamingPull` is met when a stream opens, `Deliver` by each answer with messages. */
  readonly faults = new Faults();
  /** Rights that `TestIamPermissions` says the caller lacks; no call is refused for it. */
  readonly denied = new Set<string>();
  readonly #hub: Hub;
  readonly #server = new GrpcServer(this.faults);
  #timer: NodeJS.Timeout | undefined;

  constructor({ clock }: { readonly clock?: Clock } = {}) {
    this.#hub = new Hub(clock);
    const root = loadProtos(PROTOS);
    const publisher = serviceDefinition(root, "google.pubsub.v1.Publisher");
    const subscriber = serviceDefinition(root, "google.pubsub.v1.Subscriber");
    this.#server.add(publisher, publisherService(this.#server, this.#hub));
    this.#server.add(iamDefinition(), iamService(this.#server, this.#hub, this.denied));
    this.#server.add(subscriber, subscriberService(this.#server, this.#hub, this.faults));
  }

  /** Listens; started again after `stop`, on the same port if asked, it has all that it had. */
  async start(port = 0): Promise<Address> {
    this.#timer = setInterval(() => this.#hub.tick(), TICK_MS);
    return this.#server.start(port);
  }

  /** Cuts all connections. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#server.stop();
  }

  /** As `Publish`, without its way through a socket. */
  publish(topic: string, drafts: readonly Draft[]): void {
    this.#hub.publish(topic, drafts);
  }

  /** All messages ever published to the topic, in order. */
  published(topic: string): readonly PubSubMessage[] {
    return this.#hub.topic(topic).published;
  }

  /** Messages that subscribers hold now. */
  leases(subscription: string): readonly Lease[] {
    return this.#hub.subscription(subscription).backlog.leases();
  }

  /** Messages not acknowledged yet, those held too. */
  unacked(subscription: string): readonly PubSubMessage[] {
    return this.#hub.subscription(subscription).backlog.unacked();
  }

  /** How many StreamingPull streams are open. */
  openStreams(subscription: string): number {
    return this.#hub.subscription(subscription).streams.length;
  }

  /** All leases of the subscription run out now. */
  expireLeases(subscription: string): void {
    const found = this.#hub.subscription(subscription);
    found.backlog.expire(true);
    found.pump();
  }

  /** Ends all its streams, as the service does every now and then. */
  closeStreams(subscription: string, code: number = CODE.unavailable): void {
    this.#hub.subscription(subscription).closeStreams(code);
  }
}
