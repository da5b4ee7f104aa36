import type { QuarantineRow } from "../port.ts";
import { textOf } from "./row.ts";
import type { Session } from "./session.ts";

/**
 * The rows whose message is not in quarantine yet, one for each message: a bus without order hands a message out until it is
 * acknowledged, and again when the acknowledgement is lost. Days in the archive are not looked at; a bus lets go of its
 * messages before they get so old, or nearly.
 */
export async function freshQuarantine(
  session: Session,
  rows: readonly QuarantineRow[],
): Promise<readonly QuarantineRow[]> {
  const own = new Map(rows.map((row) => [row.messageId, row]));
  if (own.size === 0) return [];
  const known = await session.rows(
    `SELECT message_id FROM quarantine WHERE message_id IN (SELECT unnest(from_json($1, '["VARCHAR"]')))`,
    [JSON.stringify([...own.keys()])],
  );
  for (const row of known) own.delete(textOf(row, "message_id"));
  return [...own.values()];
}
