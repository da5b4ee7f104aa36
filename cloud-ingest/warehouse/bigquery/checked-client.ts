import { BigQuery, type BigQueryOptions } from "@google-cloud/bigquery";
import { LateError } from "../../../firmware-config/kit/deadline.ts";

type Asked = Parameters<BigQuery["request"]>;

/** What BigQuery calls its answers: `bigquery#job`. */
const KIND = "bigquery#";
/** What these requests are answered with has no kind, or nothing in it. */
const WITHOUT_KIND = /:testIamPermissions$/;

/**
 * Google's client, of which every request comes to an end, and none with an answer that is not BigQuery's. Google's own waits for ever
 * where a token or a sign-in page in place of one does not come as it should, and takes that page for a result without rows.
 */
export class CheckedBigQuery extends BigQuery {
  readonly #longestMs: number;

  /** `longestMs` is for a request with all its tries. */
  constructor(options: BigQueryOptions, longestMs: number) {
    super(options);
    this.#longestMs = longestMs;
  }

  override request(...[asked, callback]: Asked): void {
    let isOver = false;
    const end: Asked[1] = (error, body, response) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      callback(error ?? faultOf(asked, body), body, response);
    };
    const timer = setTimeout(() => end(new LateError(`no answer within ${this.#longestMs / 1000} s`)), this.#longestMs);
    super.request(asked, end);
  }
}

function faultOf({ method = "GET", uri }: Asked[0], body: unknown): Error | null {
  if (method === "DELETE" || WITHOUT_KIND.test(uri)) return null;
  const isObject = typeof body === "object" && body !== null && "kind" in body;
  if (isObject && typeof body.kind === "string" && body.kind.startsWith(KIND)) return null;
  return notBigQuery();
}

/** What is thrown for such an answer. */
export const notBigQuery = () =>
  new Error("what came is no answer of BigQuery's; a proxy may have put its own in the place");
