import { connect, type Socket } from "node:net";
import type { HttpServerParts } from "../../../cloud-ingest/server/create-app.ts";
import { HttpServer } from "../../../cloud-ingest/server/http-server.ts";

/** A server on a free port, until `end`. */
export async function listening(parts: HttpServerParts) {
  const stop = new AbortController();
  const server = new HttpServer(parts);
  const running = server.run(stop.signal);
  const { port } = await server.ready;
  const end = async () => {
    stop.abort();
    await running;
  };
  return { port, end };
}

export const open = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket)).once("error", reject);
  });

/** Sends bytes and gives back all that came until the server closed. */
export async function exchange(port: number, bytes: string): Promise<string> {
  const socket = await open(port);
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    answer += text;
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => {});
  socket.write(bytes);
  await closed;
  return answer;
}

/** A GET as it goes over the wire, after which the server closes. */
export const get = (path: string, headers = "", host = "localhost") =>
  `GET ${path} HTTP/1.1\r\n${host === "" ? "" : `Host: ${host}\r\n`}${headers}Connection: close\r\n\r\n`;
