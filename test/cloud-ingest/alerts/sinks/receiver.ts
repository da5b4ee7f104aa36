import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What it does with a call: a status, or anything else. */
export type Answer = number | ((response: ServerResponse) => void);

export const hangs: Answer = () => {};
export const breaksOff: Answer = (response) => void response.socket?.destroy();
export const redirects =
  (to: string): Answer =>
  (response) =>
    void response.writeHead(307, { Location: to }).end();
export const asksToWait =
  (seconds: number): Answer =>
  (response) =>
    void response.writeHead(429, { "Retry-After": String(seconds) }).end("slow down");
/** Says it twice: the second one is no answer to anything. */
export const answersTwice: Answer = (response) => {
  response.socket?.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno");
};
export const neverEnds: Answer = (response) => {
  response.writeHead(200);
  const more = setInterval(() => response.write("x".repeat(16_384)), 5);
  response.on("close", () => clearInterval(more));
};

/** A receiver on this machine that answers each call in turn as it is told, and then with 200. */
export async function receiver(...answers: Answer[]) {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url: path = "", headers } = request;
    heard.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
    const answer = answers.shift() ?? 200;
    if (typeof answer === "number") response.writeHead(answer).end("thanks");
    else answer(response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, port, heard, answers };
}
