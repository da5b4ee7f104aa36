import { type IAM, PubSub } from "@google-cloud/pubsub";
import type { PubSubConfig } from "../pubsub/pubsub-config.ts";
import { DELETED_TOPIC, pubSubError } from "../pubsub/pubsub-error.ts";
import type { Asker } from "./ask-online.ts";
import { disabled, type Finding, good, note, refused, wrong } from "./finding.ts";
import { GRPC, googleCodeOf, NOT_ASKED, UNAUTHENTICATED } from "./google-codes.ts";
import { expired } from "./google-credentials.ts";
import { within } from "./within.ts";

const PUBLISH = { right: "pubsub.topics.publish", role: "roles/pubsub.publisher" };
const CONSUME = { right: "pubsub.subscriptions.consume", role: "roles/pubsub.subscriber" };

/** A topic or subscription and what is needed of it. */
interface Thing {
  readonly look: () => Promise<readonly [Settings, ...unknown[]]>;
  readonly iam: IAM;
  readonly kind: "topic" | "subscription";
  readonly name: string;
  readonly needs: { readonly right: string; readonly role: string };
}

/** What Pub/Sub tells of a subscription, as far as we need it. */
type Settings = Readonly<{
  topic?: string | null;
  enableMessageOrdering?: boolean | null;
  deadLetterPolicy?: { deadLetterTopic?: string | null } | null;
  pushConfig?: { pushEndpoint?: string | null } | null;
}>;

/** Asks Pub/Sub everything that the roles will need of it, by reads alone. Never throws for what it finds. */
export async function askPubSub(config: PubSubConfig, { roles, publishes }: Asker): Promise<readonly Finding[]> {
  const { project, emulator } = config;
  const client = new PubSub({ projectId: project, ...(emulator !== undefined && { apiEndpoint: emulator }) });
  try {
    const asking = new Asking(client, config);
    const parts = [
      ...(publishes ? [asking.topic()] : []),
      ...(roles.has("ingest") ? [asking.subscriptions()] : []),
      ...(roles.has("jobs") && config.eventsTopic !== undefined ? [asking.topic(config.eventsTopic)] : []),
    ];
    return (await Promise.all(parts)).flat();
  } finally {
    await client.close().catch(() => {});
  }
}

class Asking {
  readonly #client: PubSub;
  readonly #config: PubSubConfig;

  constructor(client: PubSub, config: PubSubConfig) {
    this.#client = client;
    this.#config = config;
  }

  async topic(name = this.#config.topic): Promise<readonly Finding[]> {
    const topic = this.#client.topic(name);
    const look = () => topic.getMetadata().then(() => [{}] as const);
    const { findings } = await this.#ask({ look, iam: topic.iam, kind: "topic", name, needs: PUBLISH });
    return findings;
  }

  async subscriptions(): Promise<readonly Finding[]> {
    const { subscription, deadLetterSubscription } = this.#config;
    const [main, dead] = await Promise.all([
      this.#subscription(subscription),
      deadLetterSubscription === undefined ? undefined : this.#subscription(deadLetterSubscription),
    ]);
    const found = [...main.findings, ...(dead?.findings ?? [])];
    if (!main.settings) return found;
    return [...found, ...this.#readsOurs(main.settings), ...this.#deadLetters(main.settings, dead?.settings)];
  }

  #subscription(name: string) {
    const subscription = this.#client.subscription(name);
    const look = () => subscription.getMetadata();
    return this.#ask({ look, iam: subscription.iam, kind: "subscription", name, needs: CONSUME });
  }

  /** Whether it is there and may be used; its settings where this account may look at them. */
  async #ask(thing: Thing): Promise<{ readonly findings: readonly Finding[]; readonly settings?: Settings }> {
    const place = this.#placeOf(thing);
    try {
      const [settings] = await within(thing.look());
      return { findings: [await this.#rightTo(thing)], settings };
    } catch (error) {
      // A publisher may not look at its topic: the right to publish tells that it is there.
      if (googleCodeOf(error) === GRPC.permissionDenied) return { findings: [await this.#rightTo(thing)] };
      return { findings: [refusal(error, { place, role: thing.needs.role })] };
    }
  }

  async #rightTo(thing: Thing): Promise<Finding> {
    const place = this.#placeOf(thing);
    const { right, role } = thing.needs;
    try {
      const [held] = await within(thing.iam.testPermissions([right]));
      if (held[right]) return good(`Pub/Sub's ${place}: it may be used`);
      return wrong(
        `Pub/Sub's ${place}: this account lacks ${right}, or there is none`,
        `Make it, or give the account ${role} on it; or ask about the roles that this account runs, with --role.`,
      );
    } catch (error) {
      if (NOT_ASKED.includes(googleCodeOf(error))) return note(`Pub/Sub's ${place}: it does not tell its rights`);
      return refusal(error, { place, role });
    }
  }

  #readsOurs({ topic, enableMessageOrdering, pushConfig }: Settings): readonly Finding[] {
    const { project, topic: wanted, subscription } = this.#config;
    const name = `Pub/Sub's subscription ${subscription} of project ${project}`;
    const reads = topic === DELETED_TOPIC ? "a topic that was deleted" : `${topic}`;
    return [
      ...(isSame(topic, { project, kind: "topics", name: wanted })
        ? []
        : [wrong(`${name}: it reads ${reads}, not the topic ${wanted}`, "Make a subscription of that topic.")]),
      ...(pushConfig?.pushEndpoint
        ? [wrong(`${name}: it pushes its messages to somebody else`, "Make one that is pulled.")]
        : []),
      ...(enableMessageOrdering ? [] : [note(`${name}: it hands out a device's messages in any order`, ORDER_HINT)]),
    ];
  }

  /** What Pub/Sub gives up must come to where ingest looks for it. */
  #deadLetters({ deadLetterPolicy }: Settings, dead: Settings | undefined): readonly Finding[] {
    const { project, subscription, deadLetterSubscription } = this.#config;
    const name = `Pub/Sub's subscription ${subscription} of project ${project}`;
    const goTo = deadLetterPolicy?.deadLetterTopic ?? "";
    if (goTo === "" && deadLetterSubscription === undefined) return [];
    if (goTo === "")
      return [wrong(`${name}: it has no dead-letter topic`, `Give it the one that ${deadLetterSubscription} reads.`)];
    if (deadLetterSubscription === undefined)
      return [wrong(`${name}: what it gives up goes to ${goTo}, which nobody reads`, DEAD_LETTER_HINT)];
    if (!dead || dead.topic === goTo) return [];
    const text = `${name}: what it gives up goes to ${goTo}, but ${deadLetterSubscription} reads ${dead.topic}`;
    return [wrong(text, DEAD_LETTER_HINT)];
  }

  #placeOf({ kind, name }: Thing): string {
    return `${kind} ${name} of project ${this.#config.project}`;
  }
}

const ORDER_HINT = "Counts are the same; ordering can only be asked for when a subscription is made.";
const DEAD_LETTER_HINT =
  "Let bus.deadLetterSubscription name a subscription of that topic: these messages go to quarantine.";

function refusal(error: unknown, asked: { readonly place: string; readonly role: string }): Finding {
  const known = pubSubError(error, asked);
  if (googleCodeOf(error) === UNAUTHENTICATED.grpc) return expired(known.message);
  return disabled(known.message, "pubsub.googleapis.com") ?? refused(known);
}

interface Name {
  readonly project: string;
  readonly kind: "topics";
  readonly name: string;
}

const isSame = (full: unknown, { project, kind, name }: Name) => full === `projects/${project}/${kind}/${name}`;
