import { createRequire } from "node:module";
import type { ServiceDefinition } from "@grpc/grpc-js";
import protobuf, { type Method, type Service, type Type } from "protobufjs";

const require = createRequire(import.meta.url);

/** How messages look to the fakes: every field is there, numbers are numbers, enums their names, bytes buffers. */
const PLAIN = { defaults: true, arrays: true, objects: true, longs: Number, enums: String, bytes: Buffer };

/** The protocol that a client package carries; `file` as in `@google-cloud/pubsub/build/protos/protos.json`. */
export function loadProtos(file: string): protobuf.Root {
  const root = protobuf.Root.fromJSON(require(file));
  root.resolveAll();
  return root;
}

/** The service of that full name, as the gRPC server wants it. */
export function serviceDefinition(root: protobuf.Root, name: string): ServiceDefinition {
  const service = root.lookupService(name);
  return Object.fromEntries(service.methodsArray.map((method) => [method.name, methodDefinition(service, method)]));
}

function methodDefinition(service: Service, method: Method): ServiceDefinition[string] {
  const { resolvedRequestType, resolvedResponseType } = method;
  if (!resolvedRequestType || !resolvedResponseType) throw new Error(`${method.fullName} has no types`);
  return {
    path: `/${service.fullName.replace(/^\./, "")}/${method.name}`,
    requestStream: method.requestStream ?? false,
    responseStream: method.responseStream ?? false,
    requestSerialize: (value) => bytesOf(resolvedRequestType, value),
    requestDeserialize: (bytes) => plainOf(resolvedRequestType, bytes),
    responseSerialize: (value) => bytesOf(resolvedResponseType, value),
    responseDeserialize: (bytes) => plainOf(resolvedResponseType, bytes),
  };
}

function plainOf(type: Type, bytes: Uint8Array): unknown {
  return type.toObject(type.decode(bytes), PLAIN);
}

function bytesOf(type: Type, value: object): Buffer {
  return Buffer.from(type.encode(type.fromObject(value)).finish());
}
