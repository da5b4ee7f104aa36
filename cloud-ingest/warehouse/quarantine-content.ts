import { createHash } from "node:crypto";
import type { QuarantineRow } from "./port.ts";

/** Tells messages of one name apart: MD5 of topic, payload and exact bytes. */
export function contentOf({ topic, payload, payloadBase64 = "" }: QuarantineRow): string {
  return createHash("md5").update(`${topic}\n${payload}\n${payloadBase64}`).digest("hex");
}

/** SQL of DuckDB for the same of a stored row; `concat` leaves NULL out. */
export const CONTENT = "md5(concat(topic, chr(10), payload, chr(10), payload_base64))";
