import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import type { GrpcServer } from "../grpc/grpc-server.ts";
import type { Hub } from "./hub.ts";
import { type FieldMask, patched } from "./patched.ts";
import { checkPublish } from "./publish-rules.ts";
import type { Draft, TopicSettings } from "./resources.ts";

interface PublishRequest {
  readonly topic: string;
  readonly messages: readonly Draft[];
}

interface UpdateTopicRequest {
  readonly topic: TopicSettings;
  readonly updateMask: FieldMask;
}

/** google.pubsub.v1.Publisher. */
export function publisherService(server: GrpcServer, hub: Hub): UntypedServiceImplementation {
  return {
    CreateTopic: server.unary("CreateTopic", (topic: TopicSettings) => hub.createTopic(topic)),
    GetTopic: server.unary("GetTopic", ({ topic }: { topic: string }) => hub.topic(topic).settings),
    ListTopics: server.unary("ListTopics", ({ project }: { project: string }) => ({
      topics: hub.topics().filter(({ name }) => name.startsWith(`${project}/`)),
    })),
    ListTopicSubscriptions: server.unary("ListTopicSubscriptions", ({ topic }: { topic: string }) => {
      hub.topic(topic);
      const of = hub.subscriptions().filter(({ settings }) => settings.topic === topic);
      return { subscriptions: of.map(({ settings }) => settings.name) };
    }),
    UpdateTopic: server.unary("UpdateTopic", ({ topic, updateMask }: UpdateTopicRequest) => {
      const kept = hub.topic(topic.name);
      kept.settings = patched(kept.settings, topic, updateMask, ["topic", "name"]);
      return kept.settings;
    }),
    DeleteTopic: server.unary("DeleteTopic", ({ topic }: { topic: string }) => {
      hub.deleteTopic(topic);
      return {};
    }),
    Publish: server.unary("Publish", ({ topic, messages }: PublishRequest) => {
      hub.topic(topic);
      checkPublish(messages);
      return { messageIds: hub.publish(topic, messages) };
    }),
  };
}
