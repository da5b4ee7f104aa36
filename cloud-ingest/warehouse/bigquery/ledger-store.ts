import { addDays } from "../../calendar.ts";
import { DATA_TABLES } from "../columns.ts";
import { rangeCondition } from "../partitions/condition.ts";
import type { Ledger } from "../port.ts";
import type { AcceptedDifference, IntakeHistory, LedgerStore, RecentIntake } from "../quarantine-port.ts";
import { ledgerOf } from "../read-rows.ts";
import { numberOf, textOf, timeOf } from "../row.ts";
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient, ParameterTypes } from "./big-query-client.ts";
import { NEWEST } from "./ledger-book.ts";
import { viewOf } from "./views.ts";

const TYPES: ParameterTypes = { streams: ["STRING"] };
/** Before the first mark, when any device was last heard of. */
const MARK = `SELECT COALESCE((SELECT MAX(clock_mark) FROM ledger), (SELECT MAX(received_at) FROM presence),
  (SELECT TIMESTAMP(NULLIF(MAX(last_seen_at), '')) FROM device)) AS mark`;
const SUMS = "SUM(stored) AS stored, SUM(duplicate) AS duplicate, SUM(quarantined) AS quarantined";

/** The ledger of the streams of the bus, the differences that an operator has accepted, and what came lately. */
export class BigQueryLedgerStore implements LedgerStore, IntakeHistory {
  readonly #client: BigQueryClient;
  readonly #appenders: Appenders;

  constructor(client: BigQueryClient, appenders: Appenders) {
    this.#client = client;
    this.#appenders = appenders;
  }

  async streamLedger(streams: readonly string[]): Promise<Ledger> {
    const [row] = await this.#client.rows({
      sql: `SELECT ${SUMS} FROM (${NEWEST}) WHERE stream IN UNNEST(@streams)`,
      params: { streams: [...streams] },
      types: TYPES,
    });
    return row ? ledgerOf(row) : { stored: 0, duplicate: 0, quarantined: 0 };
  }

  async strayMessages(streams: readonly string[]): Promise<number> {
    const buses = [...new Set(streams.filter((stream) => stream !== "").map(busOf))];
    const rows = await this.#client.rows({
      sql: `SELECT stream, ${SUMS} FROM (${NEWEST}) WHERE stream NOT IN UNNEST(@streams) GROUP BY stream`,
      params: { streams: [...streams] },
      types: TYPES,
    });
    const stray = rows.filter((row) => buses.includes(busOf(textOf(row, "stream")))).map(ledgerOf);
    return stray.reduce((sum, { stored, duplicate, quarantined }) => sum + stored + duplicate + quarantined, 0);
  }

  async acceptDifference(accepted: AcceptedDifference): Promise<void> {
    await this.#appenders.append("ledger_accepted", [accepted]);
  }

  async acceptedDifferences(): Promise<readonly AcceptedDifference[]> {
    return acceptedDifferences(this.#client);
  }

  async intakeBetween(from: string, to: string): Promise<RecentIntake> {
    const span = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    const near = rangeCondition("date", {
      from: addDays(span.from.slice(0, 10), -1),
      to: addDays(span.to.slice(0, 10), 1),
    });
    const lately = `${near} AND received_at BETWEEN TIMESTAMP(@from) AND TIMESTAMP(@to)`;
    const counts = DATA_TABLES.map((table) => `SELECT COUNT(*) AS n FROM ${viewOf(table)} WHERE ${lately}`);
    const [marks, stored, refused] = await Promise.all([
      this.#client.rows({ sql: MARK }),
      this.#client.rows({ sql: `SELECT SUM(n) AS n FROM (${counts.join(" UNION ALL ")})`, params: span }),
      this.#client.rows({
        sql: `SELECT reason, COUNT(*) AS n FROM v_quarantine WHERE ${lately} GROUP BY reason`,
        params: span,
      }),
    ]);
    return {
      clockMark: (marks[0] && timeOf(marks[0], "mark")) || undefined,
      stored: stored[0] ? numberOf(stored[0], "n") : 0,
      refused: refused.map((row) => ({ reason: textOf(row, "reason"), messages: numberOf(row, "n") })),
    };
  }
}

/** The differences that an operator has accepted, oldest first. */
export async function acceptedDifferences(client: BigQueryClient): Promise<readonly AcceptedDifference[]> {
  const rows = await client.rows({ sql: "SELECT DISTINCT * FROM ledger_accepted ORDER BY accepted_at" });
  return rows.map((row) => ({
    stream: textOf(row, "stream"),
    difference: numberOf(row, "difference"),
    acceptedAt: timeOf(row, "accepted_at"),
    note: textOf(row, "note"),
  }));
}

/** The bus that a stream is of. */
const busOf = (stream: string) => stream.split(".")[0] ?? "";
