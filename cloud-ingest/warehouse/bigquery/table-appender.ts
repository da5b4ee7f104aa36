import type { BigQueryWriteClient } from "@google-cloud/bigquery-storage";
import { AppError, codeOf } from "../../../firmware-config/kit/errors.ts";
import type { Column } from "../columns.ts";
import { type AppendAnswer, AppendStream } from "./append-stream.ts";
import { bigQueryError } from "./bigquery-error.ts";
import { type FieldRow, RowEncoder } from "./row-encoder.ts";

/** A request takes 20 MB at the most, 10 in older documents; what is smaller is sent over again sooner. */
const REQUEST_BYTES = 8 * 1024 * 1024;
/** What a row costs in a request beyond its bytes. */
const ROW_BYTES = 8;
/** gRPC's INVALID_ARGUMENT: with errors of rows, it is they that are refused. */
const INVALID_ARGUMENT = 3;
/** How a connection that is no more says so: CANCELLED, ABORTED, INTERNAL, UNAVAILABLE. The service ends each now and then. */
const BROKEN: readonly unknown[] = [1, 10, 13, 14];

/** A row that BigQuery refuses for what it holds. */
export interface RowFault {
  /** Its place among the rows of the append. */
  readonly index: number;
  readonly reason: string;
}

export interface AppenderParts {
  /** The client, once it has credentials. */
  readonly ready: () => Promise<BigQueryWriteClient>;
  /** What to throw for an error. */
  readonly refusal: (error: AppError) => Promise<AppError>;
  /** After this long an answer is taken for lost; the rows are sent again, and the views show them once. */
  readonly answerMs: number;
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
  readonly columns: readonly Column[];
}

/** Appends rows to one table through its default stream: at least once, seen as soon as it returns. */
export class TableAppender {
  readonly #parts: AppenderParts;
  readonly #encoder: RowEncoder;
  /** Opened once and kept: each connection is one of 5,000 that a region has. */
  #stream: AppendStream | undefined;

  constructor(parts: AppenderParts) {
    this.#parts = parts;
    this.#encoder = new RowEncoder(parts.columns);
  }

  /** The rows as they are sent. Throws for a time that is none. */
  encode(rows: readonly FieldRow[]): readonly Uint8Array[] {
    return rows.map((row) => this.#encoder.encode(row));
  }

  /**
   * Returns the rows that are refused; then some others may be there and some not. Throws `AppError` when it is not known what
   * became of the rows: they are to be appended again.
   */
  async append(rows: readonly Uint8Array[]): Promise<readonly RowFault[]> {
    if (rows.length === 0) return [];
    try {
      return await this.#appended(rows);
    } catch (error) {
      throw await this.#parts.refusal(bigQueryError(error, { place: this.#place, role: "roles/bigquery.dataEditor" }));
    }
  }

  /** Lets go of the connection, and of what waits for an answer; the next append makes a new one. */
  close(): void {
    this.#stream?.end(new Error("it was closed"));
    this.#stream = undefined;
  }

  /** That a connection of before is closed by now is no fault: a new one is tried at once. */
  async #appended(rows: readonly Uint8Array[]): Promise<readonly RowFault[]> {
    const isKept = this.#stream !== undefined && !this.#stream.isOver;
    try {
      return await this.#sent(rows);
    } catch (error) {
      if (!isKept || !BROKEN.includes(codeOf(error))) throw error;
      return this.#sent(rows);
    }
  }

  async #sent(rows: readonly Uint8Array[]): Promise<readonly RowFault[]> {
    const stream = await this.#connected();
    const answers = requestsOf(rows).map(async ({ first, some }) => {
      return faultsOf(await stream.send(this.#request(some)), first);
    });
    const settled = await Promise.allSettled(answers);
    const failed = settled.find((one) => one.status === "rejected");
    if (!failed) return settled.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    stream.end(failed.reason);
    throw failed.reason;
  }

  #request(some: readonly Uint8Array[]) {
    const writerSchema = { protoDescriptor: this.#encoder.descriptor };
    return { writeStream: this.#name, protoRows: { writerSchema, rows: { serializedRows: [...some] } } };
  }

  async #connected(): Promise<AppendStream> {
    const { ready, answerMs } = this.#parts;
    const client = await ready();
    if (this.#stream && !this.#stream.isOver) return this.#stream;
    // Tells the service which region the request goes to.
    const headers = { "x-goog-request-params": `write_stream=${this.#name}` };
    this.#stream = new AppendStream(client.appendRows({ otherArgs: { headers } }), answerMs);
    return this.#stream;
  }

  get #name(): string {
    const { project, dataset, table } = this.#parts;
    return `projects/${project}/datasets/${dataset}/tables/${table}/streams/_default`;
  }

  get #place(): string {
    const { project, dataset, table } = this.#parts;
    return `table ${dataset}.${table} of project ${project}`;
  }
}

function faultsOf({ error, rowErrors }: AppendAnswer, first: number): readonly RowFault[] {
  if (!error) return [];
  const isOfRows =
    error.code === INVALID_ARGUMENT && rowErrors !== null && rowErrors !== undefined && rowErrors.length > 0;
  if (!isOfRows) throw Object.assign(new Error(error.message ?? "refused"), { code: error.code });
  return rowErrors.map(({ index, message }) => ({
    index: first + Number(index),
    reason: withoutValues(message ?? ""),
  }));
}

/** Between quotes stands what a device sent; the reason goes to logs and pages. */
const QUOTED = /(["'`]).*?\1/g;
const MOST_CHARACTERS = 200;

const withoutValues = (message: string) => message.replace(QUOTED, "...").slice(0, MOST_CHARACTERS);

interface Request {
  /** The place of its first row. */
  readonly first: number;
  readonly some: readonly Uint8Array[];
}

/** The rows in requests that are small enough. */
function requestsOf(rows: readonly Uint8Array[]): readonly Request[] {
  const requests: { first: number; some: Uint8Array[] }[] = [];
  let room = 0;
  rows.forEach((row, index) => {
    const bytes = row.byteLength + ROW_BYTES;
    if (requests.length === 0 || bytes > room) {
      requests.push({ first: index, some: [] });
      room = REQUEST_BYTES;
    }
    requests.at(-1)?.some.push(row);
    room -= bytes;
  });
  return requests;
}

/** Thrown for rows of ours that BigQuery refuses: only what a device sent can be at fault by itself. */
export function refusedByBigQuery(table: string, [fault]: readonly RowFault[]): AppError {
  return new AppError(`BigQuery refuses a row of ${table}: ${fault?.reason ?? ""}`, {
    code: "INTERNAL",
    hint: "Report this with the log; the messages stay in the bus.",
  });
}
