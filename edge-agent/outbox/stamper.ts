import { CONTRACT_VERSION } from "../../firmware-config/contract/envelope.ts";
import { type DataMessage, faultOf } from "../../firmware-config/contract/messages.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import { AppError } from "../../firmware-config/kit/errors.ts";
import type { Draft } from "../window/message-sink.ts";

export interface StamperOptions {
  readonly deviceId: string;
  /** New at every start of the agent. */
  readonly bootId: string;
  readonly clock: Clock;
  /** Whether the machine's clock is known to be right. */
  readonly isClockSynced: () => boolean;
}

/** Gives drafts their identity: one boot, a sequence without gaps from 0. */
export class Stamper {
  readonly #options: StamperOptions;
  readonly #startMs: number;
  #seq = 0;

  constructor(options: StamperOptions) {
    this.#options = options;
    this.#startMs = options.clock.monotonicMs();
  }

  /** The finished message; throws `AppError` INTERNAL when it breaks the contract, which is a fault of ours. */
  stamp(draft: Draft): DataMessage {
    const { deviceId, bootId, clock, isClockSynced } = this.#options;
    const message: DataMessage = {
      ...draft,
      v: CONTRACT_VERSION,
      deviceId,
      bootId,
      seq: this.#seq,
      monotonicMs: Math.max(0, Math.round(clock.monotonicMs() - this.#startMs)),
      clockSynced: isClockSynced(),
      historical: false,
    };
    const fault = faultOf(draft.kind, message);
    if (fault) {
      throw new AppError(`A ${draft.kind} message breaks the contract: ${fault}`, {
        code: "INTERNAL",
        hint: "Report this with the configuration of the device.",
      });
    }
    this.#seq += 1;
    return message;
  }
}
