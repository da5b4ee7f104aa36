import type { ServerDuplexStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Faults } from "../faults.ts";
import { CODE } from "../grpc/codes.ts";
import { endWith, type GrpcServer } from "../grpc/grpc-server.ts";
import { RpcError } from "../grpc/rpc-error.ts";
import type { Hub } from "./hub.ts";
import type { Holder, Outcome } from "./lease.ts";
import { type FieldMask, patched } from "./patched.ts";
import { type PullAnswer, type PullRequest, PullStream } from "./pull-stream.ts";
import { receivedMessage } from "./received-message.ts";
import { durationMs, type SubscriptionSettings } from "./resources.ts";
import type { Subscription } from "./subscription.ts";
import { checkAckDeadline, checkedSubscription } from "./subscription-rules.ts";

interface Named {
  readonly subscription: string;
}

interface AckRequest extends Named {
  readonly ackIds: readonly string[];
}

interface ModifyRequest extends AckRequest {
  readonly ackDeadlineSeconds: number;
}

interface UpdateRequest {
  readonly subscription: SubscriptionSettings;
  readonly updateMask: FieldMask;
}

const FIXED = ["name", "topic", "enableMessageOrdering", "filter"];

/** google.pubsub.v1.Subscriber, without snapshots and push. */
export function subscriberService(server: GrpcServer, hub: Hub, faults: Faults): UntypedServiceImplementation {
  return {
    CreateSubscription: server.unary("CreateSubscription", (wished: SubscriptionSettings) =>
      hub.createSubscription(wished),
    ),
    GetSubscription: server.unary("GetSubscription", (r: Named) => hub.subscription(r.subscription).settings),
    ListSubscriptions: server.unary("ListSubscriptions", ({ project }: { project: string }) => {
      const all = hub.subscriptions().map(({ settings }) => settings);
      return { subscriptions: all.filter(({ name }) => name.startsWith(`${project}/`)) };
    }),
    UpdateSubscription: server.unary("UpdateSubscription", ({ subscription, updateMask }: UpdateRequest) => {
      const { backlog } = hub.subscription(subscription.name);
      backlog.settings = checkedSubscription(patched(backlog.settings, subscription, updateMask, FIXED));
      return backlog.settings;
    }),
    DeleteSubscription: server.unary("DeleteSubscription", (r: Named) => {
      hub.deleteSubscription(r.subscription);
      return {};
    }),
    Acknowledge: server.unary("Acknowledge", ({ subscription, ackIds }: AckRequest) => {
      const found = hub.subscription(subscription);
      return answered(found, found.ack(ackIds));
    }),
    ModifyAckDeadline: server.unary("ModifyAckDeadline", (request: ModifyRequest) => {
      const found = hub.subscription(request.subscription);
      checkAckDeadline(request.ackDeadlineSeconds, 0);
      return answered(found, found.modify(request.ackIds, [request.ackDeadlineSeconds]));
    }),
    Pull: server.unary("Pull", ({ subscription, maxMessages }: Named & { readonly maxMessages: number }) => {
      const { backlog, settings } = hub.subscription(subscription);
      if (maxMessages < 1) throw new RpcError(CODE.invalidArgument, "max_messages is at least 1");
      const leases = backlog.take(unlimited(), maxMessages, settings.ackDeadlineSeconds);
      return { receivedMessages: leases.map((lease) => receivedMessage(lease, settings.deadLetterPolicy !== null)) };
    }),
    Seek: server.unary("Seek", (r: Named & { readonly time: Parameters<typeof durationMs>[0] }) => {
      const found = hub.subscription(r.subscription);
      if (!r.time) throw new RpcError(CODE.unimplemented, "the fake seeks to a time, it has no snapshots");
      found.backlog.seek(durationMs(r.time, 0));
      found.pump();
      return {};
    }),
    StreamingPull: (stream: ServerDuplexStream<PullRequest, PullAnswer>) => streamingPull(stream, hub, faults),
  };
}

/** Exactly-once tells which ids were invalid in the error's info; without it the service answers OK whatever was sent. */
function answered({ settings }: Subscription, { invalid }: Outcome): object {
  if (!settings.enableExactlyOnceDelivery || invalid.length === 0) return {};
  const metadata = Object.fromEntries(invalid.map((id) => [id, "PERMANENT_FAILURE_INVALID_ACK_ID"]));
  throw new RpcError(CODE.invalidArgument, "acknowledgement ids have expired or were never given", {
    reason: "EXACTLY_ONCE_ACKID_FAILURE",
    domain: "pubsub.googleapis.com",
    metadata,
  });
}

function streamingPull(stream: ServerDuplexStream<PullRequest, PullAnswer>, hub: Hub, faults: Faults): void {
  const fault = faults.take("StreamingPull");
  if (fault?.kind === "hang") return;
  if (fault?.kind === "fail" || fault?.kind === "close") {
    endWith(stream, new RpcError(fault.code ?? CODE.unavailable, "planned by the test"));
    return;
  }
  const ready = fault?.kind === "late" ? fault.until : Promise.resolve();
  void ready.then(() => serve(stream, hub, faults));
}

function serve(stream: ServerDuplexStream<PullRequest, PullAnswer>, hub: Hub, faults: Faults): void {
  let opened: { readonly pull: PullStream; readonly subscription: Subscription } | undefined;
  const leave = () => opened?.subscription.left(opened.pull);
  stream.on("data", (request: PullRequest) => {
    try {
      opened ??= open(stream, request, hub, faults);
      opened.pull.read(request);
    } catch (error) {
      leave();
      endWith(stream, error);
    }
  });
  stream.on("cancelled", leave);
  stream.on("error", leave);
  stream.on("end", () => {
    leave();
    stream.end();
  });
}

function open(stream: ServerDuplexStream<PullRequest, PullAnswer>, first: PullRequest, hub: Hub, faults: Faults) {
  const subscription = hub.subscription(first.subscription);
  const pull = new PullStream(stream, first, subscription, faults);
  subscription.open(pull);
  return { pull, subscription };
}

function unlimited(): Holder {
  return { maxMessages: 0, maxBytes: 0, heldMessages: 0, heldBytes: 0 };
}
