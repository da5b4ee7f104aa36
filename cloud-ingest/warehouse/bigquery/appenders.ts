import { managedwriter } from "@google-cloud/bigquery-storage";
import { credentials } from "@grpc/grpc-js";
import type { BigQueryConfig } from "./bigquery-config.ts";
import type { FieldRow } from "./row-encoder.ts";
import { refusedByBigQuery, TableAppender } from "./table-appender.ts";
import { definitionOf } from "./tables.ts";

/** One appender for each table that rows go to, over one client. */
export class Appenders {
  readonly #config: BigQueryConfig;
  readonly #client: managedwriter.WriterClient;
  readonly #byTable = new Map<string, TableAppender>();

  constructor(config: BigQueryConfig) {
    this.#config = config;
    this.#client = new managedwriter.WriterClient({ projectId: config.project, ...emulated(config) });
  }

  of(table: string): TableAppender {
    const known = this.#byTable.get(table);
    if (known) return known;
    const { project, dataset } = this.#config;
    const { columns } = definitionOf(table);
    const made = new TableAppender({ client: this.#client, project, dataset, table, columns });
    this.#byTable.set(table, made);
    return made;
  }

  /** Rows of our own making: one that is refused is a fault of ours. */
  async append(table: string, rows: readonly FieldRow[]): Promise<void> {
    const appender = this.of(table);
    const faults = await appender.append(appender.encode(rows));
    if (faults.length > 0) throw refusedByBigQuery(table, faults);
  }

  close(): void {
    for (const appender of this.#byTable.values()) appender.close();
    this.#client.close();
  }
}

function emulated({ emulator }: BigQueryConfig) {
  if (!emulator) return {};
  const { hostname, port } = new URL(`http://${emulator.storage}`);
  return { apiEndpoint: hostname, port: Number(port), sslCreds: credentials.createInsecure() };
}
