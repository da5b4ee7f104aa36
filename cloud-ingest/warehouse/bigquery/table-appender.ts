import { managedwriter } from "@google-cloud/bigquery-storage";
import { AppError } from "../../../firmware-config/kit/errors.ts";
import type { Column } from "../columns.ts";
import { bigQueryError } from "./bigquery-error.ts";
import { type FieldRow, RowEncoder } from "./row-encoder.ts";

/** A request takes 20 MB at the most, 10 in older documents; what is smaller is sent over again sooner. */
const REQUEST_BYTES = 8 * 1024 * 1024;
/** What a row costs in a request beyond its bytes. */
const ROW_BYTES = 8;
/** After this long an answer is taken for lost; the rows are sent again, and the views show them once. */
const ANSWER_MS = 30_000;
/** gRPC's INVALID_ARGUMENT: with errors of rows, it is they that are refused. */
const INVALID_ARGUMENT = 3;

/** A row that BigQuery refuses for what it holds. */
export interface RowFault {
  /** Its place among the rows of the append. */
  readonly index: number;
  readonly reason: string;
}

export interface AppenderParts {
  readonly client: managedwriter.WriterClient;
  readonly project: string;
  readonly dataset: string;
  readonly table: string;
  readonly columns: readonly Column[];
}

/** Appends rows to one table through its default stream: at least once, seen as soon as it returns. */
export class TableAppender {
  readonly #parts: AppenderParts;
  readonly #encoder: RowEncoder;
  #writer: Promise<managedwriter.Writer> | undefined;

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
      const writer = await this.#connected();
      const answers = requestsOf(rows).map(async ({ first, some }) => faultsOf(await answerOf(writer, some), first));
      const settled = await Promise.allSettled(answers);
      const failed = settled.find((one) => one.status === "rejected");
      if (failed) throw failed.reason;
      return settled.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    } catch (error) {
      this.close();
      throw bigQueryError(error, { place: this.#place, role: "roles/bigquery.dataEditor" });
    }
  }

  /** Lets go of the connection; the next append makes a new one. */
  close(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.then((one) => one.close()).catch(() => {});
  }

  /** Opened once and kept: each connection is one of 5,000 that a region has. */
  #connected(): Promise<managedwriter.Writer> {
    this.#writer ??= this.#connect();
    return this.#writer;
  }

  async #connect(): Promise<managedwriter.Writer> {
    const { client, project, dataset, table } = this.#parts;
    const destinationTable = `projects/${project}/datasets/${dataset}/tables/${table}`;
    const connection = await client.createStreamConnection({ streamId: `${destinationTable}/streams/_default` });
    // Without a listener the error of a broken stream would end the process; whoever waits for an answer is told too.
    connection.onConnectionError(() => this.close());
    return new managedwriter.Writer({ connection, protoDescriptor: this.#encoder.descriptor });
  }

  get #place(): string {
    const { project, dataset, table } = this.#parts;
    return `table ${dataset}.${table} of project ${project}`;
  }
}

/** What answers an append. */
type Answer = Awaited<ReturnType<ReturnType<managedwriter.Writer["appendRows"]>["getResult"]>>;

async function answerOf(writer: managedwriter.Writer, rows: readonly Uint8Array[]): Promise<Answer> {
  const pending = writer.appendRows({ serializedRows: [...rows] });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS);
  });
  try {
    return await Promise.race([pending.getResult(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function faultsOf({ error, rowErrors }: Answer, first: number): readonly RowFault[] {
  if (!error) return [];
  const isOfRows =
    error.code === INVALID_ARGUMENT && rowErrors !== null && rowErrors !== undefined && rowErrors.length > 0;
  if (!isOfRows) throw Object.assign(new Error(error.message ?? "refused"), { code: error.code });
  return rowErrors.map(({ index, message }) => ({ index: first + Number(index), reason: message ?? "" }));
}

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
