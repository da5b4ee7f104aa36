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

interface KnownReader {
  readonly digest: Buffer;
  readonly visitor: Visitor;
}

/** Decides who a request comes from. */
export class Readers {
  readonly #readers: readonly KnownReader[];
  readonly #failures: FailedLogins;
  /** Digests of tokens that were right; at most one per reader. */
  readonly #proven = new Set<string>();

  constructor(readers: readonly ReaderAccess[], clock: Clock) {
    this.#readers = readers.map(({ tokenSha256, ...visitor }) => ({
      digest: Buffer.from(tokenSha256, "hex"),
      visitor,
    }));
    this.#failures = new FailedLogins(clock);
  }

  /**
   * A right token passes whatever else came from its address, so nobody behind the same address can lock a reader out. Only
   * once somebody guesses there by the hundred a token must have been right before to be looked at.
   * Without readers everybody is the local user: `refuseExposure` has seen to it that only this machine gets here.
   */
  admit(authorization: string | undefined, address: string): Admission {
    if (this.#readers.length === 0) return LOCAL;
    if (authorization === undefined) return "unknown";
    return this.#readerOf(credentialsOf(authorization), address) ?? this.#refuse(address);
  }

  #refuse(address: string): "unknown" | "limited" {
    const answer = this.#failures.isLimited(address) ? "limited" : "unknown";
    this.#failures.note(address);
    return answer;
  }

  /** Compares with every reader in constant time; whether a digest was right before tells nothing about another token. */
  #readerOf(credentials: Credentials | undefined, address: string): Visitor | undefined {
    if (!credentials) return undefined;
    const { name, token } = credentials;
    const digest = createHash("sha256").update(token).digest();
    const key = digest.toString("hex");
    if (!this.#proven.has(key) && this.#failures.isClosed(address)) return undefined;
    const matching = this.#readers.filter((reader) => timingSafeEqual(digest, reader.digest));
    const found = matching.find(({ visitor }) => name === undefined || visitor.name === name)?.visitor;
    if (found) this.#proven.add(key);
    return found;
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
