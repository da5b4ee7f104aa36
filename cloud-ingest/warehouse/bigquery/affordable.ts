import { PARTITIONINGS } from "../partitions/partitioning.ts";
import { planDates } from "../partitions/plan-dates.ts";
import type { BigQueryClient, Statement } from "./big-query-client.ts";

const MIB = 1024 * 1024;

export interface DatedStatement {
  readonly dates: readonly string[];
  readonly statement: Statement;
}

/**
 * A statement about UTC dates in as many pieces as `maxReadMb` asks for, which a dry run tells free of charge. A single date that is too
 * dear stays whole, and BigQuery refuses it.
 */
export async function* affordable(
  client: BigQueryClient,
  dates: readonly string[],
  statementOf: (condition: string) => Statement,
): AsyncGenerator<DatedStatement> {
  const parts = planDates(dates, PARTITIONINGS.counts);
  for (const { range, condition } of parts) {
    const some = dates.filter((date) => range.from <= date && date <= range.to);
    const statement = statementOf(condition);
    const isDear = some.length > 1 && (await client.estimate(statement)) > client.config.maxReadMb * MIB;
    if (!isDear) {
      yield { dates: some, statement };
      continue;
    }
    const half = Math.ceil(some.length / 2);
    for (const piece of [some.slice(0, half), some.slice(half)]) yield* affordable(client, piece, statementOf);
  }
}
