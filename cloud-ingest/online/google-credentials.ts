import { GoogleAuth } from "google-auth-library";
import { messageOf } from "../../firmware-config/kit/errors.ts";
import { type Finding, wrong } from "./finding.ts";
import { within } from "./within.ts";

const SCOPES = ["https://www.googleapis.com/auth/cloud-platform"];

/** What an account that has been taken away, a key that is no longer valid or a login that ran out answers. */
const EXPIRED = /invalid_grant|invalid_rapt|reauth|expired|revoked/i;

/** Where credentials are looked for; the part of Google's own search that is asked. */
export interface TokenSource {
  getClient(): Promise<unknown>;
  getAccessToken(): Promise<unknown>;
}

export interface CredentialsQuestion {
  readonly source?: TokenSource;
  /** False where Google does not answer: then it is only seen whether there are some. */
  readonly isReached?: boolean;
}

/** Undefined when this process has credentials that Google takes. */
export async function credentialsFinding({
  source = new GoogleAuth({ scopes: SCOPES }),
  isReached = true,
}: CredentialsQuestion = {}): Promise<Finding | undefined> {
  try {
    await within(isReached ? source.getAccessToken() : source.getClient());
    return undefined;
  } catch (error) {
    const text = messageOf(error).replace(/\s+/g, " ").slice(0, 300);
    if (EXPIRED.test(text)) return expired(text);
    return wrong(
      `Google's credentials: this process has none that it can use: ${text}`,
      "Let GOOGLE_APPLICATION_CREDENTIALS name a readable key file, attach a service account to the machine, or run `gcloud auth application-default login`.",
    );
  }
}

/** Google has credentials before it and does not take them. */
export function expired(text: string): Finding {
  return wrong(
    `Google's credentials: they are not accepted or have expired: ${text}`,
    "Renew them: a new key or `gcloud auth application-default login`; look at this machine's clock too.",
  );
}
