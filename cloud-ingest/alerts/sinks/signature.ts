import { createHmac } from "node:crypto";

/** `t=UNIX_SECONDS,v1=HEX`, the HMAC-SHA256 of `t.body`: whoever has the secret can tell who sent a body and when. */
export function signatureOf(body: string, secret: string, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1_000);
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}
