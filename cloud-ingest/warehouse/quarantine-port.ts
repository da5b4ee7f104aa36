import type { DataRow, Ledger, PresenceRow } from "./port.ts";
import type { SourceRow } from "./row-port.ts";

/** Which quarantined messages are meant; what is left out restricts nothing. */
export interface QuarantineFilter {
  readonly tenant?: string;
  readonly store?: string;
  /** Part of the reason's text. */
  readonly reason?: string;
  /** UTC dates of receipt, `YYYY-MM-DD`, both included. */
  readonly from?: string;
  readonly to?: string;
  /** Names of single messages; an empty list selects nothing. */
  readonly messageIds?: readonly string[];
}

/** Groups of a list at most: more reasons than anybody reads. */
export const MAX_GROUPS = 1_000;

/** All messages of a filter with one reason. */
export interface QuarantineGroup {
  readonly reason: string;
  readonly messages: number;
  /** Those of them that no replay has stored. */
  readonly pending: number;
  /** Times of receipt, RFC 3339 UTC. */
  readonly firstAt: string;
  readonly lastAt: string;
}

/** What a replay made of a message: `refused` stays in quarantine. */
export type ReplayOutcome = "stored" | "duplicate" | "refused";

/** A message as it was received, with what became of it since. */
export interface QuarantinedMessage {
  readonly messageId: string;
  readonly receivedAt: string;
  readonly topic: string;
  readonly reason: string;
  /** At most the first 64 KiB. */
  readonly payload: Uint8Array;
  readonly replay?: QuarantineReplay;
}

export interface QuarantineReplay {
  readonly replayedAt: string;
  readonly outcome: ReplayOutcome;
  /** Why it was refused again. */
  readonly reason: string;
}

/** A quarantined message, judged again. */
export type Rejudged = { readonly messageId: string } & (
  | { readonly data: DataRow }
  | { readonly presence: PresenceRow }
  | { readonly row: SourceRow }
  | { readonly reason: string }
);

/** Called by the operator's commands. */
export interface QuarantineStore {
  /** The most frequent reasons first, at most `limit`. */
  quarantineGroups(filter: QuarantineFilter, limit: number): Promise<readonly QuarantineGroup[]>;
  /** Messages that no replay has stored, by name after `afterId`, at most `limit`. */
  pendingMessages(filter: QuarantineFilter, afterId: string, limit: number): Promise<readonly QuarantinedMessage[]>;
  /** One message, whatever became of it. */
  quarantinedMessage(messageId: string): Promise<QuarantinedMessage | undefined>;
  /**
   * Stores what can be used now, marks every message with its outcome, and moves it in its stream's ledger from quarantined
   * to stored or duplicate, all in one transaction. What a replay stored before is left alone; returns what was done.
   */
  replay(messages: readonly Rejudged[], replayedAt: string): Promise<Ledger>;
}

/** What came lately, so that a restart does not forget it. */
export interface RecentIntake {
  /** The mark of our clock (`ClockTold`) that was stored last; before the first, when any device was last heard of. RFC 3339 UTC. */
  readonly clockMark: string | undefined;
  /** Data messages received in the span and stored. */
  readonly stored: number;
  readonly refused: readonly { readonly reason: string; readonly messages: number }[];
}

/** Called by ingest when it starts. */
export interface IntakeHistory {
  /** What was received from `from` to `to`, both included, RFC 3339: later stamps are those of a clock that was ahead. */
  intakeBetween(from: string, to: string): Promise<RecentIntake>;
}

/** A difference that an operator knows of and has accepted. */
export interface AcceptedDifference {
  /** One of the streams that were looked at. */
  readonly stream: string;
  /** Acknowledged messages without a trace; negative when there are more traces than acknowledgements. */
  readonly difference: number;
  readonly acceptedAt: string;
  readonly note: string;
}

/** Called by the watch over the ledger, and by the operator's commands. */
export interface LedgerStore {
  /** What became of the messages of these streams of the bus; "" for a bus without order. */
  streamLedger(streams: readonly string[]): Promise<Ledger>;
  /** Messages that came from the same bus in streams which are none of these: it knows of them no more. */
  strayMessages(streams: readonly string[]): Promise<number>;
  acceptDifference(accepted: AcceptedDifference): Promise<void>;
  /** Oldest first. */
  acceptedDifferences(): Promise<readonly AcceptedDifference[]>;
}
