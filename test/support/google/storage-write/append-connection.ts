import type protobuf from "protobufjs";
import type { Table } from "../bigquery/table.ts";
import { CODE } from "../grpc/codes.ts";
import { type Descriptor, RowDecoder, relaxed } from "./row-decoder.ts";
import { type RowError, readRows } from "./row-reader.ts";
import { type StatusMessage, WriteError } from "./storage-error.ts";
import { type StorageField, tableSchema } from "./table-schema.ts";
import type { WriteStream, WriteStreams } from "./write-streams.ts";

/** google.cloud.bigquery.storage.v1.AppendRowsRequest. */
export interface AppendRequest {
  readonly writeStream: string;
  readonly offset: { readonly value: number } | null;
  readonly protoRows: {
    readonly writerSchema: { readonly protoDescriptor: Descriptor | null } | null;
    readonly rows: { readonly serializedRows: readonly Uint8Array[] } | null;
  } | null;
}

/** google.cloud.bigquery.storage.v1.AppendRowsResponse. */
export interface AppendAnswer {
  readonly writeStream: string;
  readonly appendResult?: { readonly offset?: { readonly value: number } };
  readonly error?: StatusMessage;
  readonly rowErrors?: readonly RowError[];
  readonly updatedSchema?: { readonly fields: readonly StorageField[] };
}

const MAX_REQUEST_BYTES = 20 * 1024 * 1024;

/**
 * One open AppendRows connection. Errors about rows and offsets are answers, and the connection goes on; errors about the stream's
 * name, its writer schema or the request's size end it, as a thrown WriteError.
 */
export class AppendConnection {
  readonly #streams: WriteStreams;
  readonly #root: protobuf.Root;
  #name = "";
  #decoder: RowDecoder | undefined;
  /** The version of the columns that this connection knows, by table. */
  readonly #known = new Map<string, number>();

  constructor(streams: WriteStreams, root: protobuf.Root) {
    this.#streams = streams;
    this.#root = root;
  }

  append(request: AppendRequest): AppendAnswer {
    checkSize(request);
    if (request.writeStream) this.#name = request.writeStream;
    const stream = this.#streams.get(this.#name);
    const table = this.#streams.table(stream);
    if (!this.#known.has(stream.name)) this.#known.set(stream.name, table.schemaVersion);
    const decoder = this.#decoderFor(request, stream, table);
    if (stream.isDefault && request.offset) {
      throw new WriteError(CODE.invalidArgument, `an offset may not be given on the default stream: ${stream.name}`);
    }
    const refused = stateError(stream, request.offset?.value);
    if (refused) return { writeStream: stream.name, error: refused.status(this.#root) };
    return this.#store(request.protoRows?.rows?.serializedRows ?? [], { stream, table, decoder });
  }

  #store(
    serialized: readonly Uint8Array[],
    { stream, table, decoder }: { stream: WriteStream; table: Table; decoder: RowDecoder },
  ): AppendAnswer {
    const { rows, errors } = readRows(serialized, table, decoder);
    if (errors.length > 0) {
      const error = new WriteError(CODE.invalidArgument, `${errors.length} rows cannot be appended to ${stream.name}`);
      return { writeStream: stream.name, error: error.status(this.#root), rowErrors: errors };
    }
    const offset = stream.nextOffset;
    stream.nextOffset += rows.length;
    if (stream.type === "PENDING") stream.pending.push(...rows);
    else table.stream(rows);
    const appendResult = stream.isDefault ? {} : { offset: { value: offset } };
    return { writeStream: stream.name, appendResult, ...this.#news(stream, table) };
  }

  /** The table's columns, once, after they changed under this connection. */
  #news({ name }: WriteStream, table: Table): Pick<AppendAnswer, "updatedSchema"> {
    if (this.#known.get(name) === table.schemaVersion) return {};
    this.#known.set(name, table.schemaVersion);
    return { updatedSchema: tableSchema(table.fields) };
  }

  #decoderFor(request: AppendRequest, stream: WriteStream, table: Table): RowDecoder {
    const descriptor = request.protoRows?.writerSchema?.protoDescriptor;
    if (descriptor) {
      this.#decoder = new RowDecoder(this.#descriptorBytes(descriptor));
      checkWriterSchema(this.#decoder, stream, table);
    }
    if (!this.#decoder)
      throw new WriteError(CODE.invalidArgument, "the first request needs rows and their writer schema");
    return this.#decoder;
  }

  #descriptorBytes(descriptor: Descriptor): Uint8Array {
    const type = this.#root.lookupType("google.protobuf.DescriptorProto");
    return type.encode(type.fromObject(relaxed(descriptor))).finish();
  }
}

function checkSize({ protoRows }: AppendRequest): void {
  const bytes = (protoRows?.rows?.serializedRows ?? []).reduce((sum, row) => sum + row.length, 0);
  if (bytes <= MAX_REQUEST_BYTES) return;
  throw new WriteError(CODE.invalidArgument, `a request of ${bytes} bytes is larger than ${MAX_REQUEST_BYTES}`);
}

function checkWriterSchema(decoder: RowDecoder, { name }: WriteStream, table: Table): void {
  const extra = decoder.extraFields(table.fields);
  if (extra.length > 0) {
    throw new WriteError(CODE.invalidArgument, `the table has no field ${extra.join(", ")}`, {
      code: "SCHEMA_MISMATCH_EXTRA_FIELDS",
      entity: name,
    });
  }
  const wrong = decoder.wrongFields(table.fields);
  if (wrong.length > 0) throw new WriteError(CODE.invalidArgument, `wrong type for field ${wrong.join(", ")}`);
}

function stateError(stream: WriteStream, offset: number | undefined): WriteError | undefined {
  const { name: entity, isFinalized, nextOffset } = stream;
  if (isFinalized) {
    return new WriteError(CODE.failedPrecondition, `${entity} is finalized`, { code: "STREAM_FINALIZED", entity });
  }
  if (offset === undefined || offset === nextOffset) return undefined;
  const text = `offset ${offset} where ${nextOffset} is next in ${entity}`;
  return offset < nextOffset
    ? new WriteError(CODE.alreadyExists, text, { code: "OFFSET_ALREADY_EXISTS", entity })
    : new WriteError(CODE.outOfRange, text, { code: "OFFSET_OUT_OF_RANGE", entity });
}
