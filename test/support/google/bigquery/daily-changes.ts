import type { Clock } from "../../../../firmware-config/kit/clock.ts";
import { ApiError } from "./api-error.ts";
import { MOST_PER_TABLE } from "./partitions.ts";

/** Jobs that may modify one table in a day: a plain one by jobs, a partitioned one by partitions. */
const JOBS_A_DAY = 1500;
const PARTITIONS_A_DAY = 30_000;

/** How often jobs modified one table today, in UTC. */
export class DailyChanges {
  readonly #clock: Clock;
  #day = "";
  #jobs = 0;
  #partitions = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One job more, of that many partitions; throws, and counts nothing, when that is too many for a day. */
  count(partitions: number, isPartitioned: boolean): void {
    this.#turn();
    if (isPartitioned && this.#partitions + partitions > PARTITIONS_A_DAY) {
      throw quotaExceeded(`more than ${PARTITIONS_A_DAY} partition modifications of a table in a day`);
    }
    if (!isPartitioned && this.#jobs >= JOBS_A_DAY) {
      throw quotaExceeded(`more than ${JOBS_A_DAY} modifications of a table in a day`);
    }
    this.#jobs += 1;
    this.#partitions += partitions;
  }

  #turn(): void {
    const day = new Date(this.#clock.nowMs()).toISOString().slice(0, 10);
    if (day === this.#day) return;
    this.#day = day;
    this.#jobs = 0;
    this.#partitions = 0;
  }
}

/** Throws for more partitions than a table may have. */
export function checkPartitionCount(count: number): void {
  if (count > MOST_PER_TABLE) throw quotaExceeded(`more than ${MOST_PER_TABLE} partitions in a table`);
}

function quotaExceeded(what: string): ApiError {
  return new ApiError(403, "quotaExceeded", `Quota exceeded: ${what}`);
}
