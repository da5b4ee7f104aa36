import { MAX_PAYLOAD_BYTES } from "../../firmware-config/contract/envelope.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Ledger, StoreInfo } from "../warehouse/port.ts";
import type { QuarantinedMessage, QuarantineFilter, QuarantineStore, Rejudged } from "../warehouse/quarantine-port.ts";
import type { ClockJudge } from "./clock-judge.ts";
import { reasonClassOf } from "./reason-class.ts";
import { RowJudge } from "./row-judge.ts";
import { sortMessage } from "./sort.ts";

/** Messages in one transaction: a second of work, so that ingest does not wait for long. */
const AT_ONCE = 500;

export interface ReplayParts {
  readonly store: QuarantineStore;
  readonly judge: ClockJudge;
  readonly clock: Clock;
  /** Those that rows can be about. */
  readonly stores?: readonly StoreInfo[];
}

/**
 * Judges the quarantined messages of a filter again, with the clock and the contract of today, and stores what can be used
 * now, each once. Stops between two transactions when `signal` aborts; asked again it goes on. Returns what was done.
 */
export async function replayQuarantine(
  { store, judge, clock, stores = [] }: ReplayParts,
  filter: QuarantineFilter,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (done: number) => void },
): Promise<Ledger> {
  let sum: Ledger = { stored: 0, duplicate: 0, quarantined: 0 };
  const rowJudge = new RowJudge(stores);
  let afterId = "";
  while (!signal.aborted) {
    const messages = await store.pendingMessages(filter, afterId, AT_ONCE);
    const last = messages.at(-1);
    if (!last) break;
    afterId = last.messageId;
    const rejudged = messages.map((message) => rejudge(message, judge, rowJudge));
    const done = await store.replay(rejudged, new Date(clock.nowMs()).toISOString());
    sum = {
      stored: sum.stored + done.stored,
      duplicate: sum.duplicate + done.duplicate,
      quarantined: sum.quarantined + done.quarantined,
    };
    onProgress(sum.stored + sum.duplicate + sum.quarantined);
  }
  return sum;
}

function rejudge(
  { messageId, reason, receivedAt, topic, payload }: QuarantinedMessage,
  judge: ClockJudge,
  rowJudge: RowJudge,
): Rejudged {
  const isCut = reasonClassOf(reason) === "too-large";
  if (isCut) return { messageId, reason: `only its first ${MAX_PAYLOAD_BYTES} bytes were kept` };
  return { messageId, ...sortMessage({ receivedAtMs: Date.parse(receivedAt), topic, payload }, judge, rowJudge) };
}
