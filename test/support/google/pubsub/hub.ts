import { type Clock, systemClock } from "../../../../firmware-config/kit/clock.ts";
import { CODE } from "../grpc/codes.ts";
import { RpcError } from "../grpc/rpc-error.ts";
import { deadLetter } from "./dead-letter.ts";
import type { Draft, PubSubMessage, SubscriptionSettings, TopicSettings } from "./resources.ts";
import { Subscription } from "./subscription.ts";
import { checkedSubscription, checkName } from "./subscription-rules.ts";

interface Topic {
  settings: TopicSettings;
  readonly published: PubSubMessage[];
}

/** What a subscription names when its topic is gone. */
export const DELETED_TOPIC = "_deleted-topic_";

/** All topics and subscriptions, and the way of a message from the one to the others. */
export class Hub {
  readonly clock: Clock;
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, Subscription>();
  #nextMessageId = 1;

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
  }

  createTopic(settings: TopicSettings): TopicSettings {
    checkName(settings.name, "topics");
    if (this.#topics.has(settings.name)) throw new RpcError(CODE.alreadyExists, `topic ${settings.name} exists`);
    this.#topics.set(settings.name, { settings, published: [] });
    return settings;
  }

  topic(name: string): Topic {
    const topic = this.#topics.get(name);
    if (!topic) throw new RpcError(CODE.notFound, `no topic ${name}`);
    return topic;
  }

  topics(): readonly TopicSettings[] {
    return [...this.#topics.values()].map(({ settings }) => settings);
  }

  deleteTopic(name: string): void {
    this.topic(name);
    this.#topics.delete(name);
    for (const { backlog } of this.#of(name)) backlog.settings = { ...backlog.settings, topic: DELETED_TOPIC };
  }

  publish(topicName: string, drafts: readonly Draft[]): readonly string[] {
    const topic = this.topic(topicName);
    const messages = drafts.map((draft) => this.#numbered(draft));
    topic.published.push(...messages);
    for (const subscription of this.#of(topicName)) {
      for (const message of messages) subscription.backlog.offer(message);
      subscription.pump();
    }
    return messages.map(({ messageId }) => messageId);
  }

  createSubscription(settings: SubscriptionSettings): SubscriptionSettings {
    checkName(settings.name, "subscriptions");
    if (this.#subscriptions.has(settings.name)) throw new RpcError(CODE.alreadyExists, `${settings.name} exists`);
    this.topic(settings.topic);
    const checked = checkedSubscription(settings);
    const bury = (message: PubSubMessage, attempts: number) => this.#bury(checked.name, message, attempts);
    this.#subscriptions.set(checked.name, new Subscription(checked, this.clock, bury));
    return checked;
  }

  subscription(name: string): Subscription {
    const subscription = this.#subscriptions.get(name);
    if (!subscription) throw new RpcError(CODE.notFound, `no subscription ${name}`);
    return subscription;
  }

  subscriptions(): readonly Subscription[] {
    return [...this.#subscriptions.values()];
  }

  deleteSubscription(name: string): void {
    this.subscription(name).closeStreams(CODE.notFound);
    this.#subscriptions.delete(name);
  }

  /** Called often: leases that ran out go back, and what waited long enough goes out. */
  tick(): void {
    for (const subscription of this.#subscriptions.values()) {
      subscription.backlog.expire();
      subscription.pump();
    }
  }

  #of(topicName: string): readonly Subscription[] {
    return this.subscriptions().filter(({ settings }) => settings.topic === topicName);
  }

  #numbered(draft: Draft): PubSubMessage {
    return { ...draft, messageId: String(this.#nextMessageId++), publishTimeMs: this.clock.nowMs() };
  }

  #bury(name: string, message: PubSubMessage, attempts: number): boolean {
    const topic = this.#subscriptions.get(name)?.settings.deadLetterPolicy?.deadLetterTopic;
    if (!topic || !this.#topics.has(topic)) return false;
    this.publish(topic, [deadLetter(message, name, attempts)]);
    return true;
  }
}
