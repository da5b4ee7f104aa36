import type { DataRow, Ledger, RefusedRow } from "./port.ts";
import type { Rejudged, ReplayOutcome } from "./quarantine-port.ts";
import { refusedRows } from "./refused-rows.ts";
import type { SourceRow } from "./row-port.ts";

/** What a replay made of a message, as `quarantine_replay` keeps it. */
export interface ReplayMark {
  readonly messageId: string;
  readonly outcome: ReplayOutcome;
  readonly reason: string;
}

/** What no column can hold stays in quarantine, whatever the reader thinks of it today. */
export function refusedByUs(message: Rejudged): Rejudged {
  if (!("data" in message)) return message;
  const [refused] = refusedRows([message.data]);
  return refused ? { messageId: message.messageId, reason: `the warehouse refuses it: ${refused.reason}` } : message;
}

/** The rows among the messages that no device sent. */
export const rowsOf = (messages: readonly Rejudged[]): readonly SourceRow[] =>
  messages.flatMap((one) => ("row" in one ? [one.row] : []));

/** The messages, with the reason in place of each row that is refused by its place among `rowsOf`. */
export function withoutRefusedRows(messages: readonly Rejudged[], refused: readonly RefusedRow[]): readonly Rejudged[] {
  const reasons = new Map(refused.map(({ index, reason }) => [index, reason]));
  let index = -1;
  return messages.map((one) => {
    if (!("row" in one)) return one;
    index += 1;
    const reason = reasons.get(index);
    return reason === undefined ? one : { messageId: one.messageId, reason: `the warehouse refuses it: ${reason}` };
  });
}

/** The mark of a message; `stored` are the rows that were new. */
export function markOf(message: Rejudged, stored: ReadonlySet<DataRow | SourceRow>): ReplayMark {
  const { messageId } = message;
  if ("reason" in message) return { messageId, outcome: "refused", reason: message.reason };
  const isNew = "presence" in message || stored.has("row" in message ? message.row : message.data);
  return { messageId, outcome: isNew ? "stored" : "duplicate", reason: "" };
}

/** How many messages came to each outcome. */
export function sumOfMarks(marks: readonly ReplayMark[]): Ledger {
  const count = (outcome: ReplayOutcome) => marks.filter((mark) => mark.outcome === outcome).length;
  return { stored: count("stored"), duplicate: count("duplicate"), quarantined: count("refused") };
}

/** The stream of a message: an ordered bus names its messages `stream:number`. */
export function streamOf({ messageId }: Pick<ReplayMark, "messageId">): string {
  return messageId.slice(0, Math.max(0, messageId.lastIndexOf(":")));
}
