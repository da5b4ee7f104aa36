import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type ConnectFields, connectPacket } from "../../bench/mqtt-bytes.ts";
import { NAME, TOKEN } from "./broker-rig.ts";

const CONNACK_BYTES = 4;

/** A connected device that sends bytes as it likes, and reads answers only when told to. */
export class RawDevice {
  readonly socket: Socket;
  readonly #closed: Promise<"closed">;
  #unread: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#closed = new Promise((resolve) => socket.once("close", () => resolve("closed")));
  }

  /** Connects without a word. */
  static async dial(port: number): Promise<RawDevice> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.on("error", () => {});
    await once(socket, "connect");
    return new RawDevice(socket);
  }

  /** Connects as a device that may; ends the test when it is not let in. */
  static async connect(port: number, over: Partial<ConnectFields> = {}): Promise<RawDevice> {
    const device = await RawDevice.dial(port);
    device.send(connectPacket({ name: NAME, password: TOKEN, ...over }));
    const connack = await device.next(CONNACK_BYTES);
    if (connack[3] !== 0) throw new Error(`Not let in: ${connack[3]}`);
    return device;
  }

  send(...packets: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(packets));
  }

  /** The next so many bytes of the broker's answers. */
  async next(bytes: number): Promise<Buffer> {
    for (;;) {
      const chunk: Buffer | null = this.socket.read();
      if (chunk) this.#unread = Buffer.concat([this.#unread, chunk]);
      if (this.#unread.length >= bytes) break;
      const [why] = await Promise.race([once(this.socket, "readable"), this.#closed.then((word) => [word])]);
      if (why === "closed") throw new Error("The broker closed the connection");
    }
    const found = this.#unread.subarray(0, bytes);
    this.#unread = this.#unread.subarray(bytes);
    return found;
  }

  /** Resolves "closed" when the broker ends the connection, else "open" after so long. */
  async outcome(withinMs: number): Promise<"closed" | "open"> {
    this.socket.resume();
    let timer: NodeJS.Timeout | undefined;
    const open = new Promise<"open">((resolve) => {
      timer = setTimeout(() => resolve("open"), withinMs);
    });
    const outcome = await Promise.race([this.#closed, open]);
    clearTimeout(timer);
    return outcome;
  }

  end(): void {
    this.socket.destroy();
  }
}
