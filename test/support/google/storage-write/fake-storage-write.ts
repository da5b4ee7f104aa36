import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import type protobuf from "protobufjs";
import type { TableStore } from "../bigquery/table-store.ts";
import { Faults } from "../faults.ts";
import { CODE } from "../grpc/codes.ts";
import { type Address, endWith, GrpcServer } from "../grpc/grpc-server.ts";
import { loadProtos, serviceDefinition } from "../grpc/protos.ts";
import { RpcError } from "../grpc/rpc-error.ts";
import { type AppendStream, serveAppends } from "./append-rows.ts";
import { WriteError } from "./storage-error.ts";
import { tableSchema } from "./table-schema.ts";
import { type WriteStream, WriteStreams } from "./write-streams.ts";

const PROTOS = "@google-cloud/bigquery-storage/build/protos/protos.json";

interface CreateRequest {
  readonly parent: string;
  readonly writeStream: { readonly type: string } | null;
}

interface CommitRequest {
  readonly parent: string;
  readonly writeStreams: readonly string[];
}

/** BigQuery's Storage Write API on this machine, over the tables of a store. */
export class FakeStorageWrite {
  /** By RPC name; `AppendRows` is met by each request on the stream. */
  readonly faults = new Faults();
  readonly #store: TableStore;
  readonly #streams: WriteStreams;
  readonly #root: protobuf.Root;
  readonly #server = new GrpcServer(this.faults);
  readonly #open = new Set<AppendStream>();

  constructor({ store }: { readonly store: TableStore }) {
    this.#store = store;
    this.#streams = new WriteStreams(store);
    this.#root = loadProtos(PROTOS);
    const definition = serviceDefinition(this.#root, "google.cloud.bigquery.storage.v1.BigQueryWrite");
    this.#server.add(definition, this.#service());
  }

  /** Listens; started again after `stop` it knows its streams still. */
  async start(port = 0): Promise<Address> {
    return this.#server.start(port);
  }

  /** Cuts all connections. */
  async stop(): Promise<void> {
    this.#server.stop();
  }

  /** Streams that were created, those finalized too. */
  streams(): readonly Readonly<WriteStream>[] {
    return this.#streams.all();
  }

  /** How many AppendRows connections are open. */
  openConnections(): number {
    return this.#open.size;
  }

  /** Ends all AppendRows connections, as the service does when they are idle for long. */
  closeConnections(code: number = CODE.unavailable): void {
    for (const stream of this.#open) endWith(stream, new RpcError(code, "the connection was closed"));
    this.#open.clear();
  }

  #service(): UntypedServiceImplementation {
    return {
      CreateWriteStream: this.#unary("CreateWriteStream", ({ parent, writeStream }: CreateRequest) =>
        this.#message(this.#streams.create(parent, writeStream?.type ?? ""), true),
      ),
      GetWriteStream: this.#unary("GetWriteStream", ({ name, view }: { name: string; view: string }) =>
        this.#message(this.#streams.get(name), view === "FULL"),
      ),
      FinalizeWriteStream: this.#unary("FinalizeWriteStream", ({ name }: { name: string }) => ({
        rowCount: this.#streams.finalize(name),
      })),
      BatchCommitWriteStreams: this.#unary("BatchCommitWriteStreams", (request: CommitRequest) =>
        this.#commit(request),
      ),
      AppendRows: (stream: AppendStream) => this.#append(stream),
    };
  }

  #unary<Request, Answer>(method: string, handle: (request: Request) => Answer) {
    return this.#server.unary(method, (request: Request) => {
      try {
        return handle(request);
      } catch (error) {
        throw error instanceof WriteError ? error.rpcError(this.#root) : error;
      }
    });
  }

  #append(stream: AppendStream): void {
    this.#open.add(stream);
    for (const event of ["end", "cancelled", "error"]) stream.on(event, () => this.#open.delete(stream));
    serveAppends(stream, { streams: this.#streams, root: this.#root, faults: this.faults });
  }

  #message(stream: WriteStream, isFull: boolean): object {
    const { name, type, createdAtMs, committedAtMs } = stream;
    return {
      name,
      type,
      createTime: timestamp(createdAtMs),
      ...(committedAtMs !== undefined && { commitTime: timestamp(committedAtMs) }),
      ...(isFull && { tableSchema: tableSchema(this.#streams.table(stream).fields) }),
    };
  }

  #commit({ parent, writeStreams }: CommitRequest): object {
    const now = this.#store.clock.nowMs();
    const errors = this.#streams.commit(parent, writeStreams, now);
    if (errors.length === 0) return { commitTime: timestamp(now) };
    return { streamErrors: errors.map(({ storage }) => storage) };
  }
}

function timestamp(ms: number): { readonly seconds: number; readonly nanos: number } {
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 };
}
