import type { Socket } from "node:net";
import type { Clock } from "../../firmware-config/kit/clock.ts";
import type { Holdings } from "./holdings.ts";
import { PacketGuard, type PacketRefusal } from "./packet-guard.ts";

/** Why a connection is ended by its own doing. */
export type InflowRefusal = PacketRefusal | "too-many-unfinished-packets" | "unfinished-packet";

export interface InflowParts {
  readonly socket: Socket;
  readonly holdings: Holdings;
  readonly clock: Clock;
  /** The device behind the connection; undefined until it has said so. */
  readonly device: () => string | undefined;
  readonly onRefusal: (why: InflowRefusal) => void;
}

/** Twice what one device of the benchmark reaches; a device that counts sends a few. */
const PACKETS_PER_MS = 12;
const BURST_MS = 1_000;
/** A packet of 1 MiB takes as long on 300 kbit/s. */
const PACKET_DEADLINE_MS = 30_000;

/**
 * What the broker reads from one connection. It ends a connection whose packet must not come, and reads nothing, so that TCP holds the
 * sender back, while the client does not take its answers, while its messages wait for the bus, or while it sends too fast.
 *
 * It changes the socket's own `read`: a stream between socket and aedes would cost a system call per PUBACK, because aedes corks what
 * it is given, and halves the rate.
 */
export class Inflow {
  readonly #parts: InflowParts;
  readonly #guard = new PacketGuard();
  #isPaused = false;
  #timer: NodeJS.Timeout | undefined;
  /** When the packets so far are paid for, at the rate that one device may have. */
  #paidUntilMs = 0;
  #unfinishedBytes = 0;
  #unfinishedSinceMs: number | undefined;

  constructor(parts: InflowParts) {
    this.#parts = parts;
  }

  /** Begins to look at what is read from the socket. */
  attach(): void {
    const { socket } = this.#parts;
    const read = socket.read.bind(socket);
    socket.read = (size?: number) => {
      // Node itself asks for 0 bytes to make the kernel's buffer flow into the stream's own, which is bounded.
      if (size === 0) return read(0);
      return this.#mustPause() ? null : this.#checked(read(size));
    };
    socket.once("close", () => this.#detach());
  }

  /** Ends the connection when its packet has been incomplete for too long. */
  checkDeadline(nowMs: number): void {
    if (this.#unfinishedSinceMs === undefined) return;
    if (this.#isPaused) this.#unfinishedSinceMs = nowMs;
    else if (nowMs - this.#unfinishedSinceMs > PACKET_DEADLINE_MS) this.#refuse("unfinished-packet");
  }

  #checked(chunk: Buffer | null): Buffer | null {
    if (chunk === null) return null;
    const before = this.#guard.packets;
    const refusal = this.#guard.refusalOf(chunk) ?? this.#noteUnfinished();
    this.#pay(this.#guard.packets - before);
    if (refusal === undefined) return chunk;
    this.#refuse(refusal);
    return null;
  }

  #noteUnfinished(): InflowRefusal | undefined {
    const bytes = this.#guard.unfinishedBytes;
    const fits = this.#parts.holdings.growUnfinished(bytes - this.#unfinishedBytes);
    this.#unfinishedBytes = bytes;
    if (bytes === 0) this.#unfinishedSinceMs = undefined;
    else this.#unfinishedSinceMs ??= this.#parts.clock.monotonicMs();
    return fits ? undefined : "too-many-unfinished-packets";
  }

  #pay(packets: number): void {
    this.#paidUntilMs = Math.max(this.#paidUntilMs, this.#parts.clock.monotonicMs()) + packets / PACKETS_PER_MS;
  }

  #mustPause(): boolean {
    if (this.#isPaused) return true;
    const { socket, holdings, device, clock } = this.#parts;
    const name = device();
    const aheadMs = this.#paidUntilMs - clock.monotonicMs() - BURST_MS;
    if (aheadMs > 0) this.#timer = setTimeout(this.#resume, aheadMs);
    else if (socket.writableNeedDrain) socket.once("drain", this.#resume);
    else if (name === undefined || holdings.admits(name, this.#resume)) return false;
    this.#isPaused = true;
    return true;
  }

  readonly #resume = () => {
    this.#isPaused = false;
    // aedes reads when it is told that there is something.
    this.#parts.socket.emit("readable");
  };

  #refuse(why: InflowRefusal): void {
    this.#parts.onRefusal(why);
    this.#parts.socket.destroy();
  }

  #detach(): void {
    clearTimeout(this.#timer);
    this.#parts.holdings.forget(this.#resume);
    this.#parts.holdings.growUnfinished(-this.#unfinishedBytes);
    this.#unfinishedBytes = 0;
    this.#unfinishedSinceMs = undefined;
  }
}
