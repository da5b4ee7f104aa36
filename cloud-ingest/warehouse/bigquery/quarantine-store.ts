import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { addDays, dateOfMs } from "../../calendar.ts";
import { rangeCondition } from "../partitions/condition.ts";
import type { QuarantinedMessage, QuarantineFilter, QuarantineGroup, QuarantineStore } from "../quarantine-port.ts";
import { groupOf, messageOf } from "../read-rows.ts";
import type { BigQueryClient, ParameterTypes, Row } from "./big-query-client.ts";
import { FIRST_RECEIPT } from "./quarantine-rows.ts";

const PENDING = "(m.outcome IS NULL OR m.outcome = 'refused')";

/** What holds of a message that was judged again several times: that it was stored, else the last refusal. */
export const MARKS = `SELECT message_id, replayed_at, outcome, reason FROM quarantine_replay WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY message_id ORDER BY IF(outcome = 'refused', 1, 0), replayed_at DESC) = 1`;

/** Names that somebody gave several messages are told apart, as the names of the first stays. */
const named = (
  dates: string,
) => `SELECT *, IF(ROW_NUMBER() OVER (PARTITION BY message_id ORDER BY received_at, content) = 1,
    message_id, CONCAT(message_id, '~', content)) AS name
  FROM v_quarantine WHERE ${dates}`;

const TYPES: ParameterTypes = { names: ["STRING"] };

/** Reads the quarantine beside the marks of what was replayed. */
export class BigQueryQuarantine implements Omit<QuarantineStore, "replay"> {
  readonly #client: BigQueryClient;
  readonly #clock: Clock;

  constructor(client: BigQueryClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async quarantineGroups(filter: QuarantineFilter, limit: number): Promise<readonly QuarantineGroup[]> {
    const rows = await this.#rows(filter, {
      select: `q.reason AS reason, COUNT(*) AS messages, COUNTIF(${PENDING}) AS pending,
        MIN(q.received_at) AS first_at, MAX(q.received_at) AS last_at`,
      rest: `GROUP BY q.reason ORDER BY messages DESC, reason LIMIT ${limit}`,
    });
    return rows.map(groupOf);
  }

  async pendingMessages(
    filter: QuarantineFilter,
    afterId: string,
    limit: number,
  ): Promise<readonly QuarantinedMessage[]> {
    const rows = await this.#rows(filter, {
      select: MESSAGE,
      rest: `AND ${PENDING} AND q.name > @after ORDER BY q.name LIMIT ${limit}`,
      params: { after: afterId },
    });
    return rows.map(messageOf);
  }

  async quarantinedMessage(messageId: string): Promise<QuarantinedMessage | undefined> {
    const rows = await this.#rows({ messageIds: [messageId] }, { select: MESSAGE, rest: "LIMIT 1" });
    return rows.map(messageOf)[0];
  }

  #rows(
    filter: QuarantineFilter,
    { select, rest, params = {} }: { readonly select: string; readonly rest: string; readonly params?: object },
  ): Promise<readonly Row[]> {
    const { from, to, tenant, store, reason, messageIds } = filter;
    const tomorrow = addDays(dateOfMs(this.#clock.nowMs()), 1);
    const range = { from: later(from ?? FIRST_RECEIPT, FIRST_RECEIPT), to: earlier(to ?? tomorrow, tomorrow) };
    const conditions = [
      ...(tenant === undefined ? [] : ["q.tenant = @tenant"]),
      ...(store === undefined ? [] : ["q.store = @store"]),
      ...(reason === undefined ? [] : ["STRPOS(q.reason, @reason) > 0"]),
      ...(messageIds === undefined ? [] : ["q.name IN UNNEST(@names)"]),
    ];
    return this.#client.rows({
      sql: `SELECT ${select} FROM (${named(rangeCondition("date", range))}) AS q
        LEFT JOIN (${MARKS}) AS m ON m.message_id = q.name WHERE ${["TRUE", ...conditions].join(" AND ")} ${rest}`,
      params: {
        ...(tenant !== undefined && { tenant }),
        ...(store !== undefined && { store }),
        ...(reason !== undefined && { reason }),
        ...(messageIds !== undefined && { names: [...messageIds] }),
        ...params,
      },
      ...(messageIds !== undefined && { types: TYPES }),
    });
  }
}

const earlier = (a: string, b: string) => (a < b ? a : b);
const later = (a: string, b: string) => (a > b ? a : b);

const MESSAGE = `q.name AS message_id, q.received_at AS received_at, q.topic AS topic, q.reason AS reason,
  q.payload AS payload, q.payload_base64 AS payload_base64,
  m.replayed_at AS replayed_at, m.outcome AS outcome, m.reason AS replay_reason`;
