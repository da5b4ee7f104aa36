import { request as ask, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

/** What becomes of an answer on its way. */
export interface Strange {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Cut in the middle of the body. */
  readonly isCut?: boolean;
}

type Choose = (method: string, path: string) => Strange | "hang" | undefined;

/** A proxy before a REST API, as a network may have one, that answers what `choose` says in place of the server. */
export class StrangeProxy {
  choose: Choose = () => undefined;
  /** Requests that were answered otherwise. */
  met = 0;

  /** Stands before `host:port` until the test ends; gives its own. */
  async start(target: string): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response, target));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    const address = server.address();
    return `127.0.0.1:${typeof address === "object" ? address?.port : address}`;
  }

  async #serve(request: IncomingMessage, response: ServerResponse, target: string): Promise<void> {
    const strange = this.choose(request.method ?? "", request.url ?? "");
    if (strange) this.met += 1;
    if (strange === "hang") return;
    const [hostname, port] = target.split(":");
    const { method, url: path, headers } = request;
    const passed = ask({ hostname, port, method, path, headers }, (answer) => {
      if (strange) return answerWith(strange, answer, response);
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  }
}

/** The server has done its work; only the answer is another. */
function answerWith(
  { status = 200, headers = {}, body, isCut = false }: Strange,
  answer: IncomingMessage,
  response: ServerResponse,
) {
  answer.resume();
  const length = String(Buffer.byteLength(body) + (isCut ? 10 : 0));
  response.writeHead(status, { "content-type": "text/html", "content-length": length, ...headers });
  response.write(body);
  if (isCut) setImmediate(() => response.destroy());
  else response.end();
}
