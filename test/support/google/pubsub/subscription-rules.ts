import { CODE } from "../grpc/codes.ts";
import { RpcError } from "../grpc/rpc-error.ts";
import type { SubscriptionSettings } from "./resources.ts";

const DEFAULT_ACK_DEADLINE_S = 10;
const LONGEST_ACK_DEADLINE_S = 600;
const RESOURCE_ID = /^[A-Za-z][\w.~+%-]{2,254}$/;

/** Throws INVALID_ARGUMENT unless `name` is `projects/P/{kind}/ID` with an id that Google takes. */
export function checkName(name: string, kind: "topics" | "subscriptions"): void {
  const [projects, project, found, id, ...rest] = name.split("/");
  const isGood = projects === "projects" && project && found === kind && id && rest.length === 0;
  if (!isGood || !RESOURCE_ID.test(id) || id.startsWith("goog")) refuse(`not a name of ${kind}: ${name}`);
}

/** The settings with the service's defaults; throws INVALID_ARGUMENT, or UNIMPLEMENTED for what the fake does not do. */
export function checkedSubscription<Settings extends SubscriptionSettings>(settings: Settings): Settings {
  const ackDeadlineSeconds = settings.ackDeadlineSeconds || DEFAULT_ACK_DEADLINE_S;
  checkAckDeadline(ackDeadlineSeconds, DEFAULT_ACK_DEADLINE_S);
  const attempts = settings.deadLetterPolicy?.maxDeliveryAttempts || 5;
  if (attempts < 5 || attempts > 100) refuse(`maxDeliveryAttempts is 5 to 100, not ${attempts}`);
  if (settings.filter) throw new RpcError(CODE.unimplemented, "the fake has no filters");
  const deadLetterPolicy = settings.deadLetterPolicy && { ...settings.deadLetterPolicy, maxDeliveryAttempts: attempts };
  return { ...settings, ackDeadlineSeconds, deadLetterPolicy };
}

/** Throws INVALID_ARGUMENT for a deadline outside `leastS` to ten minutes. */
export function checkAckDeadline(seconds: number, leastS: number): void {
  if (seconds < leastS || seconds > LONGEST_ACK_DEADLINE_S) {
    refuse(`an ack deadline is ${leastS} to ${LONGEST_ACK_DEADLINE_S} s, not ${seconds}`);
  }
}

function refuse(why: string): never {
  throw new RpcError(CODE.invalidArgument, why);
}
