import { addDays } from "../../calendar.ts";
import { route } from "../partitions/route.ts";
import type { QuarantineRow } from "../port.ts";
import { contentOf } from "../quarantine-content.ts";

/** None is read before: messages are quarantined on the day they are received, and kazoe is no older. */
export const FIRST_RECEIPT = "2020-01-01";

interface Today {
  /** UTC, `YYYY-MM-DD`. */
  readonly today: string;
  /** After this many days a partition is deleted; undefined: never. */
  readonly keepDays: number | undefined;
}

/** What fills the columns of a quarantined message. Throws for a time of receipt that is none. */
export function quarantineRowOf(row: QuarantineRow, today: Today): object {
  const receivedAt = new Date(row.receivedAt).toISOString();
  const [, , tenant, store] = row.topic.split("/");
  const content = contentOf(row);
  return { ...row, receivedAt, date: partitionOf(receivedAt.slice(0, 10), today), tenant, store, content };
}

/**
 * The day of receipt; today for what a clock that was wrong, or a stranger, made of it: BigQuery would refuse it or drop it at once, or
 * nobody would find it.
 */
function partitionOf(receivedOn: string, { today, keepDays }: Today): string {
  const first = keepDays === undefined ? FIRST_RECEIPT : addDays(today, 1 - keepDays);
  const isKept = receivedOn >= first && receivedOn >= FIRST_RECEIPT && receivedOn <= addDays(today, 1);
  return isKept && route(receivedOn, today) === "stream" ? receivedOn : today;
}
