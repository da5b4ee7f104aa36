import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connectPacket, publishPacket } from "./mqtt-bytes.ts";

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

/** A publisher without a client library, so that the broker's speed is measured and not the client's. MQTT 3.1.1, QoS 1. */
export async function publishAll(load: Load): Promise<void> {
  const socket = connect({ port: load.port, host: "127.0.0.1", noDelay: true });
  socket.write(connectPacket({ name: load.username, password: load.password }));
  const [connack] = await once(socket, "data");
  if (connack[3] !== 0) throw new Error(`The broker refuses: ${connack[3]}`);
  await drive(socket, load);
  socket.destroy();
}

/** Keeps `window` messages on the way until all are acknowledged; a PUBACK has 4 bytes. */
function drive(socket: Socket, { topic, payload, window, messages }: Load): Promise<void> {
  let sent = 0;
  let ackBytes = 0;
  const send = (count: number) => {
    const batch: Buffer[] = [];
    for (let index = 0; index < count && sent < messages; index++) {
      const id = (sent++ % 65_535) + 1;
      batch.push(publishPacket({ topic, payload, qos: 1, id }));
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
