import type { ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import protobuf from "protobufjs";
import type { GrpcServer } from "../grpc/grpc-server.ts";
import { serviceDefinition } from "../grpc/protos.ts";
import type { Hub } from "./hub.ts";

/** The client carries its own copy of this protocol where nobody else may read it. */
const PROTO = `syntax = "proto3";
package google.iam.v1;
service IAMPolicy { rpc TestIamPermissions (TestIamPermissionsRequest) returns (TestIamPermissionsResponse); }
message TestIamPermissionsRequest { string resource = 1; repeated string permissions = 2; }
message TestIamPermissionsResponse { repeated string permissions = 1; }`;

interface TestRequest {
  readonly resource: string;
  readonly permissions: readonly string[];
}

export function iamDefinition(): ServiceDefinition {
  const { root } = protobuf.parse(PROTO, { keepCase: false });
  root.resolveAll();
  return serviceDefinition(root, "google.iam.v1.IAMPolicy");
}

/** google.iam.v1.IAMPolicy, as far as rights are asked about: of what is not there, nobody has any. */
export function iamService(server: GrpcServer, hub: Hub, denied: ReadonlySet<string>): UntypedServiceImplementation {
  return {
    TestIamPermissions: server.unary("TestIamPermissions", ({ resource, permissions }: TestRequest) => {
      return { permissions: isThere(hub, resource) ? permissions.filter((one) => !denied.has(one)) : [] };
    }),
  };
}

function isThere(hub: Hub, resource: string): boolean {
  return (
    hub.topics().some(({ name }) => name === resource) ||
    hub.subscriptions().some(({ settings }) => settings.name === resource)
  );
}
