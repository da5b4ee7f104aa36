import { DATA_TABLES } from "../columns.ts";
import type { IntakeHistory, RecentIntake } from "../quarantine-port.ts";
import { numberOf, textOf } from "../row.ts";
import type { Database } from "./database.ts";

/** A database of an older version has no mark yet. */
const MARK = "SELECT coalesce((SELECT max(told_at) FROM clock_mark), (SELECT max(last_seen_at) FROM device)) AS at";
const LATELY = "received_at BETWEEN $1::TIMESTAMP AND $2::TIMESTAMP";
const COUNTS = DATA_TABLES.map((table) => `SELECT count(*) AS n FROM ${table} WHERE ${LATELY}`);

/** What the hot database knows of the last minutes. */
export class DuckDbIntakeHistory implements IntakeHistory {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  intakeBetween(from: string, to: string): Promise<RecentIntake> {
    const span = [from, to].map((at) => new Date(at).toISOString());
    return this.#database.read(async (session) => {
      const [mark] = await session.rows(MARK);
      const [stored] = await session.rows(`SELECT sum(n) AS n FROM (${COUNTS.join(" UNION ALL ")})`, span);
      const refused = await session.rows(
        `SELECT reason, count(*) AS n FROM quarantine WHERE ${LATELY} GROUP BY reason`,
        span,
      );
      return {
        clockMark: (mark && textOf(mark, "at")) || undefined,
        stored: stored ? numberOf(stored, "n") : 0,
        refused: refused.map((row) => ({ reason: textOf(row, "reason"), messages: numberOf(row, "n") })),
      };
    });
  }
}
