/** MQTT 3.1.1 byte by byte, for what a client library would not send. */

/** A string with its length (1.5.3). */
export function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}

/** Type and flags, length, body (2.2). */
export function packet(type: number, body: Buffer): Buffer {
  const header = [type];
  let length = body.length;
  do {
    header.push((length & 127) | (length > 127 ? 128 : 0));
    length >>= 7;
  } while (length > 0);
  return Buffer.concat([Buffer.from(header), body]);
}

export interface ConnectFields {
  readonly name: string;
  readonly password: string;
  readonly keepaliveS?: number;
  readonly clean?: boolean;
  readonly will?: { readonly topic: string; readonly payload: Buffer; readonly qos: number; readonly retain: boolean };
}

/** CONNECT of MQTT 3.1.1 with client id = user name (3.1). */
export function connectPacket({ name, password, keepaliveS = 60, clean = true, will }: ConnectFields): Buffer {
  const willFlags = will ? 0x04 | (will.qos << 3) | (will.retain ? 0x20 : 0) : 0;
  const head = Buffer.from([4, 0xc0 | willFlags | (clean ? 2 : 0), keepaliveS >> 8, keepaliveS & 255]);
  const willFields = will ? [text(will.topic), text(will.payload)] : [];
  return packet(0x10, Buffer.concat([text("MQTT"), head, text(name), ...willFields, text(name), text(password)]));
}

export interface PublishFields {
  readonly topic: string | Buffer;
  readonly payload: Buffer;
  readonly qos: number;
  readonly id: number;
  readonly retain?: boolean;
}

/** PUBLISH (3.3). */
export function publishPacket({ topic, payload, qos, id, retain = false }: PublishFields): Buffer {
  const idBytes = qos > 0 ? [id >> 8, id & 255] : [];
  return packet(0x30 | (qos << 1) | (retain ? 1 : 0), Buffer.concat([text(topic), Buffer.from(idBytes), payload]));
}

/** SUBSCRIBE to all of them with one QoS (3.8). */
export function subscribePacket(id: number, filters: readonly string[], qos: number): Buffer {
  const entries = filters.flatMap((filter) => [text(filter), Buffer.from([qos])]);
  return packet(0x82, Buffer.concat([Buffer.from([id >> 8, id & 255]), ...entries]));
}
