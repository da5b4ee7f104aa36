import { systemClock } from "../../../firmware-config/kit/clock.ts";
import { ParquetDesk } from "../transfer/parquet-desk.ts";
import type { TransferEnd } from "../transfer/port.ts";
import { BigQueryClient } from "./big-query-client.ts";
import type { BigQueryConfig } from "./bigquery-config.ts";
import { BigQueryBookStore } from "./book-store.ts";
import { DeviceStore } from "./device-store.ts";
import { LoadJobs } from "./load-jobs.ts";
import { type BigQueryOptions, migrate } from "./open.ts";
import { Siblings } from "./siblings.ts";
import { BigQueryTransferStore } from "./transfer-store.ts";

/** A dataset as an end of a copy; files are worked on in `dir`. Throws `AppError`, as the warehouse does when it opens. */
export async function openBigQueryTransfer(
  config: BigQueryConfig,
  { dir, clock = systemClock }: BigQueryOptions & { readonly dir: string },
): Promise<TransferEnd> {
  const client = new BigQueryClient(config);
  await migrate(client);
  const desk = await ParquetDesk.open(dir);
  const loads = new LoadJobs(client);
  const rows = new BigQueryTransferStore({ client, loads, siblings: new Siblings(client), clock, desk });
  const books = new BigQueryBookStore({ client, loads, devices: new DeviceStore(client) });
  return {
    sums: (table, range) => rows.sums(table, range),
    read: (portion, file) => rows.read(portion, file),
    write: (portion, file) => rows.write(portion, file),
    books: () => books.books(),
    putBooks: (some) => books.putBooks(some),
    close: async () => desk.close(),
  };
}
