import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
// gaxios: Google's HTTP client, Apache-2.0, installed anyway with BigQuery's; it knows HTTPS_PROXY and NO_PROXY, which Node 20's fetch does not.
import { Gaxios } from "gaxios";
import { AppError, messageOf, systemCodeOf } from "../../firmware-config/kit/errors.ts";
import { withTimeLimit } from "../../firmware-config/kit/time-limit.ts";
import { modelAddress, safeAddress } from "./address.ts";

export interface Download {
  readonly url: URL;
  /** Whether the file's SHA-256 is known, so that the way that it takes need not be trusted. */
  readonly isPinned: boolean;
  /** Where the bytes go; what is there already is gone on from. */
  readonly path: string;
  /** More than that is never written. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Told how far it is; `whole` is undefined where the server does not say. */
  readonly onProgress: (doneBytes: number, wholeBytes: number | undefined) => void;
  /** Default: those of a line that breaks now and then. */
  readonly patience?: Patience;
}

export interface Patience {
  /** A connection on which nothing comes for so long is given up. */
  readonly silenceMs: number;
  /** Breaks in a row, without a byte between them, until the command ends. */
  readonly breaks: number;
  /** Before the first new attempt; doubles with each. */
  readonly pauseMs: number;
}

const PATIENCE: Patience = { silenceMs: 30_000, breaks: 4, pauseMs: 1_000 };

/** An answer that another attempt may change. */
const MAY_PASS = (status: number) => status === 408 || status === 429 || status >= 500;

/** One attempt's end that another attempt may change. */
class Broken extends Error {}

/**
 * Fetches a file, going on where a former attempt or command stopped. Throws MODEL_FETCH_FAILED, with what to do, or the reason
 * of `signal`; what has come stays for the next time.
 */
export async function download({ patience = PATIENCE, ...job }: Download): Promise<void> {
  for (let breaks = 0; ; ) {
    const before = await sizeOf(job.path);
    try {
      return await attempt(job, before, patience);
    } catch (error) {
      job.signal.throwIfAborted();
      if (!(error instanceof Broken)) throw error;
      breaks = (await sizeOf(job.path)) > before ? 0 : breaks + 1;
      if (breaks >= patience.breaks) throw failed(job.url, error.message);
      await pause(patience.pauseMs * 2 ** breaks, undefined, { signal: job.signal });
    }
  }
}

async function attempt(job: Omit<Download, "patience">, from: number, { silenceMs }: Patience): Promise<void> {
  const late = new Broken(`nothing came for ${Math.round(silenceMs / 1000)} s`);
  let isLate = false;
  await withTimeLimit({ signal: job.signal, limitMs: silenceMs, late }, async (signal, refresh) => {
    signal.addEventListener("abort", () => {
      isLate = signal.reason === late;
    });
    const { body, start, whole } = await ask(job, from, signal);
    await write({ ...job, body, start, whole, onBytes: refresh });
  }).catch((error: unknown) => {
    throw isLate ? late : error;
  });
}

interface Answer {
  readonly body: AsyncIterable<Uint8Array>;
  /** Where in the file its first byte belongs. */
  readonly start: number;
  readonly whole: number | undefined;
}

async function ask(
  job: Pick<Download, "url" | "isPinned" | "maxBytes">,
  from: number,
  signal: AbortSignal,
): Promise<Answer> {
  const { url, isPinned, maxBytes } = job;
  const headers = { "accept-encoding": "identity", ...(from > 0 && { range: `bytes=${from}-` }) };
  const options = { url, headers, signal, responseType: "stream", retry: false, validateStatus: () => true } as const;
  const answer = await new Gaxios().request<AsyncIterable<Uint8Array>>(options).catch((error: unknown) => {
    throw new Broken(reasonOf(error));
  });
  const { status, data: body } = answer;
  // Where redirects ended must be as good as where they began.
  if (answer.url !== "") modelAddress(answer.url, { isPinned });
  const ranged = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.headers.get("content-range") ?? "");
  const isRest = status === 206 && ranged?.[1] === String(from);
  // What lies here is not the beginning of what the server has: from the start, without asking for a part, which is done once.
  if (from > 0 && (status === 416 || (status === 206 && !isRest))) return ask(job, 0, signal);
  if (MAY_PASS(status)) throw new Broken(`the server answers ${status}`);
  if (status !== 200 && !isRest) throw failed(url, `the server answers ${status}`);
  const length = answer.headers.get("content-length");
  const whole = isRest ? Number(ranged?.[2]) : length === null ? undefined : Number(length);
  if (whole !== undefined && whole > maxBytes) throw tooLong(url, maxBytes);
  return { body, start: isRest ? from : 0, whole };
}

async function write({
  url,
  path,
  maxBytes,
  onProgress,
  ...answer
}: Pick<Download, "url" | "path" | "maxBytes" | "onProgress"> &
  Answer & { readonly onBytes: () => void }): Promise<void> {
  let done = answer.start;
  const file = await open(path, "a", 0o600);
  try {
    await file.truncate(done);
    for await (const bytes of broken(answer.body)) {
      done += bytes.length;
      if (done > maxBytes) {
        // Nothing to go on from, and nobody else would take it away.
        await file.truncate(0);
        throw tooLong(url, maxBytes);
      }
      await file.appendFile(bytes);
      answer.onBytes();
      onProgress(done, answer.whole);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (answer.whole !== undefined && done < answer.whole) throw new Broken("the connection broke");
}

/** A body whose end by an error is one that another attempt may change. */
async function* broken(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new Broken(reasonOf(error));
  }
}

/** Without the address, which may hold a password: what the system says of the connection, in its own code where there is one. */
function reasonOf(error: unknown): string {
  const code = systemCodeOf(error) ?? systemCodeOf((error as { cause?: unknown }).cause);
  return code === undefined
    ? messageOf(error).replaceAll(/\bhttps?:\/\/\S+/gi, "the address")
    : `the connection fails (${code})`;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

/** A file's SHA-256, hexadecimal, without holding it in memory. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part);
  return hash.digest("hex");
}

function failed(url: URL, reason: string): AppError {
  return new AppError(`${safeAddress(url.href)} cannot be fetched: ${reason}`, {
    code: "MODEL_FETCH_FAILED",
    hint: "Run the same command again, it goes on where it stopped. Behind a proxy set HTTPS_PROXY; a company's own copy is named by KAZOE_MODELS_MIRROR; or fetch the file elsewhere and use: kazoe models add FILE.",
    retryable: true,
  });
}

function tooLong(url: URL, maxBytes: number): AppError {
  return new AppError(`${safeAddress(url.href)} is longer than ${maxBytes} bytes, the most that this model can have`, {
    code: "MODEL_FETCH_FAILED",
    hint: "Look at the address, or at the mirror; what is there is another file.",
  });
}
