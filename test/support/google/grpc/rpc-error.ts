import { Metadata } from "@grpc/grpc-js";
import { parse } from "protobufjs";

const DETAILS = parse(
  `syntax = "proto3";
   message Any { string type_url = 1; bytes value = 2; }
   message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
   message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }`,
).root;

/** The part of google.rpc.ErrorInfo that a client reads. */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An answer with a gRPC code; `info` travels as Google sends it, in a google.rpc.Status in the trailers. */
export class RpcError extends Error {
  readonly code: number;
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(code: number, details: string, info?: ErrorInfo) {
    super(details);
    this.code = code;
    this.details = details;
    if (info) this.metadata.set("grpc-status-details-bin", statusBytes(code, details, info));
  }

  /** The same error with one more entry in its trailers. */
  withTrailer(key: string, bytes: Uint8Array): this {
    this.metadata.set(key, Buffer.from(bytes));
    return this;
  }
}

function statusBytes(code: number, message: string, info: ErrorInfo): Buffer {
  const value = encode("ErrorInfo", info);
  const detail = { typeUrl: "type.googleapis.com/google.rpc.ErrorInfo", value };
  return Buffer.from(encode("Status", { code, message, details: [detail] }));
}

function encode(name: string, object: object): Uint8Array {
  const type = DETAILS.lookupType(name);
  return type.encode(type.fromObject(object)).finish();
}
