import Type from "typebox";
import { InboxOptions } from "../inbox/inbox-options.ts";

const { maxMb } = InboxOptions.properties;

/** Of a project, topic or subscription; Google's rules are stricter and its answer says so. */
const name = (description: string) =>
  Type.String({ minLength: 3, maxLength: 255, pattern: "^[a-z][A-Za-z0-9._~+%-]*$", description });

/** What the configuration says of the bus on Google Cloud Pub/Sub. */
export const PubSubOptions = Type.Object(
  {
    type: Type.Literal("pubsub", { description: "Google Cloud Pub/Sub, for any number of processes" }),
    project: name("Google Cloud project"),
    topic: name("topic that brokers publish to"),
    subscription: name("subscription that ingest reads"),
    deadLetterSubscription: Type.Optional(
      name("subscription of its dead-letter topic; what Pub/Sub has given up goes to quarantine"),
    ),
    through: Type.Enum(["inbox", "nothing"], {
      default: "inbox",
      description: `what a broker's acknowledgement waits for: the synced inbox, which forwards (devices are served while Pub/Sub is away), or Pub/Sub's own answer`,
    }),
    maxMb,
    emulator: Type.Optional(
      Type.String({ minLength: 3, maxLength: 255, description: "host:port of an emulator, for tests" }),
    ),
  },
  { additionalProperties: false },
);

export type PubSubOptions = Type.Static<typeof PubSubOptions>;
