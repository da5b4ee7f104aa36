import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { groupBy } from "../../group-by.ts";
import { PARTITIONINGS } from "../partitions/partitioning.ts";
import { planDates } from "../partitions/plan-dates.ts";
import type { DataRow, Ledger } from "../port.ts";
import type { Rejudged } from "../quarantine-port.ts";
import { markOf, refusedByUs, rowsOf, streamOf, sumOfMarks, withoutRefusedRows } from "../replay-marks.ts";
import { textOf } from "../row.ts";
import type { Appenders } from "./appenders.ts";
import type { BigQueryClient, ParameterTypes } from "./big-query-client.ts";
import { expiredRows } from "./expiry.ts";
import type { BigQueryIngestStore } from "./ingest-store.ts";
import type { LedgerBook } from "./ledger-book.ts";
import type { BigQueryRowStore } from "./source-row-store.ts";
import { viewOf } from "./views.ts";

const NAMES: ParameterTypes = { names: ["STRING"] };
const IDS: ParameterTypes = { ids: ["STRING"] };

export interface ReplayParts {
  readonly client: BigQueryClient;
  readonly appenders: Appenders;
  readonly book: LedgerBook;
  readonly ingest: BigQueryIngestStore;
  readonly sourced: BigQueryRowStore;
  readonly clock: Clock;
}

/**
 * Stores messages out of quarantine: the rows first, then the marks, then the ledger. Cut off in between, the next replay does the rest:
 * rows that came twice are seen once, and what has no mark is done again.
 */
export async function replay(parts: ReplayParts, messages: readonly Rejudged[], replayedAt: string): Promise<Ledger> {
  const { client, clock, sourced } = parts;
  const left = (await notYetStored(client, messages))
    .map(refusedByUs)
    .map((one) => expired(one, client, clock.nowMs()));
  if (left.length === 0) return sumOfMarks([]);
  const rows = await sourced.settled(rowsOf(left));
  await sourced.append(rows);
  const open = withoutRefusedRows(left, rows.refused);
  const known = await knownEvents(client, dataOf(open));
  const { messages: judged, fresh } = await appended(parts, open, known);
  const stored = new Set([...fresh, ...rows.fresh]);
  const marks = judged.map((one) => markOf(one, stored));
  await parts.appenders.append(
    "quarantine_replay",
    marks.map((mark) => ({ ...mark, replayedAt })),
  );
  const used = marks.filter(({ outcome }) => outcome !== "refused");
  for (const [stream, some] of groupBy(used, streamOf)) {
    await parts.book.move(stream, sumOfMarks(some));
  }
  return sumOfMarks(marks);
}

interface Appended {
  readonly messages: readonly Rejudged[];
  /** The rows that were new. */
  readonly fresh: readonly DataRow[];
}

/** Appends what is new; where BigQuery refuses rows, nothing of them is there, and the others go without them. */
async function appended(
  { ingest }: Pick<ReplayParts, "ingest">,
  messages: readonly Rejudged[],
  known: ReadonlySet<string>,
): Promise<Appended> {
  const byKey = new Map<string, DataRow>();
  for (const row of dataOf(messages)) {
    const key = keyOf(row);
    if (!known.has(key) && !byKey.has(key)) byKey.set(key, row);
  }
  const fresh = [...byKey.values()];
  const presence = messages.flatMap((one) => ("presence" in one ? [one.presence] : []));
  const refused = await ingest.append({ data: fresh, presence, quarantine: [] });
  if (refused.length === 0) return { messages, fresh };
  const reasons = new Map([...byKey.keys()].map((key, at) => [key, refused.find(({ index }) => index === at)?.reason]));
  const judged = messages.map((one) => {
    const reason = "data" in one ? reasons.get(keyOf(one.data)) : undefined;
    return reason === undefined ? one : { messageId: one.messageId, reason: `the warehouse refuses it: ${reason}` };
  });
  return appended({ ingest }, judged, known);
}

const dataOf = (messages: readonly Rejudged[]) => messages.flatMap((one) => ("data" in one ? [one.data] : []));

/** What would be dropped at once stays in quarantine. */
function expired(message: Rejudged, { config }: BigQueryClient, nowMs: number): Rejudged {
  if (!("data" in message)) return message;
  const [refused] = expiredRows([message.data], config, nowMs);
  return refused ? { messageId: message.messageId, reason: refused.reason } : message;
}

/** Without the messages that a replay has stored already. */
async function notYetStored(client: BigQueryClient, messages: readonly Rejudged[]): Promise<readonly Rejudged[]> {
  if (messages.length === 0) return [];
  const rows = await client.rows({
    sql: "SELECT DISTINCT message_id FROM quarantine_replay WHERE outcome <> 'refused' AND message_id IN UNNEST(@names)",
    params: { names: messages.map(({ messageId }) => messageId) },
    types: NAMES,
  });
  const done = new Set(rows.map((row) => textOf(row, "message_id")));
  return messages.filter(({ messageId }) => !done.has(messageId));
}

/** Which of the rows are there already. */
async function knownEvents(client: BigQueryClient, data: readonly DataRow[]): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const [kind, rows] of groupBy(data, ({ message }) => message.kind)) {
    const dates = planDates(
      rows.map(({ date }) => date),
      PARTITIONINGS[kind],
    );
    for (const { condition } of dates) {
      const found = await client.rows({
        sql: `SELECT tenant, store, event_id FROM ${viewOf(kind)} WHERE ${condition} AND event_id IN UNNEST(@ids)`,
        params: { ids: rows.map(({ eventId }) => eventId) },
        types: IDS,
      });
      for (const row of found) known.add(`${textOf(row, "tenant")}/${textOf(row, "store")}/${textOf(row, "event_id")}`);
    }
  }
  return known;
}

const keyOf = ({ identity, eventId }: DataRow) => `${identity.tenant}/${identity.store}/${eventId}`;
