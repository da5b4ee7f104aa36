import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { ReaderAccess } from "../config.ts";
import { FailedLogins } from "./failed-logins.ts";

/** Somebody who may read: one tenant's stores, or everything when no tenant is named. */
export interface Visitor {
  readonly name: string;
  readonly tenant?: string;
}

/** `unknown` = no or wrong credentials; `limited` = too many wrong ones from this address. */
export type Admission = Visitor | "unknown" | "limited";

interface Credentials {
  /** Of Basic; Bearer has none. */
  readonly name?: string;
  readonly token: string;
}

const LOCAL: Visitor = { name: "local" };

/** Decides who a request comes from. */
export class Readers {
  readonly #readers: readonly ReaderAccess[];
  readonly #failures: FailedLogins;

  constructor(readers: readonly ReaderAccess[], clock: Clock) {
    this.#readers = readers;
    this.#failures = new FailedLogins(clock);
  }

  /** Without readers everybody is the local user: `refuseExposure` has seen to it that only this machine gets here. */
  admit(authorization: string | undefined, address: string): Admission {
    if (this.#readers.length === 0) return LOCAL;
    if (authorization === undefined) return "unknown";
    if (this.#failures.isLimited(address)) return "limited";
    const reader = this.#readerOf(credentialsOf(authorization));
    if (!reader) this.#failures.note(address);
    return reader ?? "unknown";
  }

  #readerOf(credentials: Credentials | undefined): Visitor | undefined {
    if (!credentials) return undefined;
    const digest = createHash("sha256").update(credentials.token).digest();
    const isSame = (reader: ReaderAccess) => timingSafeEqual(digest, Buffer.from(reader.tokenSha256, "hex"));
    const matching = this.#readers.filter(isSame);
    return matching.find((reader) => credentials.name === undefined || reader.name === credentials.name);
  }
}

function credentialsOf(authorization: string): Credentials | undefined {
  const [scheme = "", value = ""] = authorization.trim().split(/\s+/, 2);
  if (value === "") return undefined;
  if (scheme.toLowerCase() === "bearer") return { token: value };
  return scheme.toLowerCase() === "basic" ? basicCredentials(value) : undefined;
}

function basicCredentials(value: string): Credentials | undefined {
  const text = Buffer.from(value, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { name: text.slice(0, colon), token: text.slice(colon + 1) };
}
