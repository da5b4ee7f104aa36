import { AppError, codeOf, messageOf } from "../../../firmware-config/kit/errors.ts";

/** How a client says that it found no credentials, or none that it can read. */
const NO_CREDENTIALS = /default credentials|ENOENT|EACCES|private key|DECODER|invalid_grant|JSON at position/i;
/** A client strings all its tries together; the first of them says what is wrong. */
const MOST_CHARACTERS = 300;

/** gRPC codes (google.rpc.Code) and HTTP statuses of one meaning. */
const CODES = {
  missing: [5, 404],
  forbidden: [7, 403],
  unknown: [16, 401],
  invalid: [3, 400],
} as const;
/** Reasons that the error of a job gives in place of a status. */
const MISSING_REASON = /\bnotFound\b/;
const INVALID_REASON = /\binvalid(Query)?\b/;
/** Words of BigQuery for a quota, which comes as 403 like a missing right. */
const QUOTA = /rateLimitExceeded|quotaExceeded|RESOURCE_EXHAUSTED|jobRateLimitExceeded|exceeded rate limits|quota/i;
const TOO_DEAR = /bytesBilledLimitExceeded|bytes billed/i;
const PERMISSION = /bigquery\.[a-z]+\.[A-Za-z]+/;

/** What was asked of BigQuery, for people. */
export interface Asked {
  /** `table kazoe.counts of project shop`. */
  readonly place: string;
  /** The role that an account needs for it. */
  readonly role: string;
}

/** True when BigQuery says that what was named is not there. */
export const isMissing = (error: unknown) => isCode(error, CODES.missing) || MISSING_REASON.test(reasonOf(error));

/** True when it refuses what was sent, so that sending it again is of no use. */
export const isInvalid = (error: unknown) => isCode(error, CODES.invalid) || INVALID_REASON.test(reasonOf(error));

/** BigQuery's refusal in words that say where and what to do, on one line; no credential stands in it. */
export function bigQueryError(error: unknown, { place, role }: Asked): AppError {
  if (error instanceof AppError) return error;
  const text = messageOf(error).replace(/\s+/g, " ").slice(0, MOST_CHARACTERS);
  const { code, hint, retryable } = verdictOn(error, text, { place, role });
  return new AppError(`Cannot use BigQuery's ${place}: ${text}`, { code, hint, retryable, cause: error });
}

type Verdict = Pick<AppError, "hint" | "retryable" | "code">;

function verdictOn(error: unknown, text: string, { place, role }: Asked): Verdict {
  const said = `${text} ${reasonOf(error)}`;
  const wait = { code: "WAREHOUSE_UNREACHABLE", retryable: true } as const;
  const refused = { code: "WAREHOUSE_REFUSED", retryable: false } as const;
  if (TOO_DEAR.test(said))
    return { ...refused, hint: `Ask for fewer dates, or raise maxReadMb or maxJobMb under "warehouse".` };
  if (QUOTA.test(said))
    return { ...wait, hint: "Wait: it is tried again more slowly. When it stays, ask Google for a higher quota." };
  if (NO_CREDENTIALS.test(text)) return { ...refused, hint: CREDENTIALS_HINT };
  if (isMissing(error))
    return {
      ...refused,
      hint: `Make the ${place}, or name the right project, dataset and location under "warehouse".`,
    };
  if (isCode(error, CODES.forbidden)) return { ...refused, hint: permissionHint(said, place, role) };
  if (isCode(error, CODES.unknown)) return { ...refused, hint: CREDENTIALS_HINT };
  if (isInvalid(error))
    return { code: "INTERNAL", retryable: false, hint: "Report this with the log; nothing acknowledged is lost." };
  return {
    ...wait,
    hint: "It is tried again; nothing acknowledged is lost. When it stays, look at the network and Google Cloud's status.",
  };
}

const CREDENTIALS_HINT =
  "Let GOOGLE_APPLICATION_CREDENTIALS name a readable, current key file of a service account, or run on a machine that has one.";

function permissionHint(said: string, place: string, role: string): string {
  const right = PERMISSION.exec(said)?.[0];
  return `Give the account of this process the role ${role} on the ${place}${right ? ` (it lacks ${right})` : ""}.`;
}

function isCode(error: unknown, codes: readonly number[]): boolean {
  const code = codeOf(error);
  return typeof code === "number" && codes.includes(code);
}

function reasonOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("errors" in error) || !Array.isArray(error.errors)) return "";
  return error.errors.map((one: { readonly reason?: unknown }) => String(one?.reason ?? "")).join(" ");
}
