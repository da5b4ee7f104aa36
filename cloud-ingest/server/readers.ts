import { createHash } from "node:crypto";
import { ROW_TABLE_NAMES, type RowTable } from "../../firmware-config/contract/row.ts";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { ReaderAccess } from "../config.ts";
import { groupBy } from "../group-by.ts";
import { FailedLogins } from "./failed-logins.ts";

/** Somebody who may read: one tenant's stores, or everything when no tenant is named. */
export interface Visitor {
  readonly name: string;
  readonly tenant?: string;
  /** May say something of alerts, too. */
  readonly acts?: boolean;
  /** Tables of which rows are taken from him; left out: none. */
  readonly writes?: readonly RowTable[];
}

/** `unknown` = no or wrong credentials; `limited` = too many wrong ones from this address. */
export type Admission = Visitor | "unknown" | "limited";

interface Credentials {
  /** Of Basic; Bearer has none. */
  readonly name?: string;
  readonly token: string;
}

const LOCAL: Visitor = { name: "local", acts: true, writes: ROW_TABLE_NAMES };

/** Decides who a request comes from. */
export class Readers {
  /** By the SHA-256 of their token, hex, so that a guess costs the same however many readers there are. */
  readonly #byDigest: ReadonlyMap<string, readonly ReaderAccess[]>;
  readonly #failures: FailedLogins;

  constructor(readers: readonly ReaderAccess[], clock: Clock) {
    this.#byDigest = groupBy(readers, (reader) => reader.tokenSha256);
    this.#failures = new FailedLogins(clock);
  }

  /**
   * A right token passes whatever else came from its address, so nobody behind the same address can lock a reader out.
   * Without readers everybody is the local user: `refuseExposure` has seen to it that only this machine gets here.
   */
  admit(authorization: string | undefined, address: string): Admission {
    if (this.#byDigest.size === 0) return LOCAL;
    if (authorization === undefined) return "unknown";
    return this.#readerOf(credentialsOf(authorization)) ?? this.#refuse(address);
  }

  #refuse(address: string): "unknown" | "limited" {
    const answer = this.#failures.isLimited(address) ? "limited" : "unknown";
    this.#failures.note(address);
    return answer;
  }

  /** The time of the look-up tells of digests alone, and from a digest nobody gets back to a token. */
  #readerOf(credentials: Credentials | undefined): Visitor | undefined {
    if (!credentials) return undefined;
    const { name, token } = credentials;
    const matching = this.#byDigest.get(createHash("sha256").update(token).digest("hex")) ?? [];
    const found = matching.find((reader) => name === undefined || reader.name === name);
    if (!found) return undefined;
    const { tokenSha256: _, ...visitor } = found;
    return visitor;
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
