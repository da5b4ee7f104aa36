import type { Clock } from "../../../../../firmware-config/kit/clock.ts";
import { ApiError } from "../../bigquery/api-error.ts";
import type { Table } from "../../bigquery/table.ts";

/** Statements of UPDATE, DELETE and MERGE that one table has running or waiting: 2 and 20. */
const MOST_OUTSTANDING = 22;
const WINDOW_MS = 10_000;
const MOST_IN_WINDOW = 25;

/** How often statements of DML may come to each table. */
export class DmlQuota {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #startedMs = new Map<Table, readonly number[]>();
  readonly #outstanding = new Map<Table, number>();

  constructor(clock: Clock, most = MOST_IN_WINDOW) {
    this.#clock = clock;
    this.#most = most;
  }

  /** One statement more; throws when it is one too many. What it returns is called when the statement is done. */
  begin(table: Table, isMutating: boolean): () => void {
    const { tableId } = table.reference;
    const now = this.#clock.nowMs();
    const recent = (this.#startedMs.get(table) ?? []).filter((time) => time > now - WINDOW_MS);
    if (recent.length >= this.#most) {
      throw refused("rateLimitExceeded", `Exceeded rate limits: too many DML statements for table ${tableId} in 10 s`);
    }
    const outstanding = this.#outstanding.get(table) ?? 0;
    if (isMutating && outstanding >= MOST_OUTSTANDING) {
      throw refused(
        "jobRateLimitExceeded",
        `Too many DML statements outstanding against table ${tableId}, limit is 20`,
      );
    }
    this.#startedMs.set(table, [...recent, now]);
    if (!isMutating) return () => {};
    this.#outstanding.set(table, outstanding + 1);
    return () => void this.#outstanding.set(table, (this.#outstanding.get(table) ?? 1) - 1);
  }
}

function refused(reason: string, message: string): ApiError {
  return new ApiError(403, reason, message);
}
