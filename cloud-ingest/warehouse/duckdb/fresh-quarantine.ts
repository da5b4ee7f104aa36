import type { QuarantineRow } from "../port.ts";
import { CONTENT, contentOf } from "../quarantine-content.ts";
import { textOf } from "../row.ts";
import type { Session } from "./session.ts";

/**
 * The rows whose message is not in quarantine yet, one for each message: a bus without order hands a message out until it is
 * acknowledged, and again when the acknowledgement is lost or its bus is changed for another. A message is known by its name, topic
 * and payload, for strangers choose names; another of a name that is taken goes by a longer one. Days in the archive are not
 * looked at; a bus lets go of its messages before they get so old, or nearly.
 */
export async function freshQuarantine(
  session: Session,
  rows: readonly QuarantineRow[],
): Promise<readonly QuarantineRow[]> {
  if (rows.length === 0) return [];
  const contents = await contentsOf(session, rows.flatMap(namesOf));
  return rows.flatMap((row) => {
    const content = contentOf(row);
    const name = namesOf(row).find((one) => (contents.get(one) ?? content) === content);
    if (name === undefined || contents.has(name)) return [];
    contents.set(name, content);
    return [{ ...row, messageId: name }];
  });
}

/** Its own name, and the one that it goes by where another has that. */
const namesOf = (row: QuarantineRow) => [row.messageId, `${row.messageId}~${contentOf(row)}`];

/** The content behind each of the names that are in quarantine. */
async function contentsOf(session: Session, names: readonly string[]): Promise<Map<string, string>> {
  const rows = await session.rows(
    `SELECT message_id, ${CONTENT} AS content FROM quarantine
       WHERE message_id IN (SELECT unnest(from_json($1, '["VARCHAR"]')))`,
    [JSON.stringify(names)],
  );
  return new Map(rows.map((row) => [textOf(row, "message_id"), textOf(row, "content")]));
}
