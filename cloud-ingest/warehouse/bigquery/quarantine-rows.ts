import { createHash } from "node:crypto";
import { isDate } from "../../calendar.ts";
import { route } from "../partitions/route.ts";
import type { QuarantineRow } from "../port.ts";

/**
 * What fills the columns of a quarantined message. A time of receipt that no stream takes was told by a clock that is wrong, so the
 * message lies in the partition of today. Throws for a time of receipt that is none.
 */
export function quarantineRowOf(row: QuarantineRow, today: string): object {
  const { topic, payload, payloadBase64 = "" } = row;
  const receivedAt = new Date(row.receivedAt).toISOString();
  const [, , tenant, store] = topic.split("/");
  const content = createHash("md5").update(`${topic}\n${payload}\n${payloadBase64}`).digest("hex");
  const received = receivedAt.slice(0, 10);
  const date = isDate(received) && route(received, today) === "stream" ? received : today;
  return { ...row, receivedAt, date, tenant, store, content };
}
