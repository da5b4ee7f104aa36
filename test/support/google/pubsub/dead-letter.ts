import type { Draft, PubSubMessage } from "./resources.ts";

/** The copy that goes to the dead-letter topic, with the attributes that Google adds. */
export function deadLetter(message: PubSubMessage, subscriptionName: string, attempts: number): Draft {
  const [, project = "", , subscription = ""] = subscriptionName.split("/");
  return {
    data: message.data,
    orderingKey: message.orderingKey,
    attributes: {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempts),
      CloudPubSubDeadLetterSourceSubscription: subscription,
      CloudPubSubDeadLetterSourceSubscriptionProject: project,
      CloudPubSubDeadLetterSourceTopicPublishTime: new Date(message.publishTimeMs).toISOString(),
    },
  };
}
