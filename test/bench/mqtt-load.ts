import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface Load {
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly topic: string;
  readonly payload: Buffer;
  /** PUBACKs that may be outstanding. */
  readonly window: number;
  readonly messages: number;
}

const text = (value: string) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
};

/** A publisher without a client library, so that the broker's speed is measured and not the client's. MQTT 3.1.1, QoS 1. */
export async function publishAll(load: Load): Promise<void> {
  const socket = connect({ port: load.port, host: "127.0.0.1", noDelay: true });
  const names = [load.username, load.username, load.password].map(text);
  socket.write(packet(0x10, Buffer.concat([text("MQTT"), Buffer.from([4, 0xc2, 0, 60]), ...names])));
  const [connack] = await once(socket, "data");
  if (connack[3] !== 0) throw new Error(`The broker refuses: ${connack[3]}`);
  await drive(socket, load);
  socket.destroy();
}

/** Keeps `window` messages on the way until all are acknowledged; a PUBACK has 4 bytes. */
function drive(socket: Socket, { topic, payload, window, messages }: Load): Promise<void> {
  const head = text(topic);
  let sent = 0;
  let ackBytes = 0;
  const send = (count: number) => {
    const batch: Buffer[] = [];
    for (let index = 0; index < count && sent < messages; index++) {
      const id = (sent++ % 65_535) + 1;
      batch.push(packet(0x32, Buffer.concat([head, Buffer.from([id >> 8, id & 255]), payload])));
    }
    if (batch.length > 0) socket.write(Buffer.concat(batch));
  };
  return new Promise((resolve, reject) => {
    socket.on("close", () => reject(new Error("The broker closed the connection")));
    socket.on("data", (chunk) => {
      const before = Math.floor(ackBytes / 4);
      ackBytes += chunk.length;
      const acked = Math.floor(ackBytes / 4);
      if (acked === messages) resolve();
      else send(acked - before);
    });
    send(window);
  });
}

function packet(type: number, body: Buffer): Buffer {
  const header = [type];
  let length = body.length;
  do {
    header.push((length & 127) | (length > 127 ? 128 : 0));
    length >>= 7;
  } while (length > 0);
  return Buffer.concat([Buffer.from(header), body]);
}
