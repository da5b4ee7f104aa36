import type { ServerDuplexStream } from "@grpc/grpc-js";
import type protobuf from "protobufjs";
import type { Fault, Faults } from "../faults.ts";
import { CODE } from "../grpc/codes.ts";
import { endWith } from "../grpc/grpc-server.ts";
import { RpcError } from "../grpc/rpc-error.ts";
import { type AppendAnswer, AppendConnection, type AppendRequest } from "./append-connection.ts";
import { WriteError } from "./storage-error.ts";
import type { WriteStreams } from "./write-streams.ts";

const PLANNED = "planned by the test";

export type AppendStream = ServerDuplexStream<AppendRequest, AppendAnswer>;

export interface AppendContext {
  readonly streams: WriteStreams;
  readonly root: protobuf.Root;
  readonly faults: Faults;
}

/** Serves one AppendRows call: requests are answered one after the other, in their order. */
export function serveAppends(stream: AppendStream, { streams, root, faults }: AppendContext): void {
  const connection = new AppendConnection(streams, root);
  let before: Promise<void> = Promise.resolve();
  let isOpen = true;
  const end = (error: unknown) => {
    if (isOpen) endWith(stream, error instanceof WriteError ? error.rpcError(root) : error);
    isOpen = false;
  };
  const next = (step: () => Promise<void>) => {
    before = before.then(async () => {
      if (isOpen) await step();
    });
    before = before.catch(end);
  };
  stream.on("cancelled", () => {
    isOpen = false;
  });
  stream.on("error", () => {
    isOpen = false;
  });
  stream.on("data", (request: AppendRequest) =>
    next(async () => {
      const answers = await answersTo(request, connection, faults.take("AppendRows"));
      for (const answer of answers) if (isOpen) stream.write(answer);
    }),
  );
  stream.on("end", () => next(async () => void stream.end()));
}

/** What the stream answers to the request, under the fault that the test planned for it. */
async function answersTo(
  request: AppendRequest,
  connection: AppendConnection,
  fault: Fault | undefined,
): Promise<readonly AppendAnswer[]> {
  switch (fault?.kind) {
    case "hang":
      return [];
    case "close":
      throw planned(fault.code);
    case "fail":
      if (!fault.inBand) throw planned(fault.code, fault.message);
      return [{ writeStream: "", error: { code: fault.code, message: fault.message ?? PLANNED, details: [] } }];
    case "lose":
      connection.append(request);
      throw planned(fault.code, fault.message);
    case "twice":
      return [connection.append(request), connection.append(request)];
    case "late":
      await fault.until;
  }
  return [connection.append(request)];
}

function planned(code: number = CODE.unavailable, message = PLANNED): RpcError {
  return new RpcError(code, message);
}
