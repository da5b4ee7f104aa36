const MIB = 1024 * 1024;

/** What promises, closures and the parsed packet cost beside the bytes themselves (measured: 0.7-1.1 KB of heap). */
const MESSAGE_OVERHEAD_BYTES = 1024;

export interface HoldingsLimits {
  /** Of one device: what waits for the bus before no more is read from it. */
  readonly deviceBytes: number;
  /** Of all: what waits for the bus before nothing is read from anybody. */
  readonly waitingBytes: number;
  /** Of all: parts of packets that are not complete. */
  readonly unfinishedBytes: number;
}

/** One packet of the largest size fits with its successor; in all a share of the 1 GB machine that the smallest cloud half runs on. */
const LIMITS: HoldingsLimits = { deviceBytes: MIB, waitingBytes: 64 * MIB, unfinishedBytes: 64 * MIB };

/**
 * What the broker holds for its devices between socket and bus. A device is counted by its name and not by its connection: what waits
 * for the bus stays when the connection ends, and a device that connects anew without end must not hold more for it.
 */
export class Holdings {
  readonly #limits: HoldingsLimits;
  readonly #waiting = new Map<string, number>();
  readonly #blocked = new Map<() => void, string>();
  #waitingBytes = 0;
  #unfinishedBytes = 0;

  constructor(limits: Partial<HoldingsLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Bytes of messages that wait for the bus, and of packets that are not complete. */
  get bytes(): number {
    return this.#waitingBytes + this.#unfinishedBytes;
  }

  /** A message of that device begins to wait for the bus; the function returned says that it is over. */
  wait(device: string, payloadBytes: number): () => void {
    const bytes = payloadBytes + MESSAGE_OVERHEAD_BYTES;
    this.#change(device, bytes);
    return () => {
      this.#change(device, -bytes);
      if (this.#blocked.size > 0) this.#unblock();
    };
  }

  /** True when more may be read from that device; if not, `resume` is called once it may. */
  admits(device: string, resume: () => void): boolean {
    if (this.#hasRoom(device)) return true;
    this.#blocked.set(resume, device);
    return false;
  }

  /** The connection behind `resume` is gone. */
  forget(resume: () => void): void {
    this.#blocked.delete(resume);
  }

  /** Notes that unfinished packets have grown or shrunk; false when there are too many to take more of them. */
  growUnfinished(bytes: number): boolean {
    this.#unfinishedBytes += bytes;
    return bytes <= 0 || this.#unfinishedBytes <= this.#limits.unfinishedBytes;
  }

  #change(device: string, bytes: number): void {
    const now = (this.#waiting.get(device) ?? 0) + bytes;
    this.#waitingBytes += bytes;
    if (now === 0) this.#waiting.delete(device);
    else this.#waiting.set(device, now);
  }

  #hasRoom(device: string): boolean {
    return (
      (this.#waiting.get(device) ?? 0) < this.#limits.deviceBytes && this.#waitingBytes < this.#limits.waitingBytes
    );
  }

  #unblock(): void {
    if (this.#waitingBytes >= this.#limits.waitingBytes) return;
    for (const [resume, device] of this.#blocked) {
      if (!this.#hasRoom(device)) continue;
      this.#blocked.delete(resume);
      resume();
    }
  }
}
