const MAX_LENGTH_BYTES = 4;

/** How large a packet may be; the first one comes from anybody and may be less. */
export interface PacketLimits {
  readonly firstBytes: number;
  readonly maxBytes: number;
}

/**
 * Follows the fixed headers of an MQTT 3.1.1 stream (section 2.2) and finds the first packet that announces too much; without it
 * anybody who reaches the port could make the broker collect 256 MB.
 */
export class PacketGuard {
  readonly #maxBytes: number;
  #limitBytes: number;
  /** Bytes of the packet's body still to come. */
  #body = 0;
  #inLength = false;
  #lengthBytes = 0;
  #length = 0;

  constructor({ firstBytes, maxBytes }: PacketLimits) {
    this.#limitBytes = firstBytes;
    this.#maxBytes = maxBytes;
  }

  /** Takes the next bytes of the stream; false when a packet in them is too large or its length malformed. */
  passes(chunk: Uint8Array): boolean {
    for (let at = 0; at < chunk.length; ) {
      if (this.#body > 0) {
        const step = Math.min(this.#body, chunk.length - at);
        this.#body -= step;
        at += step;
      } else if (!this.#header(chunk[at++] ?? 0)) return false;
    }
    return true;
  }

  /** Takes one byte of the fixed header. */
  #header(byte: number): boolean {
    if (!this.#inLength) {
      this.#inLength = true;
      this.#length = 0;
      this.#lengthBytes = 0;
      return true;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes++;
    if (byte & 0x80) return this.#lengthBytes < MAX_LENGTH_BYTES;
    this.#inLength = false;
    this.#body = this.#length;
    const fits = this.#length <= this.#limitBytes;
    this.#limitBytes = this.#maxBytes;
    return fits;
  }
}
