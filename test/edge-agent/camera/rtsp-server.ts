import { type ChildProcess, spawn } from "node:child_process";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

const SESSION = "12345678";

/** A camera on this machine: one ffmpeg sends RTP here, and every RTSP client gets it over its own TCP connection. */
export class RtspServer {
  /** `user:password` that clients must give; undefined lets everybody in. */
  readonly login: string | undefined;
  /** Connections that were opened. */
  connections = 0;
  readonly #players = new Set<Socket>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #udp: UdpSocket;
  #encoder: ChildProcess | undefined;
  #sdp = "";

  constructor(login?: string) {
    this.login = login;
    this.#server = createServer((socket) => this.#onConnection(socket));
    this.#udp = createSocket("udp4", (packet) => this.#send(packet));
  }

  /** Starts sending a moving picture; returns the camera's address. */
  async start(): Promise<string> {
    this.#udp.bind(0, "127.0.0.1");
    await once(this.#udp, "listening");
    this.#sdp = await this.#startEncoder(this.#udp.address().port);
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    return `rtsp://127.0.0.1:${typeof address === "object" ? address?.port : 0}/stream1`;
  }

  /** The picture stops; connections stay. */
  freeze(): void {
    this.#players.clear();
  }

  /** Every connection breaks. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.cut();
    this.#encoder?.kill("SIGKILL");
    this.#server.close();
    this.#udp.close();
  }

  async #startEncoder(port: number): Promise<string> {
    const input = ["-nostdin", "-re", "-f", "lavfi", "-i", "testsrc=s=64x48:r=20"];
    const output = [
      "-c:v",
      "mpeg4",
      "-g",
      "5",
      "-flags",
      "+global_header",
      "-f",
      "rtp",
      `rtp://127.0.0.1:${port}?pkt_size=1200`,
    ];
    this.#encoder = spawn("ffmpeg", ["-v", "error", ...input, ...output], { stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    this.#encoder.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    while (!/config=\w+\s/.test(text)) await new Promise((resolve) => setTimeout(resolve, 20));
    return text
      .slice(text.indexOf("v=0"))
      .replace(/m=video \d+/, "m=video 0")
      .trim();
  }

  #onConnection(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#forget(socket));
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
        this.#answer(socket, text.slice(0, end));
        text = text.slice(end + 4);
      }
    });
  }

  #forget(socket: Socket): void {
    this.#players.delete(socket);
    this.#sockets.delete(socket);
  }

  #answer(socket: Socket, request: string): void {
    const method = /[A-Z_]+(?= rtsp)/.exec(request)?.[0] ?? "";
    const sequence = /CSeq: *(\d+)/i.exec(request)?.[1] ?? "0";
    const { status, headers, body = "" } = this.#reply(method, request);
    const head = [`RTSP/1.0 ${status}`, `CSeq: ${sequence}`, `Session: ${SESSION}`, ...headers];
    socket.write(`${[...head, `Content-Length: ${body.length}`].join("\r\n")}\r\n\r\n${body}`);
    if (method === "PLAY" && status === "200 OK") this.#players.add(socket);
  }

  #reply(method: string, request: string): { status: string; headers: string[]; body?: string } {
    if (method === "OPTIONS") return { status: "200 OK", headers: ["Public: DESCRIBE, SETUP, PLAY, TEARDOWN"] };
    if (!this.#isWelcome(request))
      return { status: "401 Unauthorized", headers: ['WWW-Authenticate: Basic realm="c"'] };
    if (method === "DESCRIBE") {
      return { status: "200 OK", headers: ["Content-Type: application/sdp"], body: `${this.#sdp}\r\n` };
    }
    if (method === "SETUP" && !request.includes("RTP/AVP/TCP"))
      return { status: "461 Unsupported Transport", headers: [] };
    return { status: "200 OK", headers: method === "SETUP" ? ["Transport: RTP/AVP/TCP;unicast;interleaved=0-1"] : [] };
  }

  #isWelcome(request: string): boolean {
    return this.login === undefined || request.includes(Buffer.from(this.login).toString("base64"));
  }

  #send(packet: Buffer): void {
    const head = Buffer.from([0x24, 0, packet.length >> 8, packet.length & 0xff]);
    for (const socket of this.#players) socket.write(Buffer.concat([head, packet]));
  }
}
