import { createHash } from "node:crypto";
import type { QuarantineRow } from "../port.ts";

/** What fills the columns of a quarantined message. Throws for a time of receipt that is none. */
export function quarantineRowOf(row: QuarantineRow): object {
  const { topic, payload, payloadBase64 = "" } = row;
  const receivedAt = new Date(row.receivedAt).toISOString();
  const [, , tenant, store] = topic.split("/");
  const content = createHash("md5").update(`${topic}\n${payload}\n${payloadBase64}`).digest("hex");
  return { ...row, receivedAt, date: receivedAt.slice(0, 10), tenant, store, content };
}
