import { type Clock, systemClock } from "../../../../firmware-config/kit/clock.ts";
import { TableStore } from "../../../support/google/bigquery/table-store.ts";
import { FakeBigQueryRest } from "../../../support/google/rest/fake-bigquery-rest.ts";
import { FakeStorageWrite } from "../../../support/google/storage-write/fake-storage-write.ts";
import type { Endpoints } from "./bigquery-place.ts";

/** BigQuery's two APIs over one store, in this process. */
export class FakeBigQuery {
  readonly store: TableStore;
  readonly rest: FakeBigQueryRest;
  readonly storage: FakeStorageWrite;

  constructor(clock: Clock = systemClock) {
    this.store = new TableStore({ clock });
    this.rest = new FakeBigQueryRest({ store: this.store });
    this.storage = new FakeStorageWrite({ store: this.store });
  }

  async start(): Promise<Endpoints> {
    const [rest, storage] = await Promise.all([this.rest.start(), this.storage.start()]);
    return { rest: `${rest.host}:${rest.port}`, storage: `${storage.host}:${storage.port}` };
  }

  async stop(): Promise<void> {
    await Promise.all([this.rest.stop(), this.storage.stop()]);
  }
}
