const MAX_LENGTH_BYTES = 4;
const KIB = 1024;

/** What a client may send (MQTT 3.1.1, table 2.1), and how long the rest of the packet may be behind its length. */
const LIMITS: ReadonlyMap<number, number> = new Map([
  // Payload limit of the contract with room for topic and header; a larger payload of up to this is quarantined, not refused.
  [3, 1024 * KIB],
  // PUBACK: a packet identifier.
  [4, 2],
  // SUBSCRIBE and UNSUBSCRIBE: a device has two topics to subscribe to, of at most 220 bytes.
  [8, 4 * KIB],
  [10, 4 * KIB],
  // PINGREQ and DISCONNECT hold nothing.
  [12, 0],
  [14, 0],
]);
const CONNECT = 1;
/** CONNECT comes from anybody: names and token are below 1 KiB, a will is a `state` message of less than 1 KiB. */
const CONNECT_LIMIT = 16 * KIB;
const PUBLISH = 3;
const QOS_BITS = 0b0110;
const QOS_1 = 0b0010;

/** TCP sends segments of at least 536 bytes (RFC 9293, 3.7.1) but for the last of a write; half of that is room for odd writers. */
const MIN_MEAN_PIECE_BYTES = 256;
/** A small packet may come byte by byte, as some modems send it. */
const FREE_PIECES = 64;

/** Of packets other than PUBLISH in one read: each costs a hundred times its bytes, and a client that lives sends one in seconds. */
const MAX_CONTROL_PACKETS = 256;

/** Why a connection is ended. */
export type PacketRefusal =
  | "qos-2"
  | "control-flood"
  | "unexpected-packet"
  | "packet-too-large"
  | "malformed-length"
  | "dripped-packet";

/**
 * Follows the fixed headers of an MQTT 3.1.1 stream (section 2.2) and finds the first packet that must not come, before anything is
 * kept of it: without it anybody who reaches the port could make the broker collect 256 MB.
 */
export class PacketGuard {
  #packets = 0;
  #type = 0;
  /** Bytes of the packet's body still to come. */
  #body = 0;
  #inLength = false;
  #lengthBytes = 0;
  #length = 0;
  /** Packets other than PUBLISH in the present read. */
  #controls = 0;
  /** Reads that the unfinished packet came in: a piece of one byte costs the parser some hundred bytes. */
  #pieces = 0;

  /** Packets begun so far. */
  get packets(): number {
    return this.#packets;
  }

  /** Bytes that came of a packet which is not complete; 0 between packets. */
  get unfinishedBytes(): number {
    if (this.#body > 0) return this.#length - this.#body;
    return this.#inLength ? 1 + this.#lengthBytes : 0;
  }

  /** True in the middle of a packet. */
  get isUnfinished(): boolean {
    return this.#body > 0 || this.#inLength;
  }

  /** Takes the next bytes of the stream; says why when a packet in them must not come. */
  refusalOf(chunk: Uint8Array): PacketRefusal | undefined {
    this.#controls = 0;
    if (this.isUnfinished) this.#pieces += 1;
    if (this.#pieces > FREE_PIECES + this.unfinishedBytes / MIN_MEAN_PIECE_BYTES) return "dripped-packet";
    for (let at = 0; at < chunk.length; ) {
      if (this.#body > 0) {
        const step = Math.min(this.#body, chunk.length - at);
        this.#body -= step;
        at += step;
      } else {
        const byte = chunk[at++] ?? 0;
        const refusal = this.#inLength ? this.#takeLength(byte) : this.#begin(byte);
        if (refusal) return refusal;
      }
    }
    return undefined;
  }

  /** Takes the first byte of a packet: its type and flags. */
  #begin(byte: number): PacketRefusal | undefined {
    const isFirst = this.#packets++ === 0;
    this.#pieces = 0;
    this.#type = byte >> 4;
    this.#inLength = true;
    this.#length = 0;
    this.#lengthBytes = 0;
    if (isFirst ? this.#type !== CONNECT : !LIMITS.has(this.#type)) return "unexpected-packet";
    if (this.#type === PUBLISH) return (byte & QOS_BITS) > QOS_1 ? "qos-2" : undefined;
    return ++this.#controls > MAX_CONTROL_PACKETS ? "control-flood" : undefined;
  }

  /** Takes one byte of the packet's length. */
  #takeLength(byte: number): PacketRefusal | undefined {
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes++;
    if (byte & 0x80) return this.#lengthBytes < MAX_LENGTH_BYTES ? undefined : "malformed-length";
    this.#inLength = false;
    this.#body = this.#length;
    return this.#length <= (LIMITS.get(this.#type) ?? CONNECT_LIMIT) ? undefined : "packet-too-large";
  }
}
