import type { BigQueryWriteClient, protos } from "@google-cloud/bigquery-storage";

export type AppendRequest = protos.google.cloud.bigquery.storage.v1.IAppendRowsRequest;
export type AppendAnswer = protos.google.cloud.bigquery.storage.v1.IAppendRowsResponse;

/** gRPC's UNAVAILABLE. */
const UNAVAILABLE = 14;

type GrpcStream = ReturnType<BigQueryWriteClient["appendRows"]>;

interface Waiting {
  resolve(answer: AppendAnswer): void;
  reject(error: unknown): void;
}

/**
 * One AppendRows call: requests are answered in their order, one answer each. When it ends, and when nothing is answered for long,
 * all that waits for an answer is told at once; it is of no use any more then. Google's own wrapper leaves those behind the first
 * waiting, and what waits when it is closed.
 */
export class AppendStream {
  readonly #stream: GrpcStream;
  readonly #answerMs: number;
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(stream: GrpcStream, answerMs: number) {
    this.#stream = stream;
    this.#answerMs = answerMs;
    stream.on("data", (answer: AppendAnswer) => this.#answered(answer));
    // Stays for good: an error that nobody listens to ends the process.
    stream.on("error", (error) => this.end(error));
    for (const event of ["end", "close"]) stream.on(event, () => this.end(closed()));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  send(request: AppendRequest): Promise<AppendAnswer> {
    if (this.#isOver) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length === 1) this.#watch();
      this.#stream.write(request);
    });
  }

  /** Tells whoever waits why, and lets go of the connection. */
  end(reason: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
    this.#stream.cancel();
  }

  #answered(answer: AppendAnswer): void {
    const next = this.#waiting.shift();
    this.#watch();
    if (next) next.resolve(answer);
    else this.end(new Error("an answer came that nothing was asked for"));
  }

  /** Each answer gives the next one its time. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length === 0) return;
    const reason = new Error(`no answer within ${this.#answerMs / 1000} s`);
    this.#timer = setTimeout(() => this.end(reason), this.#answerMs);
  }
}

const closed = () => Object.assign(new Error("the connection was closed"), { code: UNAVAILABLE });
