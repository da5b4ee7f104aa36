import type { FrameTimes } from "./frame-times.ts";
import type { Frame, Part, Picture, WantedParts } from "./port.ts";

/** `lossless` makes the source wait for the consumer; `newest` lets a newer frame replace one that waits. */
export type Keep = "lossless" | "newest";

export interface FrameQueueOptions {
  readonly cameraId: string;
  readonly frameBytes: number;
  readonly keep: Keep;
  readonly times: FrameTimes;
  /** What lies behind the whole picture in each frame. */
  readonly parts?: WantedParts | undefined;
}

/** One being filled, one waiting, and two with the consumer, who may work on one while the next is with the model. */
const BUFFERS = 4;

/** A frame buffer of the pool; reused, so that the stream allocates nothing. */
export class PooledFrame implements Frame {
  readonly cameraId: string;
  readonly data: Uint8Array<ArrayBuffer>;
  index = 0;
  captureMs = 0;
  atS = 0;
  picture: Picture = { width: 1, height: 1 };
  parts: readonly Part[] | undefined;
  /** True from `next()` to `release()`. */
  lent = false;
  readonly #queue: FrameQueue;

  constructor(queue: FrameQueue, options: FrameQueueOptions) {
    this.#queue = queue;
    this.cameraId = options.cameraId;
    this.data = new Uint8Array(options.frameBytes);
  }

  release(): void {
    if (!this.lent) return;
    this.lent = false;
    this.#queue.takeBack(this);
  }
}

/** Turns a stream of bytes into frames in a fixed pool of buffers, and hands them out one by one. */
export class FrameQueue {
  /** Frames completed since the start, dropped ones too. */
  completed = 0;
  /** Frames handed to the consumer since the start. */
  delivered = 0;
  /** Frames that a newer one replaced since the start. */
  dropped = 0;
  /** Called when a lossless queue that was full can take bytes again. */
  onRoom: () => void = () => {};
  readonly #options: FrameQueueOptions;
  readonly #free: PooledFrame[] = [];
  readonly #ready: PooledFrame[] = [];
  #picture: Picture = { width: 1, height: 1 };
  #parts: readonly Part[] | undefined;
  #filling: PooledFrame | undefined;
  #filledBytes = 0;
  #arrivals = 0;
  #ended = true;
  #wake: (() => void) | undefined;

  constructor(options: FrameQueueOptions) {
    this.#options = options;
    for (let i = 0; i < BUFFERS; i++) this.#free.push(new PooledFrame(this, options));
  }

  /** True while the consumer waits for a frame: then silence is the source's fault. */
  get starving(): boolean {
    return this.#wake !== undefined;
  }

  /** Starts a new run of the source: what is left of the last run is forgotten. */
  begin(picture: Picture): void {
    this.#picture = picture;
    this.#parts = this.#options.parts?.of(picture);
    this.#free.push(...this.#ready.splice(0));
    this.#filledBytes = 0;
    this.#arrivals = 0;
    this.#ended = false;
    this.#options.times.begin();
  }

  /** No more bytes come in this run; frames that wait can still be taken. */
  end(): void {
    this.#ended = true;
    this.#wakeUp();
  }

  /**
   * Takes `bytes[from..to)` and returns how far it came: less than `to` while a lossless queue is full, or while the time of
   * a frame that is complete has not come. To be called again then, without bytes too.
   */
  write(bytes: Uint8Array, from: number, to: number): number {
    const { frameBytes } = this.#options;
    let at = from;
    for (;;) {
      if (this.#filledBytes === frameBytes && !this.#complete()) return at;
      if (at === to || (this.#filledBytes === 0 && !this.#claim())) return at;
      const count = Math.min(to - at, frameBytes - this.#filledBytes);
      this.#filling?.data.set(bytes.subarray(at, at + count), this.#filledBytes);
      this.#filledBytes += count;
      at += count;
    }
  }

  /** The next frame; undefined when this run has ended and every frame was taken. */
  async next(): Promise<PooledFrame | undefined> {
    if (this.#ready.length === 0 && !this.#ended) await new Promise<void>((resolve) => this.#sleep(resolve));
    const frame = this.#ready.shift();
    if (frame === undefined) return undefined;
    frame.lent = true;
    this.delivered++;
    return frame;
  }

  /** For `PooledFrame.release` alone. */
  takeBack(frame: PooledFrame): void {
    this.#free.push(frame);
    if (this.#options.keep === "lossless") this.onRoom();
  }

  /** Finds a buffer for the frame that begins; a `newest` queue without one reads on and drops it. */
  #claim(): boolean {
    this.#filling ??= this.#free.pop();
    return this.#filling !== undefined || this.#options.keep === "newest";
  }

  /** False while the frame's time is not known: bytes and times come by different ways. */
  #complete(): boolean {
    if (!this.#options.times.isNextKnown) return false;
    const frame = this.#filling;
    this.#filledBytes = 0;
    this.#filling = undefined;
    this.completed++;
    if (frame === undefined) this.#countLost();
    else this.#publish(frame);
    return true;
  }

  #publish(frame: PooledFrame): void {
    this.#options.times.stamp(frame, this.#arrivals++);
    frame.picture = this.#picture;
    frame.parts = this.#parts;
    if (this.#options.keep === "newest") this.#dropWaiting();
    this.#ready.push(frame);
    this.#wakeUp();
  }

  #dropWaiting(): void {
    const stale = this.#ready.pop();
    if (stale === undefined) return;
    this.dropped++;
    this.#free.push(stale);
  }

  /** A frame without a buffer still moves the numbering on. */
  #countLost(): void {
    this.dropped++;
    this.#options.times.stamp(LOST, this.#arrivals++);
  }

  #sleep(resolve: () => void): void {
    this.#wake = resolve;
  }

  #wakeUp(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

const LOST = { index: 0, captureMs: 0, atS: 0 };
