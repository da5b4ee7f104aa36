import Type from "typebox";
import { InboxConfig } from "../inbox/inbox-config.ts";

const { maxMb } = InboxConfig.properties;

/** Of a topic or subscription. */
const NAME = "^(?!goog)[A-Za-z][A-Za-z0-9._~+%-]*$";
/** An old project belongs to a domain: `example.com:shop`. */
const PROJECT = "^([a-z0-9-]+([.][a-z0-9-]+)+:)?[a-z][a-z0-9-]*$";
const HOST_AND_PORT = "^([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:]+\\]):[0-9]{1,5}$";

const text = (pattern: string, description: string) =>
  Type.String({ minLength: 3, maxLength: 255, pattern, description });
const name = (description: string) => text(NAME, description);

/** What the configuration says of the bus on Google Cloud Pub/Sub. */
export const PubSubConfig = Type.Object(
  {
    type: Type.Literal("pubsub", { description: "Google Cloud Pub/Sub, for any number of processes" }),
    project: text(PROJECT, "Google Cloud project"),
    topic: name("topic that brokers publish to"),
    subscription: name("subscription that ingest reads"),
    deadLetterSubscription: Type.Optional(
      name("subscription of its dead-letter topic; what Pub/Sub has given up goes to quarantine"),
    ),
    eventsTopic: Type.Optional(
      name("topic for start, end and failure of jobs, for programs of yours; left out: they are not published"),
    ),
    through: Type.Enum(["inbox", "nothing"], {
      default: "inbox",
      description: `what a broker's acknowledgement waits for: the synced inbox, which forwards (devices are served while Pub/Sub is away), or Pub/Sub's own answer`,
    }),
    maxMb,
    emulator: Type.Optional(text(HOST_AND_PORT, "host:port of an emulator, for tests")),
  },
  { additionalProperties: false },
);

export type PubSubConfig = Type.Static<typeof PubSubConfig>;
