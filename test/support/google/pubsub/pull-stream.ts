import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { Faults } from "../faults.ts";
import { CODE } from "../grpc/codes.ts";
import { endWith } from "../grpc/grpc-server.ts";
import { RpcError } from "../grpc/rpc-error.ts";
import type { Holder, Lease, Outcome } from "./lease.ts";
import { type ReceivedMessage, receivedMessage } from "./received-message.ts";
import type { Subscription } from "./subscription.ts";
import { checkAckDeadline } from "./subscription-rules.ts";

/** google.pubsub.v1.StreamingPullRequest; what is not set is empty or 0. */
export interface PullRequest {
  readonly subscription: string;
  readonly ackIds: readonly string[];
  readonly modifyDeadlineSeconds: readonly number[];
  readonly modifyDeadlineAckIds: readonly string[];
  readonly streamAckDeadlineSeconds: number;
  readonly maxOutstandingMessages: number;
  readonly maxOutstandingBytes: number;
}

interface Confirmation {
  readonly ackIds: readonly string[];
  readonly invalidAckIds: readonly string[];
}

export interface PullAnswer {
  readonly receivedMessages: readonly ReceivedMessage[];
  readonly acknowledgeConfirmation?: Confirmation;
  readonly modifyAckDeadlineConfirmation?: Confirmation;
  readonly subscriptionProperties: {
    readonly exactlyOnceDeliveryEnabled: boolean;
    readonly messageOrderingEnabled: boolean;
  };
}

type Stream = ServerDuplexStream<PullRequest, PullAnswer>;

/** One open StreamingPull: takes messages as far as its limits of outstanding ones allow, acknowledges and extends. */
export class PullStream implements Holder {
  readonly maxMessages: number;
  readonly maxBytes: number;
  heldMessages = 0;
  heldBytes = 0;
  readonly #stream: Stream;
  readonly #faults: Faults;
  readonly #subscription: Subscription;
  #deadlineS: number;
  #isMute = false;

  constructor(stream: Stream, first: PullRequest, subscription: Subscription, faults: Faults) {
    checkAckDeadline(first.streamAckDeadlineSeconds, 10);
    this.maxMessages = first.maxOutstandingMessages;
    this.maxBytes = first.maxOutstandingBytes;
    this.#stream = stream;
    this.#subscription = subscription;
    this.#faults = faults;
    this.#deadlineS = first.streamAckDeadlineSeconds;
  }

  /** The service tells the subscription's properties first; a client goes over to exactly-once by them. */
  greet(): void {
    this.#write(this.#answer());
  }

  /** What the client sends after the first request, and the first one's ids. */
  read(request: PullRequest): void {
    if (request.streamAckDeadlineSeconds) this.#deadlineS = request.streamAckDeadlineSeconds;
    const acked = this.#subscription.ack(request.ackIds);
    const modified = this.#subscription.modify(request.modifyDeadlineAckIds, request.modifyDeadlineSeconds);
    if (!this.#subscription.settings.enableExactlyOnceDelivery) return;
    if (request.ackIds.length > 0) this.#write({ ...this.#answer(), acknowledgeConfirmation: confirmation(acked) });
    if (request.modifyDeadlineAckIds.length > 0) {
      this.#write({ ...this.#answer(), modifyAckDeadlineConfirmation: confirmation(modified) });
    }
  }

  /** Hands out up to `limit` messages in one answer; how many it was. */
  pump(limit: number): number {
    if (this.#isMute) return 0;
    const leases = this.#subscription.backlog.take(this, limit, this.#deadlineS);
    if (leases.length > 0) this.#deliver(leases);
    return leases.length;
  }

  /** Ends the stream with that code; what it held stays leased until it expires. */
  close(code: number): void {
    this.#isMute = true;
    endWith(this.#stream, new RpcError(code, "the stream was closed"));
  }

  #deliver(leases: readonly Lease[]): void {
    const hasAttempts = this.#subscription.settings.deadLetterPolicy !== null;
    const answer = { ...this.#answer(), receivedMessages: leases.map((lease) => receivedMessage(lease, hasAttempts)) };
    const fault = this.#faults.take("Deliver");
    const code = fault && "code" in fault ? (fault.code ?? CODE.unavailable) : CODE.unavailable;
    switch (fault?.kind) {
      case "fail":
      case "close":
        this.close(code);
        break;
      case "hang":
        break;
      case "late":
        void fault.until.then(() => this.#write(answer));
        break;
      case "lose":
        this.#write(answer);
        this.close(code);
        break;
      default:
        this.#write(answer);
        if (fault?.kind === "twice") this.#write(answer);
    }
  }

  #answer(): PullAnswer {
    const { enableExactlyOnceDelivery, enableMessageOrdering } = this.#subscription.settings;
    return {
      receivedMessages: [],
      subscriptionProperties: {
        exactlyOnceDeliveryEnabled: enableExactlyOnceDelivery,
        messageOrderingEnabled: enableMessageOrdering,
      },
    };
  }

  #write(answer: PullAnswer): void {
    if (!this.#stream.writableEnded && !this.#stream.destroyed) this.#stream.write(answer);
  }
}

function confirmation({ good, invalid }: Outcome): Confirmation {
  return { ackIds: good, invalidAckIds: invalid };
}
