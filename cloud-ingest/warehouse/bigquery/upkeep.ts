import { randomUUID } from "node:crypto";
import type { Clock } from "../../../firmware-config/kit/clock.ts";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import type { Troubles } from "../../troubles.ts";
import { QUARTER_MS } from "../quarters.ts";
import type { BigQueryClient } from "./big-query-client.ts";
import { isInvalid, isMissing } from "./bigquery-error.ts";
import { firstWholeDate } from "./expiry.ts";
import { type DatasetStep, lacking, planMigration } from "./migration.ts";

/** Without one of them, hours and days no longer follow the counts by themselves. */
const OF_ROLL_UP: readonly string[] = ["stale_quarter", "traffic_hourly", "traffic_daily"];
/** A statement that is refused for another reason is not looked into each time. */
const LOOK_AGAIN_MS = 10_000;

/** Everything is to be rolled up again: each quarter of an hour with counts is noted. */
const NOTE_ALL = `INSERT INTO stale_quarter (tenant, store, quarter, worker, number)
SELECT DISTINCT tenant, store, TIMESTAMP_MILLIS(CAST(FLOOR(UNIX_MILLIS(window_start) / ${QUARTER_MS}) AS INT64) * ${QUARTER_MS}), @worker, 0
FROM v_counts WHERE date >=`;

export interface UpkeepParts {
  readonly client: BigQueryClient;
  readonly troubles: Troubles | undefined;
  readonly clock: Clock;
}

/** Makes again what somebody deleted or changed in the dataset under us, where the configuration lets us. */
export class Upkeep {
  readonly #parts: UpkeepParts;
  #work: Promise<AppError | undefined> | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** What to throw for an error: when it says that something is missing or of another shape, that has been made by then. */
  async after(error: AppError): Promise<AppError> {
    const { cause } = error;
    if (isMissing(cause)) return (await this.#mended()) ?? notYetKnown(error);
    const hasLooked = performance.now() - this.#lookedAtMs < LOOK_AGAIN_MS;
    return isInvalid(cause) && !hasLooked ? ((await this.#mended()) ?? error) : error;
  }

  /** One after the other for all who ask meanwhile. */
  #mended(): Promise<AppError | undefined> {
    this.#work ??= this.#mend().finally(() => {
      this.#work = undefined;
    });
    return this.#work;
  }

  async #mend(): Promise<AppError | undefined> {
    const { client } = this.#parts;
    try {
      const steps = await planMigration(client);
      this.#lookedAtMs = performance.now();
      if (steps.length === 0) return undefined;
      if (client.config.migrate === "by-command") return lacking(client.config, steps);
      for (const step of steps) await step.apply();
      await this.#say(steps.filter(({ makesTable }) => makesTable).map(({ name }) => name));
      return madeAgain(client.config.dataset, steps);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  /** Hours and days that are gone are made from the counts again. */
  async #say(tables: readonly string[]): Promise<void> {
    const { client, troubles, clock } = this.#parts;
    for (const table of tables) {
      const what = `table ${table} of dataset ${client.config.dataset} was gone and has been made again, empty; ${RESTORE}`;
      troubles?.raise("warehouse-remade", what, table);
    }
    if (!tables.some((table) => OF_ROLL_UP.includes(table))) return;
    const first = firstWholeDate(client.config, clock.nowMs());
    await client.change({ sql: `${NOTE_ALL} DATE '${first}'`, params: { worker: `remade-${randomUUID()}` } });
  }
}

const RESTORE = "BigQuery can copy what it held from the days before (time travel)";

function madeAgain(dataset: string, steps: readonly DatasetStep[]): AppError {
  const names = [...new Set(steps.map(({ name }) => name))].join(", ");
  return new AppError(`Dataset ${dataset} lacked what it had at the start: ${names}; it has been made again`, {
    code: "WAREHOUSE_UNREACHABLE",
    hint: "It is tried again. Find out who deletes or changes tables of kazoe, and let nobody else do so.",
    retryable: true,
  });
}

/** The APIs of BigQuery learn one after the other of a table that was made. */
function notYetKnown({ message, cause }: AppError): AppError {
  return new AppError(message, {
    code: "WAREHOUSE_UNREACHABLE",
    hint: "Wait: the dataset has all that it needs, but BigQuery may take some minutes to know a table that was made again.",
    retryable: true,
    cause,
  });
}
