import type protobuf from "protobufjs";
import { RpcError } from "../grpc/rpc-error.ts";

/** google.cloud.bigquery.storage.v1.StorageError, by the names of its codes. */
export interface StorageError {
  readonly code:
    | "TABLE_NOT_FOUND"
    | "STREAM_NOT_FOUND"
    | "STREAM_ALREADY_COMMITTED"
    | "INVALID_STREAM_TYPE"
    | "INVALID_STREAM_STATE"
    | "STREAM_FINALIZED"
    | "SCHEMA_MISMATCH_EXTRA_FIELDS"
    | "OFFSET_ALREADY_EXISTS"
    | "OFFSET_OUT_OF_RANGE";
  readonly entity: string;
  readonly errorMessage: string;
}

/** google.rpc.Status as it stands in an answer. */
export interface StatusMessage {
  readonly code: number;
  readonly message: string;
  readonly details: readonly { readonly type_url: string; readonly value: Uint8Array }[];
}

const NAME = "google.cloud.bigquery.storage.v1.StorageError";

/** An error of the Storage Write API: in an answer, or as the end of a call. */
export class WriteError extends Error {
  readonly code: number;
  readonly storage: StorageError | undefined;

  constructor(code: number, message: string, storage?: Omit<StorageError, "errorMessage">) {
    super(message);
    this.code = code;
    this.storage = storage && { ...storage, errorMessage: message };
  }

  /** As it stands in an AppendRowsResponse. */
  status(root: protobuf.Root): StatusMessage {
    const bytes = this.#bytes(root);
    const details = bytes ? [{ type_url: `type.googleapis.com/${NAME}`, value: bytes }] : [];
    return { code: this.code, message: this.message, details };
  }

  /** As it ends a call; the Node client reads the trailer. */
  rpcError(root: protobuf.Root): RpcError {
    const error = new RpcError(this.code, this.message);
    const bytes = this.#bytes(root);
    return bytes ? error.withTrailer(`${NAME.toLowerCase()}-bin`, bytes) : error;
  }

  #bytes(root: protobuf.Root): Uint8Array | undefined {
    if (!this.storage) return undefined;
    const type = root.lookupType(NAME);
    return type.encode(type.fromObject(this.storage)).finish();
  }
}
