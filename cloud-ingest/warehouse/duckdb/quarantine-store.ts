import type { DuckDBValue } from "@duckdb/node-api";
import type { QuarantinedMessage, QuarantineFilter, QuarantineGroup, QuarantineStore } from "../quarantine-port.ts";
import { groupOf, messageOf } from "../read-rows.ts";
import { type Row, textOf } from "../row.ts";
import { allRows, coldFiles, fileParameters } from "./cold-list.ts";
import type { Database } from "./database.ts";
import type { Session } from "./session.ts";

const FIRST_DATE = "0001-01-01";
const LAST_DATE = "9999-12-31";
/** A filter's parameters; those that follow begin after them. The names of messages are a JSON list, `null` for all of them. */
const FILTER = `q.date BETWEEN $1::DATE AND $2::DATE
  AND ($3 = '' OR split_part(q.topic, '/', 3) = $3) AND ($4 = '' OR split_part(q.topic, '/', 4) = $4)
  AND contains(q.reason, $5) AND ($6 = 'null' OR list_contains(from_json($6, '["VARCHAR"]'), q.message_id))`;
const PENDING = "(m.outcome IS NULL OR m.outcome = 'refused')";
const FILES = 9;

/** Reads the quarantine, hot and archived days together, beside the marks of what was replayed. */
export class DuckDbQuarantine implements Omit<QuarantineStore, "replay"> {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async quarantineGroups(filter: QuarantineFilter, limit: number): Promise<readonly QuarantineGroup[]> {
    const rows = await this.#rows(filter, [BigInt(limit), ""], (source) => {
      return `SELECT q.reason AS reason, count(*) AS messages, count(*) FILTER (WHERE ${PENDING}) AS pending,
          ${rfc3339("min(q.received_at)", "first_at")}, ${rfc3339("max(q.received_at)", "last_at")}
        FROM ${source} WHERE ${FILTER} AND $8 = '' GROUP BY q.reason ORDER BY messages DESC, q.reason LIMIT $7`;
    });
    return rows.map(groupOf);
  }

  async pendingMessages(
    filter: QuarantineFilter,
    afterId: string,
    limit: number,
  ): Promise<readonly QuarantinedMessage[]> {
    const rows = await this.#rows(filter, [BigInt(limit), afterId], (source) => {
      return `${SELECT} FROM ${source} WHERE ${FILTER} AND ${PENDING} AND q.message_id > $8 ORDER BY q.message_id LIMIT $7`;
    });
    return rows.map(messageOf);
  }

  async quarantinedMessage(messageId: string): Promise<QuarantinedMessage | undefined> {
    const rows = await this.#rows({ messageIds: [messageId] }, [1n, ""], (source) => {
      return `${SELECT} FROM ${source} WHERE ${FILTER} AND $8 = '' LIMIT $7`;
    });
    return rows.map(messageOf)[0];
  }

  #rows(filter: QuarantineFilter, more: DuckDBValue[], sql: (source: string) => string): Promise<readonly Row[]> {
    const { from = FIRST_DATE, to = LAST_DATE, tenant = "", store = "", reason = "", messageIds = null } = filter;
    return this.#database.read(async (session) => {
      const files = await coldFiles(session, "quarantine", await archivedDates(session, from, to));
      const source = `(${allRows("quarantine", files, FILES)}) AS q
        LEFT JOIN quarantine_replay AS m ON m.message_id = q.message_id`;
      const values = [from, to, tenant, store, reason, JSON.stringify(messageIds), ...more];
      return session.rows(sql(source), [...values, ...fileParameters(this.#database.dir, files)]);
    }, "export");
  }
}

const rfc3339 = (value: string, name: string) => `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%gZ') AS ${name}`;

const SELECT = `SELECT q.message_id AS message_id, ${rfc3339("q.received_at", "received_at")}, q.topic AS topic,
  q.reason AS reason, q.payload AS payload, q.payload_base64 AS payload_base64,
  ${rfc3339("m.replayed_at", "replayed_at")}, m.outcome AS outcome, m.reason AS replay_reason`;

async function archivedDates(session: Session, from: string, to: string): Promise<readonly string[]> {
  const rows = await session.rows(
    "SELECT DISTINCT date FROM cold_file WHERE table_name = 'quarantine' AND date BETWEEN $1::DATE AND $2::DATE",
    [from, to],
  );
  return rows.map((row) => textOf(row, "date"));
}
