import {
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Fault, Faults } from "../faults.ts";
import { CODE } from "./codes.ts";
import { RpcError } from "./rpc-error.ts";

/** Where a fake listens; `endpoint` is what the clients take as `apiEndpoint`. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly endpoint: string;
}

const HOST = "127.0.0.1";
/** The fakes check sizes themselves, with Google's words. */
const ANY_SIZE = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** A gRPC server on this machine whose calls meet the planned faults before their handlers. */
export class GrpcServer {
  readonly #faults: Faults;
  readonly #services: { definition: ServiceDefinition; handlers: UntypedServiceImplementation }[] = [];
  #server: Server | undefined;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  /** Called before `start`; methods of the service without a handler answer UNIMPLEMENTED. */
  add(definition: ServiceDefinition, handlers: UntypedServiceImplementation): void {
    this.#services.push({ definition, handlers });
  }

  /** A handler of one request and one answer. */
  unary<Request, Answer>(method: string, handle: (request: Request) => Answer) {
    return (call: ServerUnaryCall<Request, Answer>, answer: sendUnaryData<Answer>): void => {
      underFault(this.#faults.take(method), () => handle(call.request)).then(
        (value) => answer(null, value),
        (error: unknown) => answer(rpcError(error)),
      );
    };
  }

  async start(port = 0): Promise<Address> {
    const server = new Server(ANY_SIZE);
    for (const { definition, handlers } of this.#services) server.addService(definition, handlers);
    this.#server = server;
    const bound = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${HOST}:${port}`, ServerCredentials.createInsecure(), (error, got) =>
        error ? reject(error) : resolve(got),
      );
    });
    return { host: HOST, port: bound, endpoint: `${HOST}:${bound}` };
  }

  /** Cuts all connections at once. */
  stop(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
  }
}

/** What a test's fault makes of one call that is answered once. */
async function underFault<Answer>(fault: Fault | undefined, work: () => Answer): Promise<Answer> {
  switch (fault?.kind) {
    case "fail":
    case "close":
      throw new RpcError(fault.code ?? CODE.unavailable, "planned by the test");
    case "hang":
      return new Promise(() => {});
    case "late":
      await fault.until;
      return work();
    case "twice":
      await work();
      return work();
    case "lose":
      await work();
      throw new RpcError(fault.code, fault.message ?? "planned by the test");
    default:
      return work();
  }
}

/** Ends a stream with the code that the error carries. */
export function endWith<Request, Answer>(stream: ServerDuplexStream<Request, Answer>, error: unknown): void {
  stream.emit("error", rpcError(error));
}

function rpcError(error: unknown): RpcError {
  return error instanceof RpcError ? error : new RpcError(CODE.internal, `the fake failed: ${String(error)}`);
}
