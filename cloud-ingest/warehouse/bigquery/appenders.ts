import { BigQueryWriteClient } from "@google-cloud/bigquery-storage";
import { credentials } from "@grpc/grpc-js";
import type { AppError } from "../../../firmware-config/kit/errors.ts";
import type { BigQueryConfig } from "./bigquery-config.ts";
import type { FieldRow } from "./row-encoder.ts";
import { refusedByBigQuery, TableAppender } from "./table-appender.ts";
import { definitionOf } from "./tables.ts";

/** A connection that answers no ping for so long is given up; without pings a dead line is noticed after a quarter of an hour. */
const KEEP_ALIVE = { "grpc.keepalive_time_ms": 30_000, "grpc.keepalive_timeout_ms": 10_000 };

export interface AppendersOptions {
  /** After this long an answer is taken for lost. */
  readonly answerMs: number;
  /** What to throw for an error. */
  readonly refusal: (error: AppError) => Promise<AppError>;
}

/** One appender for each table that rows go to, over one client. */
export class Appenders {
  readonly #config: BigQueryConfig;
  readonly #options: AppendersOptions;
  readonly #byTable = new Map<string, TableAppender>();
  #client: BigQueryWriteClient | undefined;
  #isClosed = false;

  constructor(config: BigQueryConfig, options: AppendersOptions) {
    this.#config = config;
    this.#options = options;
  }

  of(table: string): TableAppender {
    const known = this.#byTable.get(table);
    if (known) return known;
    const { project, dataset } = this.#config;
    const { columns } = definitionOf(table);
    const ready = () => this.#ready();
    const made = new TableAppender({ ...this.#options, ready, project, dataset, table, columns });
    this.#byTable.set(table, made);
    return made;
  }

  /** Rows of our own making: one that is refused is a fault of ours. */
  async append(table: string, rows: readonly FieldRow[]): Promise<void> {
    const appender = this.of(table);
    const faults = await appender.append(appender.encode(rows));
    if (faults.length > 0) throw refusedByBigQuery(table, faults);
  }

  /** Whoever waits for an answer is told at once; nothing is appended any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const appender of this.#byTable.values()) appender.close();
    // A client that never had credentials cannot be closed.
    await this.#client?.close().catch(() => {});
  }

  /** A client keeps for good that it found no credentials: then the next try is of a new one. */
  async #ready(): Promise<BigQueryWriteClient> {
    if (this.#isClosed) throw closed();
    const client = this.#client ?? this.#made();
    this.#client = client;
    try {
      await client.initialize();
      if (this.#isClosed) throw closed();
      return client;
    } catch (error) {
      if (this.#client === client) this.#client = undefined;
      throw error;
    }
  }

  #made(): BigQueryWriteClient {
    return new BigQueryWriteClient({ projectId: this.#config.project, ...KEEP_ALIVE, ...emulated(this.#config) });
  }
}

const closed = () => new Error("the warehouse was closed");

function emulated({ emulator }: BigQueryConfig) {
  if (!emulator) return {};
  const { hostname, port } = new URL(`http://${emulator.storage}`);
  return { apiEndpoint: hostname, port: Number(port), sslCreds: credentials.createInsecure() };
}
