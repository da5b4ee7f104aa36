import { AppError, codeOf, messageOf } from "../../firmware-config/kit/errors.ts";

/** gRPC codes that say what to do; see google.rpc.Code. */
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** How the client says that it found no credentials, or none that it can read. */
const NO_CREDENTIALS = /default credentials|ENOENT|EACCES|JSON|private key|DECODER/i;
/** A client strings all its tries together; the first of them says what is wrong. */
const MOST_CHARACTERS = 300;

/** What was asked of Pub/Sub, for people. */
export interface Asked {
  /** `topic kazoe of project shop`. */
  readonly place: string;
  /** The role that an account needs for it. */
  readonly role: string;
}

/** Pub/Sub's refusal in words that say where and what to do, on one line; no credential stands in it. */
export function pubSubError(error: unknown, { place, role }: Asked): AppError {
  const text = messageOf(error).replace(/\s+/g, " ").slice(0, MOST_CHARACTERS);
  const hint = NO_CREDENTIALS.test(text) ? CREDENTIALS_HINT : hintOf(codeOf(error), place, role);
  return new AppError(`Cannot use Pub/Sub's ${place}: ${text}`, {
    ...{ code: "BUS_UNREACHABLE", hint, retryable: true, cause: error },
  });
}

/** What to do where only waiting or the network can help. */
export const RETRY_HINT =
  "It is tried again; nothing acknowledged is lost. When it stays, look at the network and Google Cloud's status.";

const CREDENTIALS_HINT =
  "Let GOOGLE_APPLICATION_CREDENTIALS name a readable key file of a service account, or run on a machine that has one.";

function hintOf(code: unknown, place: string, role: string): string {
  if (code === NOT_FOUND) return missingHint(place);
  if (code === PERMISSION_DENIED) return `Give the account of this process the role ${role} on the ${place}.`;
  if (code === UNAUTHENTICATED)
    return "Renew the credentials of this process (GOOGLE_APPLICATION_CREDENTIALS or the machine's service account).";
  return RETRY_HINT;
}

function missingHint(place: string): string {
  const subscriptions = place.startsWith("topic")
    ? ", and its subscriptions anew, for those of before get nothing from it"
    : "";
  return `Make the ${place}${subscriptions}; or name the right one under "bus".`;
}

/** What a subscription has for its topic once that was deleted. */
export const DELETED_TOPIC = "_deleted-topic_";

/** Said of a subscription whose topic was deleted: a topic that is made again has no subscriptions, and loses what is published. */
export function detachedError(subscription: string, project: string): AppError {
  return new AppError(`The topic of Pub/Sub's subscription ${subscription} of project ${project} was deleted`, {
    code: "BUS_UNREACHABLE",
    hint: `Nothing that brokers publish comes to subscription ${subscription}. Once it is empty, delete it and make it anew at the topic.`,
    retryable: true,
  });
}
