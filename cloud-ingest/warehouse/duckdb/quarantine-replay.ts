import { listValue } from "@duckdb/node-api";
import { groupBy } from "../../group-by.ts";
import { REPLAY_COLUMNS } from "../own-columns.ts";
import type { DataRow, Ledger } from "../port.ts";
import type { Rejudged } from "../quarantine-port.ts";
import { markOf, streamOf, sumOfMarks } from "../replay-marks.ts";
import { textOf } from "../row.ts";
import type { SourceRow } from "../row-port.ts";
import type { Session } from "./session.ts";
import { columnList, selectFromJson } from "./tables.ts";

interface Replayed {
  readonly messages: readonly Rejudged[];
  /** The rows among them that were new. */
  readonly stored: ReadonlySet<DataRow | SourceRow>;
  readonly replayedAt: string;
}

/** Without the messages that a replay has stored already. */
export async function notYetStored(session: Session, messages: readonly Rejudged[]): Promise<readonly Rejudged[]> {
  if (messages.length === 0) return [];
  const rows = await session.rows(
    "SELECT message_id FROM quarantine_replay WHERE outcome <> 'refused' AND message_id IN (SELECT unnest($1))",
    [listValue(messages.map((one) => one.messageId))],
  );
  const done = new Set(rows.map((row) => textOf(row, "message_id")));
  return messages.filter((one) => !done.has(one.messageId));
}

/** Marks each message with its outcome, and moves it in the ledger of its stream; the stream's sum stays as it was. */
export async function noteReplay(session: Session, { messages, stored, replayedAt }: Replayed): Promise<Ledger> {
  const marks = messages.map((one) => markOf(one, stored));
  if (marks.length === 0) return sumOfMarks(marks);
  await session.run("DELETE FROM quarantine_replay WHERE message_id IN (SELECT unnest($1))", [
    listValue(marks.map((mark) => mark.messageId)),
  ]);
  await session.run(`INSERT INTO quarantine_replay (${columnList(REPLAY_COLUMNS)}) ${selectFromJson(REPLAY_COLUMNS)}`, [
    JSON.stringify(marks.map((mark) => ({ ...mark, replayedAt }))),
  ]);
  const used = marks.filter((mark) => mark.outcome !== "refused");
  for (const [stream, some] of groupBy(used, streamOf)) await moveInLedger(session, stream, sumOfMarks(some));
  return sumOfMarks(marks);
}

/** A ledger that lost the count of them, with the database, has nothing to move. */
async function moveInLedger(session: Session, stream: string, { stored, duplicate }: Ledger): Promise<void> {
  for (const name of new Set([stream, ""])) {
    const moved = await session.run(
      `UPDATE ledger SET stored = stored + $2, duplicate = duplicate + $3, quarantined = quarantined - $2 - $3
       WHERE stream = $1 AND quarantined >= $2 + $3`,
      [name, BigInt(stored), BigInt(duplicate)],
    );
    if (moved > 0) return;
  }
}
