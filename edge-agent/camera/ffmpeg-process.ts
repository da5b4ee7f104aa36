import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { openSocketPair } from "./socket-pair.ts";
import { StderrTail } from "./stderr-tail.ts";

/** Takes `bytes[from..to)`, returns how far it came; less than `to` = full, call `resume()` when there is room. */
export type ByteSink = (bytes: Uint8Array, from: number, to: number) => number;

/** How a run of ffmpeg ended. */
export interface FfmpegExit {
  /** Exit status; null when it was killed or never started. */
  readonly code: number | null;
  /** The last lines of its standard error, as they came: may hold secrets. */
  readonly stderr: string;
  /** The error that kept it from starting. */
  readonly startError: Error | undefined;
}

/** SIGTERM lets ffmpeg close a camera's session; it has this long before SIGKILL. */
const KILL_AFTER_MS = 2000;
const READ_BYTES = 1 << 18;

/** One run of ffmpeg: its bytes go to a sink, its life ends with `stop()` or with ours. */
export class FfmpegProcess {
  readonly exited: Promise<FfmpegExit>;
  readonly #child: ChildProcess;
  readonly #input: PipeInput;
  #killTimer: NodeJS.Timeout | undefined;

  /** Use `startFfmpeg`. */
  constructor(child: ChildProcess, input: PipeInput) {
    this.#child = child;
    this.#input = input;
    this.exited = this.#untilExit();
  }

  /** Goes on after the sink was full. */
  resume(): void {
    this.#input.resume();
  }

  /** Asks ffmpeg to end, and makes it; `exited` tells when it has. */
  stop(): void {
    this.#input.close();
    if (this.#killTimer !== undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    this.#killTimer = setTimeout(() => this.#kill(), KILL_AFTER_MS);
  }

  #kill(): void {
    this.#child.kill("SIGKILL");
    this.#child.stderr?.destroy();
  }

  async #untilExit(): Promise<FfmpegExit> {
    const tail = new StderrTail(this.#child.stderr);
    const outcome = await exitOf(this.#child);
    clearTimeout(this.#killTimer);
    await this.#input.drained();
    return { ...outcome, stderr: tail.text };
  }
}

/** Starts ffmpeg with its standard output on a socket of ours; when our process dies, its next write fails and it ends. */
export async function startFfmpeg(path: string, args: readonly string[], sink: ByteSink): Promise<FfmpegProcess> {
  const input = new PipeInput(sink);
  const { ours, theirs } = await openSocketPair(input.onread);
  input.attach(ours);
  const child = spawn(path, args, { stdio: ["ignore", theirs, "pipe"] });
  theirs.destroy();
  return new FfmpegProcess(child, input);
}

async function exitOf(child: ChildProcess): Promise<Omit<FfmpegExit, "stderr">> {
  return new Promise((resolve) => {
    child.once("error", (startError) => resolve({ code: null, startError }));
    child.once("close", (code) => resolve({ code, startError: undefined }));
  });
}

/** Reads the socket into one buffer and hands on what arrived; stops reading while the sink is full. */
class PipeInput {
  readonly onread = { buffer: new Uint8Array(READ_BYTES), callback: (count: number) => this.#take(count) };
  readonly #sink: ByteSink;
  #socket: Socket | undefined;
  #ended: Promise<void> = Promise.resolve();
  #from = 0;
  #to = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    this.#ended = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.destroy());
  }

  resume(): void {
    if (this.#from === this.#to) return;
    this.#from = this.#sink(this.onread.buffer, this.#from, this.#to);
    if (this.#from === this.#to) this.#socket?.resume();
  }

  /** What still comes is thrown away; a writer that goes on fails. */
  close(): void {
    this.#from = this.#to;
    this.#socket?.destroy();
  }

  /** Resolves when every byte was handed on or thrown away. */
  drained(): Promise<void> {
    return this.#ended;
  }

  #take(count: number): boolean {
    this.#to = count;
    this.#from = this.#sink(this.onread.buffer, 0, count);
    return this.#from === count;
  }
}
